import type { Written } from '../../../commands/command.ts'
import type { Context } from '../../../graphql/context.ts'
import { type FlagRow, flagRows, lightColumns } from './flagLoaders.ts'

/** The flag that was just written, as it is now. */
export async function answerFlag(context: Context, { id }: Pick<Written, 'id'>): Promise<FlagRow> {
  const row = await context.db.featureFlag.findUniqueOrThrow({ where: { id }, select: lightColumns })
  flagRows(context).prime(id, row)
  return row
}
