import { visibleProjectSql } from '../../../auth/visibility.ts'
import type { CommandResult } from '../../../commands/command.ts'
import { type Holdout, Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById, coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'
import { carriesSql } from '../../approvals/data/lists/coveringHoldouts.ts'

export const holdoutColumns = selectColumns(Prisma.HoldoutScalarFieldEnum, 'h')

/** The loader of holdouts by id, for the holdouts that the viewer may see. */
export const holdoutLoader = coalescedLoaderById<Holdout>(
  (context, ids) => Prisma.sql`
    SELECT ${holdoutColumns} FROM holdouts h
    WHERE h.id = ANY (${ids}::int[]) AND ${visibleProjectSql(requireViewer(context), Prisma.sql`h.project_id`)}`,
)

const carriedLoader = coalescedLoaderByParent<Holdout & { parentId: number }>(
  // OFFSET 0 keeps PostgreSQL from looking for the ids among all flags with a holdout.
  (_context, flagIds) => Prisma.sql`
    SELECT DISTINCT ON (f.id) f.id AS "parentId", ${holdoutColumns}
    FROM (SELECT * FROM feature_flags WHERE id = ANY (${flagIds}::int[]) OFFSET 0) AS f JOIN holdouts h ON ${carriesSql}
    ORDER BY f.id, h.id = f.holdout_number DESC`,
)

/** Loads the holdout that a flag carries. The viewer must be able to see the flag. */
export async function loadCarriedHoldout(context: Context, flagId: number): Promise<Holdout | null> {
  return (await carriedLoader(context).load(flagId))[0] ?? null
}

/** Reads a holdout again after a write. */
export function reloadHoldout(context: Context, { id }: Pick<CommandResult, 'id'>): Promise<Holdout> {
  return context.db.holdout.findUniqueOrThrow({ where: { id } })
}
