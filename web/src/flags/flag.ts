import type { FlagQuery } from '../generated/graphql.ts'

export type Flag = NonNullable<FlagQuery['featureFlag']>
