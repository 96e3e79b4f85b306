import type { Context } from '../context.ts'
import { loaderByParent } from '../db/loaders.ts'

const links = loaderByParent(async (context, flagIds) => {
  const rows = await context.db.featureFlagEvaluationContext.findMany({
    where: { featureFlagId: { in: flagIds } },
    select: { featureFlagId: true, evaluationContext: { select: { name: true } } },
    relationLoadStrategy: 'join',
  })
  return rows.map(({ featureFlagId, evaluationContext }) => ({ parentId: featureFlagId, name: evaluationContext.name }))
})

/** The names of the contexts a flag may be evaluated in, by code point. */
export async function evaluationContextsOf(context: Context, flagId: number): Promise<string[]> {
  // Sorted here: the database's own collation would order them by the language of the machine.
  return (await links(context).load(flagId)).map(({ name }) => name).sort()
}
