import type { Written } from '../../../commands/command.ts'
import type { Context } from '../../../graphql/context.ts'
import { type ExperimentRow, experimentRows, lightColumns } from './experimentLoaders.ts'

/** The experiment that was just written, as it is now; also one that was deleted by it, which no list shows. */
export async function answerExperiment(context: Context, { id }: Pick<Written, 'id'>): Promise<ExperimentRow> {
  const row = await context.db.experiment.findUniqueOrThrow({ where: { id }, select: lightColumns })
  experimentRows(context).prime(id, row)
  return row
}
