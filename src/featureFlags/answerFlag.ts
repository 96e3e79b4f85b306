import type { Context } from '../context.ts'
import type { FeatureFlag } from '../db/generated/client.ts'
import type { Written } from '../writes/Operation.ts'
import { flagRows } from './flagRows.ts'

/** The flag that was just written, as it is now. */
export async function answerFlag(context: Context, { id }: Pick<Written, 'id'>): Promise<FeatureFlag> {
  const row = await context.db.featureFlag.findUniqueOrThrow({ where: { id } })
  flagRows(context).prime(id, row)
  return row
}
