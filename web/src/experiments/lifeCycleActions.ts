import type { ExperimentAction } from '../generated/graphql.ts'

export interface ActionText {
  name: string
  /** What happens, before somebody confirms it. */
  effect: string
  danger?: boolean
}

/** The actions that change where an experiment stands, in the order in which they are offered. */
export const actionTexts = {
  LAUNCH: { name: 'Launch', effect: 'The flag is switched on, and the experiment runs from now on.' },
  PAUSE: { name: 'Pause', effect: 'The flag is switched off, also for other experiments that share it. The dates stay as they are.' },
  RESUME: { name: 'Resume', effect: 'The flag is switched on again.' },
  FREEZE_EXPOSURE: { name: 'Freeze exposure', effect: 'People who are in stay in. Nobody new gets in.' },
  UNFREEZE_EXPOSURE: { name: 'Unfreeze exposure', effect: 'New people get in again.' },
  END: { name: 'End', effect: 'The experiment stops. The flag goes on as it is.' },
  SHIP: { name: 'Ship a variant', effect: 'The flag gives everybody who gets it this variant. The experiment ends.' },
  ARCHIVE: { name: 'Archive', effect: 'The experiment leaves the lists. Nothing else changes.' },
  UNARCHIVE: { name: 'Unarchive', effect: 'The experiment is back in the lists.' },
  RESET: { name: 'Reset to draft', effect: 'The experiment becomes a draft again. Its dates and its conclusion are lost.', danger: true },
} satisfies Partial<Record<ExperimentAction, ActionText>> as Record<LifeCycleAction, ActionText>

export type LifeCycleAction = Exclude<ExperimentAction, 'DUPLICATE' | 'COPY' | 'DELETE'>

export const isLifeCycleAction = (action: ExperimentAction): action is LifeCycleAction => action in actionTexts
