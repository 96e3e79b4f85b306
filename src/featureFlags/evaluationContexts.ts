import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Context } from '../context.ts'

const names = createContextCache(
  (context: Context) =>
    new DataLoader(async (flagIds: readonly number[]) => {
      const links = await context.db.featureFlagEvaluationContext.findMany({
        where: { featureFlagId: { in: [...flagIds] } },
        select: { featureFlagId: true, evaluationContext: { select: { name: true } } },
        relationLoadStrategy: 'join',
      })
      const byFlag = Map.groupBy(links, ({ featureFlagId }) => featureFlagId)
      // Sorted here: the database's own collation would order them by the language of the machine.
      return flagIds.map((id) => (byFlag.get(id) ?? []).map(({ evaluationContext }) => evaluationContext.name).sort())
    }),
)

/** The names of the contexts a flag may be evaluated in, in alphabetical order. */
export function evaluationContextsOf(context: Context, flagId: number): Promise<string[]> {
  return names(context).load(flagId)
}
