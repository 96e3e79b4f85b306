import { visibleProjectSql } from '../../../auth/visibility.ts'
import type { CommandResult } from '../../../commands/command.ts'
import { type Experiment, Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { declaredColumns, declaredSelect } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

/** The large JSON columns of an experiment, which few readers of a list want. */
const definitionColumns = ['parameters', 'metrics', 'metricsSecondary', 'statsConfig', 'exposureCriteria'] as const

type DefinitionRow = Pick<Experiment, 'id' | (typeof definitionColumns)[number]>

/** An experiment with the columns that its fields declare. A list reads those of the selected fields. */
export type ExperimentRow = Omit<Experiment, (typeof definitionColumns)[number]>

/** The experiments of this request that the viewer may see, by id. A deleted one is nobody's to see. */
export const experimentLoader = coalescedLoaderById<ExperimentRow>(
  (context, ids) => Prisma.sql`
    SELECT ${selectColumns(declaredColumns('Experiment'), 'e')} FROM experiments e
    WHERE e.id = ANY (${ids}::int[]) AND NOT e.deleted AND ${visibleProjectSql(requireViewer(context), Prisma.sql`e.project_id`)}`,
)

/** The experiment that was just written, as it is now; also one that was deleted by it, which no list shows. */
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

/** The large JSON columns of an experiment that the viewer may see; those of a whole page take one statement. */
export async function loadDefinition(context: Context, experimentId: number) {
  const definition = await definitionLoader(context).load(experimentId)
  // It was read a moment ago; only a deletion in between takes it away.
  if (definition === null) throw new Error(`Experiment ${experimentId} went away while it was read.`)
  return definition
}
