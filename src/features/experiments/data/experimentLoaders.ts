import { visibleProjectSql } from '../../../auth/visibility.ts'
import type { CommandResult } from '../../../commands/command.ts'
import { type Experiment, Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { declaredColumns, declaredSelect } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

/** The large JSON columns of an experiment. They are read on demand, because few lists select them. */
const definitionColumns = [
  ...(['parameters', 'metrics', 'metricsSecondary', 'secondaryMetrics', 'statsConfig', 'exposureCriteria'] as const),
  ...(['primaryMetricsOrderedUuids', 'secondaryMetricsOrderedUuids'] as const),
] as const

type DefinitionRow = Pick<Experiment, 'id' | (typeof definitionColumns)[number]>

/** An experiment with the columns that its fields declare. A list reads only those of the selected fields. */
export type ExperimentRow = Omit<Experiment, (typeof definitionColumns)[number]>

/** The loader of experiments by id, for the experiments that the viewer may see. Deleted experiments are not found. */
export const experimentLoader = coalescedLoaderById<ExperimentRow>(
  (context, ids) => Prisma.sql`
    SELECT ${selectColumns(declaredColumns('Experiment'), 'e')} FROM experiments e
    WHERE e.id = ANY (${ids}::int[]) AND NOT e.deleted AND ${visibleProjectSql(requireViewer(context), Prisma.sql`e.project_id`)}`,
)

/** Reads an experiment again after a write, and puts it into the loader. Also returns an experiment that the write deleted. */
export async function reloadExperiment(context: Context, { id }: Pick<CommandResult, 'id'>): Promise<ExperimentRow> {
  const select = declaredSelect<keyof ExperimentRow>('Experiment')
  const row = await context.db.experiment.findUniqueOrThrow({ where: { id }, select })
  experimentLoader(context).prime(id, row)
  return row
}

const definitionLoader = coalescedLoaderById<DefinitionRow>(
  (_context, ids) =>
    Prisma.sql`SELECT ${selectColumns(['id', ...definitionColumns], 'e')} FROM experiments e WHERE e.id = ANY (${ids}::int[])`,
)

/** Loads the large JSON columns of an experiment that the viewer may see. The experiments of one page share one statement. */
export async function loadDefinition(context: Context, experimentId: number) {
  const definition = await definitionLoader(context).load(experimentId)
  // The experiment was just read, so this happens only if its row was removed since.
  if (definition === null) throw new Error(`Experiment ${experimentId} disappeared while it was read.`)
  return definition
}
