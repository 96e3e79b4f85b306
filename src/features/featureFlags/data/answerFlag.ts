import type { CommandResult } from '../../../commands/command.ts'
import type { Context } from '../../../graphql/context.ts'
import { type FlagRow, flagListColumns, flagLoader } from './flagLoaders.ts'

/** The flag that was just written, as it is now. */
export async function reloadFlag(context: Context, { id }: Pick<CommandResult, 'id'>): Promise<FlagRow> {
  const row = await context.db.featureFlag.findUniqueOrThrow({ where: { id }, select: flagListColumns })
  flagLoader(context).prime(id, row)
  return row
}
