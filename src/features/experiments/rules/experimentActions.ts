import type { Experiment, FeatureFlag } from '../../../database/generated/client.ts'
import type { FieldError } from '../../../platform/fieldError.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { baselineKeyOf } from './baseline.ts'
import { flagProblems, malformedReason } from './experimentFlag.ts'
import { freezeFilters, ownUnfreezePatch, unfreezeFilters } from './exposure/frozenFilters.ts'
import {
  archiveBlocker,
  endBlocker,
  launchBlocker,
  pauseBlocker,
  resetBlocker,
  resumeBlocker,
  shipBlocker,
  unarchiveBlocker,
  unfreezeBlocker,
} from './lifeCycle.ts'
import { hasLegacyMetrics } from './metrics.ts'
import { shippedFilters } from './shippedFilters.ts'
import { validateDates, validateEndNow } from './validateExperiment.ts'

/** The actions on an experiment, in the order in which they are shown. */
export const experimentActions = [
  'LAUNCH',
  'PAUSE',
  'RESUME',
  'FREEZE_EXPOSURE',
  'UNFREEZE_EXPOSURE',
  'END',
  'SHIP',
  'ARCHIVE',
  'UNARCHIVE',
  'RESET',
  'DUPLICATE',
  'COPY',
  'DELETE',
] as const

export type ExperimentActionName = (typeof experimentActions)[number]

/** What decides whether an action is possible, as stored now. */
export interface ActionFacts {
  experiment: Experiment & { featureFlag: FeatureFlag }
  /** Why the flag must stay on. Null if it may be switched off. */
  switchOffProblem: string | null
  /** What keeps the exposure from being frozen. */
  freezeBlockers: readonly { message: string }[]
  now: Date
}

/** What an action sets in the flag. The mutations use this too. */
export const flagPatches = { LAUNCH: { active: true }, PAUSE: { active: false }, RESUME: { active: true } } as const

/** Why an action is not possible: what its mutation would say to an input without options. Null if it is possible. */
export function actionProblem(action: ExperimentActionName, facts: ActionFacts): string | null {
  return problems[action](facts)
}

const problems: Record<ExperimentActionName, (facts: ActionFacts) => string | null> = {
  LAUNCH: ({ experiment, now }) => {
    const { featureFlag: flag, statsConfig, endDate } = experiment
    const isMalformed = flag.ineligibility.includes(malformedReason)
    return (
      launchBlocker(experiment, flag) ??
      joined([...flagProblems(flag.filters, isMalformed, baselineKeyOf(statsConfig)), ...messagesOf(validateDates(now, endDate))])
    )
  },
  PAUSE: ({ experiment, switchOffProblem }) => pauseBlocker(experiment, experiment.featureFlag) ?? switchOffProblem,
  RESUME: ({ experiment }) => resumeBlocker(experiment, experiment.featureFlag),
  FREEZE_EXPOSURE: ({ freezeBlockers }) => freezeProblem(freezeBlockers),
  UNFREEZE_EXPOSURE: ({ experiment }) => unfreezeBlocker(experiment, experiment.featureFlag),
  END: ({ experiment, now }) => endBlocker(experiment) ?? joined(messagesOf(validateEndNow(experiment.startDate, now))),
  SHIP: ({ experiment, now }) =>
    shipBlocker(experiment, experiment.featureFlag) ??
    (getVariants(experiment.featureFlag.filters).length === 0 ? 'The feature flag has no variants.' : null) ??
    (experiment.endDate === null ? joined(messagesOf(validateEndNow(experiment.startDate, now))) : null),
  ARCHIVE: ({ experiment }) => archiveBlocker(experiment),
  UNARCHIVE: ({ experiment }) => unarchiveBlocker(experiment),
  RESET: ({ experiment }) => resetBlocker(experiment),
  DUPLICATE: ({ experiment }) => duplicateBlocker(experiment),
  COPY: ({ experiment }) => copyBlocker(experiment),
  DELETE: () => null,
}

/** Why the exposure cannot be frozen. Null if it can. */
export function freezeProblem(blockers: readonly { message: string }[]): string | null {
  return joined(blockers.map(({ message }) => message))
}

/** Why an experiment cannot be duplicated. Null if it can. */
export function duplicateBlocker(experiment: Parameters<typeof hasLegacyMetrics>[0]): string | null {
  return hasLegacyMetrics(experiment) ? 'Duplication is not supported for experiments using legacy metrics.' : null
}

/** Why an experiment cannot be copied to another project. Null if it can. */
export function copyBlocker(experiment: Parameters<typeof hasLegacyMetrics>[0]): string | null {
  return hasLegacyMetrics(experiment) ? 'Copying is not supported for experiments using legacy metrics.' : null
}

function messagesOf(fieldErrors: readonly FieldError[]): string[] {
  return fieldErrors.map(({ message }) => message)
}

/** The messages as a `ValidationError` joins them. Null if there are none. */
function joined(messages: readonly string[]): string | null {
  return messages.length === 0 ? null : messages.join(' ')
}

/** The actions that change release conditions on purpose. */
export const conditionActions: readonly ExperimentActionName[] = ['FREEZE_EXPOSURE', 'UNFREEZE_EXPOSURE', 'RESET']

/** The flag after an action, for each way to take it: one for each variant that can be shipped. Empty if the action does not change the flag. */
export function flagsAfter(action: ExperimentActionName, experiment: ActionFacts['experiment']): FeatureFlag[] {
  const { featureFlag: flag } = experiment
  const withFilters = (filters: object): FeatureFlag => ({ ...flag, filters: filters as FeatureFlag['filters'] })
  switch (action) {
    case 'SHIP':
      return getVariants(flag.filters).map(({ key }) => withFilters(shippedFilters(flag.filters, key, false)))
    case 'FREEZE_EXPOSURE':
      return [withFilters(freezeFilters(flag.filters, null))]
    case 'UNFREEZE_EXPOSURE':
      return [withFilters(unfreezeFilters(flag.filters))]
    case 'RESET':
      return [{ ...flag, ...ownUnfreezePatch(experiment) } as FeatureFlag]
    default:
      return action in flagPatches ? [{ ...flag, ...flagPatches[action as keyof typeof flagPatches] }] : []
  }
}
