import type { CommandResult } from '../../../commands/command.ts'
import type { Context } from '../../../graphql/context.ts'
import { type ExperimentRow, experimentListColumns, experimentLoader } from './experimentLoaders.ts'

/** The experiment that was just written, as it is now; also one that was deleted by it, which no list shows. */
export async function reloadExperiment(context: Context, { id }: Pick<CommandResult, 'id'>): Promise<ExperimentRow> {
  const row = await context.db.experiment.findUniqueOrThrow({ where: { id }, select: experimentListColumns })
  experimentLoader(context).prime(id, row)
  return row
}
