import type { Scope } from '../../auth/scopes.ts'
import { Prisma } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'

export const TaggedThing = builder.enumType('TaggedThing', {
  description: 'The kinds of things that have tags and creators.',
  values: {
    FEATURE_FLAGS: { description: 'Flags that are not deleted. Needs the scope `feature_flag:read`.' },
    EXPERIMENTS: { description: 'Experiments that are not deleted. Needs the scope `experiment:read`.' },
    SAVED_METRICS: { description: 'Saved metrics. Needs the scope `experiment:read`.' },
  } as const,
})

export type TaggedThingName = typeof TaggedThing.$inferType

/** The rows of a kind of thing, as `t`, and the scope that reads them. */
export interface TaggedThingRows {
  scope: Scope
  from: Prisma.Sql
  where: Prisma.Sql
}

export const taggedThings: Record<TaggedThingName, TaggedThingRows> = {
  FEATURE_FLAGS: { scope: 'feature_flag:read', from: Prisma.sql`feature_flags t`, where: Prisma.sql`NOT t.deleted` },
  EXPERIMENTS: { scope: 'experiment:read', from: Prisma.sql`experiments t`, where: Prisma.sql`NOT t.deleted` },
  SAVED_METRICS: { scope: 'experiment:read', from: Prisma.sql`saved_metrics t`, where: Prisma.sql`true` },
}
