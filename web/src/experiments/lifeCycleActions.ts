import type { ExperimentAction } from '../generated/graphql.ts'

export interface ActionText {
  name: string
  /** What happens, before somebody confirms it. */
  effect: string
  danger?: boolean
}

/** The actions on an experiment, in the order in which they are offered. */
export const actionTexts: Record<ExperimentAction, ActionText> = {
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
  DUPLICATE: { name: 'Duplicate', effect: 'A new draft with the same variants and metrics. It has no dates and no conclusion.' },
  COPY: {
    name: 'Copy to a project',
    effect: 'A new draft with the same variants and metrics, in another project. It has no dates, no conclusion and no saved metrics.',
  },
  DELETE: { name: 'Delete', effect: 'The experiment is gone for everybody, with its results. Its flag goes on as it is.', danger: true },
}
