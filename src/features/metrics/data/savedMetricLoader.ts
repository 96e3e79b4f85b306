import { visibleProjectSql } from '../../../auth/visibility.ts'
import { Prisma, type SavedMetric } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

export const savedMetricColumns = selectColumns(Prisma.SavedMetricScalarFieldEnum, 'm')

/** The loader of saved metrics by id, for those that the viewer may see. */
export const savedMetricLoader = coalescedLoaderById<SavedMetric>(
  (context, ids) => Prisma.sql`
    SELECT ${savedMetricColumns} FROM saved_metrics m
    WHERE m.id = ANY (${ids}::int[]) AND ${visibleProjectSql(requireViewer(context), Prisma.sql`m.project_id`)}`,
)

/** Loads a saved metric after a write, from the primary. */
export function reloadSavedMetric({ database }: Context, id: number): Promise<SavedMetric> {
  return database.db.savedMetric.findUniqueOrThrow({ where: { id } })
}
