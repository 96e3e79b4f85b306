import { visibleProjectSql } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { columnSelection } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

/** The columns that lists read. */
export const experimentListColumns = {
  id: true,
  projectId: true,
  name: true,
  description: true,
  type: true,
  featureFlagId: true,
  startDate: true,
  endDate: true,
  archived: true,
  conclusion: true,
  conclusionComment: true,
  createdById: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.ExperimentSelect

/** Which of them the fields of an experiment are made of. */
export const experimentColumnSelection = columnSelection('Experiment', experimentListColumns, {
  __typename: [],
  id: [],
  project: ['projectId'],
  status: ['startDate', 'endDate', 'featureFlagId'],
  featureFlag: ['featureFlagId'],
  parameters: [],
  metrics: [],
  metricsSecondary: [],
  statsConfig: [],
  exposureCriteria: [],
  createdBy: ['createdById'],
  activity: [],
  pendingChangeRequests: [],
})

/**
 * An experiment without its large JSON columns, which few readers of a list want. Where it is read along with its flag, only what the selected
 * fields are made of is there.
 */
export type ExperimentRow = Prisma.ExperimentGetPayload<{ select: typeof experimentListColumns }>

/** The experiments of this request that the viewer may see, by id. A deleted one is nobody's to see. */
export const experimentLoader = coalescedLoaderById<ExperimentRow>(
  (context, ids) => Prisma.sql`
    SELECT ${selectColumns(experimentListColumns, 'e')} FROM experiments e
    WHERE e.id = ANY (${ids}::int[]) AND NOT e.deleted AND ${visibleProjectSql(requireViewer(context), Prisma.sql`e.project_id`)}`,
)

const definitionColumns = {
  id: true,
  parameters: true,
  metrics: true,
  metricsSecondary: true,
  statsConfig: true,
  exposureCriteria: true,
} as const satisfies Prisma.ExperimentSelect

const definitionLoader = coalescedLoaderById<Prisma.ExperimentGetPayload<{ select: typeof definitionColumns }>>(
  (_context, ids) => Prisma.sql`SELECT ${selectColumns(definitionColumns, 'e')} FROM experiments e WHERE e.id = ANY (${ids}::int[])`,
)

/** The large JSON columns of an experiment that the viewer may see; those of a whole page take one statement. */
export async function loadDefinition(context: Context, experimentId: number) {
  const definition = await definitionLoader(context).load(experimentId)
  // It was read a moment ago; only a deletion in between takes it away.
  if (definition === null) throw new Error(`Experiment ${experimentId} went away while it was read.`)
  return definition
}
