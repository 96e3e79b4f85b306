import { Prisma, type SavedMetric } from '../../../database/generated/client.ts'
import { coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'
import { asObject } from '../../../platform/json.ts'
import { savedMetricColumns } from '../../metrics/data/savedMetricLoader.ts'

export type MetricRole = 'primary' | 'secondary'

/** A saved metric that an experiment uses. */
export interface SavedMetricUse extends SavedMetric {
  parentId: number
  linkMetadata: unknown
}

/** The loader of the saved metrics of an experiment that the viewer may see, in the order of their numbers. */
export const savedMetricUseLoader = coalescedLoaderByParent<SavedMetricUse>(
  (_context, ids) => Prisma.sql`
    SELECT l.experiment_id AS "parentId", l.metadata AS "linkMetadata", ${savedMetricColumns}
    FROM experiment_saved_metrics l JOIN saved_metrics m ON m.id = l.saved_metric_id
    WHERE l.experiment_id = ANY (${ids}::int[]) ORDER BY l.experiment_id, l.saved_metric_id`,
)

/** The role that the link of a saved metric says. Primary by default. */
export function roleOf(linkMetadata: unknown): MetricRole {
  return asObject(linkMetadata)?.type === 'secondary' ? 'secondary' : 'primary'
}
