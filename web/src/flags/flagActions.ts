import type { GatedAction } from '../generated/graphql.ts'
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
  /** Whether a policy guards it for the viewer. */
  needsApproval: boolean
}

/** Which policies guard an action. A flag that is on is switched off when it is archived. */
const guardedBy: Partial<Record<FlagAction, GatedAction>> = {
  ON: 'FEATURE_FLAG_ENABLE',
  OFF: 'FEATURE_FLAG_DISABLE',
  ARCHIVE: 'FEATURE_FLAG_DISABLE',
  DELETE: 'FEATURE_FLAG_DELETE',
}

/** What can be done with a flag as it is, in the order in which it is offered. */
export function actionsOf({
  active,
  archived,
  deletionBlockers,
  approvalGuards = [],
}: Pick<Flag, 'active' | 'archived' | 'deletionBlockers' | 'approvalGuards'>): PossibleAction[] {
  const needsApproval = (action: FlagAction) =>
    (action !== 'ARCHIVE' || active) &&
    approvalGuards.some(({ actionKey, viewerBypasses }) => actionKey === guardedBy[action] && !viewerBypasses)
  const possible = (action: FlagAction, text = texts[action], obstacles: string[] = []): PossibleAction => ({
    ...text,
    ...{ action, obstacles, needsApproval: needsApproval(action) },
  })
  const archive = active
    ? { ...texts.ARCHIVE, effect: 'The flag is switched off: nobody gets it any more. It leaves the lists, and keeps its key.' }
    : texts.ARCHIVE
  // An open request does not stand in the way: the answer names it, and leads there.
  const obstacles = deletionBlockers.flatMap(({ kind, message }) => (kind === 'OPEN_CHANGE_REQUEST' ? [] : [message]))
  return [
    ...(archived ? [] : [possible(active ? 'OFF' : 'ON')]),
    archived ? possible('UNARCHIVE') : possible('ARCHIVE', archive),
    possible('DELETE', texts.DELETE, obstacles),
  ]
}
