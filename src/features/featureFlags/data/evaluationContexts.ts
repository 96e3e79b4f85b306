import { findOrCreateContexts } from '../../../commands/evaluationContexts.ts'
import type { Transaction } from '../../../database/client.ts'
import { Prisma } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'
import { compareCodePoints } from '../../../platform/compareCodePoints.ts'
import type { FlagRow } from './flagLoaders.ts'

// A sub-select, not a join: for a join PostgreSQL may read all contexts there are.
const contextNameLoader = coalescedLoaderByParent<{ parentId: number; name: string }>(
  (_context, flagIds) => Prisma.sql`
    SELECT l.feature_flag_id AS "parentId", (SELECT c.name FROM evaluation_contexts c WHERE c.id = l.evaluation_context_id) AS name
    FROM feature_flag_evaluation_contexts l
    WHERE l.feature_flag_id = ANY (${flagIds}::int[])`,
)

/** The same names as an array, for a statement that reads the flag with this number; in no order yet. */
export function contextNamesSql(flagId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`ARRAY(
    SELECT (SELECT c.name FROM evaluation_contexts c WHERE c.id = l.evaluation_context_id)
    FROM feature_flag_evaluation_contexts l
    WHERE l.feature_flag_id = ${flagId})`
}

/** The names of the contexts a flag may be evaluated in, by code point. */
export function loadEvaluationContexts(context: Context, { id, prefetched }: FlagRow): string[] | Promise<string[]> {
  if (prefetched?.evaluationContexts !== undefined) return sortNames(prefetched.evaluationContexts)
  return contextNameLoader(context)
    .load(id)
    .then((rows) => sortNames(rows.map(({ name }) => name)))
}

/** Ordered here: the database's own collation would go by the language of the machine. */
const sortNames = (names: readonly string[]) => names.toSorted(compareCodePoints)

/** The names of the contexts that a flag may be evaluated in now, by code point. */
export async function getEvaluationContexts(tx: Transaction, featureFlagId: number): Promise<string[]> {
  const links = await tx.featureFlagEvaluationContext.findMany({
    where: { featureFlagId },
    select: { evaluationContext: { select: { name: true } } },
  })
  return links.map(({ evaluationContext }) => evaluationContext.name).sort()
}

/** Makes these the contexts of a flag; names that the project does not have yet are added to it. */
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
