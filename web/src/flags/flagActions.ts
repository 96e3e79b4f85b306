import type { Flag } from './flag.ts'

export type FlagAction = 'ON' | 'OFF' | 'ARCHIVE' | 'UNARCHIVE' | 'DELETE'

export interface FlagActionText {
  name: string
  /** What happens, before somebody confirms it. */
  effect: string
  danger?: boolean
}

const texts: Record<FlagAction, FlagActionText> = {
  ON: { name: 'Switch on', effect: 'Those who match its conditions get the flag from now on.' },
  OFF: { name: 'Switch off', effect: 'Nobody gets the flag any more, also not in experiments that use it.' },
  ARCHIVE: { name: 'Archive', effect: 'The flag leaves the lists, and keeps its key.' },
  UNARCHIVE: { name: 'Unarchive', effect: 'The flag is back in the lists. It stays off.' },
  DELETE: { name: 'Delete', effect: 'The flag is gone for applications, and its key is free. It can be restored.', danger: true },
}

/** An action, and why it is not possible now. */
export interface PossibleAction extends FlagActionText {
  action: FlagAction
  obstacles: string[]
}

/** What can be done with a flag as it is, in the order in which it is offered. */
export function actionsOf({
  active,
  archived,
  deletionBlockers,
}: Pick<Flag, 'active' | 'archived' | 'deletionBlockers'>): PossibleAction[] {
  const archive = active
    ? { ...texts.ARCHIVE, effect: 'The flag is switched off: nobody gets it any more. It leaves the lists, and keeps its key.' }
    : texts.ARCHIVE
  // An open request does not stand in the way: the answer names it, and leads there.
  const obstacles = deletionBlockers.flatMap(({ kind, message }) => (kind === 'OPEN_CHANGE_REQUEST' ? [] : [message]))
  return [
    ...(archived ? [] : [{ action: active ? ('OFF' as const) : ('ON' as const), ...(active ? texts.OFF : texts.ON), obstacles: [] }]),
    archived
      ? { action: 'UNARCHIVE' as const, ...texts.UNARCHIVE, obstacles: [] }
      : { action: 'ARCHIVE' as const, ...archive, obstacles: [] },
    { action: 'DELETE' as const, ...texts.DELETE, obstacles },
  ]
}
