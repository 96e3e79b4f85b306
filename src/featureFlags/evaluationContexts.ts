import type { Context } from '../context.ts'
import { Prisma } from '../db/generated/client.ts'
import { sharedLoaderByParent } from '../db/loaders.ts'

// A sub-select, not a join: for a join PostgreSQL may read all contexts there are.
const links = sharedLoaderByParent<{ parentId: number; name: string }>(
  (_context, flagIds) => Prisma.sql`
    SELECT l.feature_flag_id AS "parentId", (SELECT c.name FROM evaluation_contexts c WHERE c.id = l.evaluation_context_id) AS name
    FROM feature_flag_evaluation_contexts l
    WHERE l.feature_flag_id = ANY (${flagIds}::int[])`,
)

/** The names of the contexts a flag may be evaluated in, by code point. */
export async function evaluationContextsOf(context: Context, flagId: number): Promise<string[]> {
  // Sorted here: the database's own collation would order them by the language of the machine.
  return (await links(context).load(flagId)).map(({ name }) => name).sort()
}
