import { findOrCreateContexts } from '../../../commands/evaluationContexts.ts'
import type { ReadClient, Transaction } from '../../../database/client.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'
import { prefetchable } from '../../../graphql/prefetch.ts'
import { compareCodePoints } from '../../../platform/text/compareCodePoints.ts'

// A subselect, not a join: for a join, PostgreSQL may scan the whole table of contexts.
const contextNameLoader = coalescedLoaderByParent<{ parentId: number; name: string }>(
  (_context, flagIds) => Prisma.sql`
    SELECT l.feature_flag_id AS "parentId", (SELECT c.name FROM evaluation_contexts c WHERE c.id = l.evaluation_context_id) AS name
    FROM feature_flag_evaluation_contexts l
    WHERE l.feature_flag_id = ANY (${flagIds}::int[])`,
)

/** The options of a field that returns the names of a flag's evaluation contexts, by code point. */
export const evaluationContextsField = prefetchable({
  select: [],
  sql: () => ({
    json: Prisma.sql`ARRAY(
      SELECT (SELECT c.name FROM evaluation_contexts c WHERE c.id = l.evaluation_context_id)
      FROM feature_flag_evaluation_contexts l
      WHERE l.feature_flag_id = page.id)`,
  }),
  fromJson: (names: string[]) => sortNames(names),
  load: async ({ id }: { id: number }, _args: object, context) => {
    const rows = await contextNameLoader(context).load(id)
    return sortNames(rows.map(({ name }) => name))
  },
})

/** Sorted here, because the collation of the database depends on the machine's locale. */
const sortNames = (names: readonly string[]) => names.toSorted(compareCodePoints)

/** Returns the names of a flag's current evaluation contexts, sorted. */
export async function getEvaluationContexts(tx: ReadClient, featureFlagId: number): Promise<string[]> {
  const links = await tx.featureFlagEvaluationContext.findMany({
    where: { featureFlagId },
    select: { evaluationContext: { select: { name: true } } },
  })
  return links.map(({ evaluationContext }) => evaluationContext.name).sort()
}

/** Replaces the evaluation contexts of a flag. Adds the names that the project does not have yet. */
export async function setEvaluationContexts(
  tx: Transaction,
  projectId: number,
  featureFlagId: number,
  names: readonly string[],
): Promise<void> {
  const ids = [...(await findOrCreateContexts(tx, projectId, names)).values()]
  await tx.featureFlagEvaluationContext.deleteMany({ where: { featureFlagId, evaluationContextId: { notIn: ids } } })
  await tx.featureFlagEvaluationContext.createMany({
    data: ids.map((evaluationContextId) => ({ featureFlagId, evaluationContextId })),
    skipDuplicates: true,
  })
}
