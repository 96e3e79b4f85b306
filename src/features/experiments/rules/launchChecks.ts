import type { Experiment, FeatureFlag } from '../../../database/generated/client.ts'
import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { roundDecimals } from '../../../platform/roundDecimals.ts'
import { getVariants, readPercentage } from '../../featureFlags/rules/variants.ts'
import { baselineKeyOf } from './baseline.ts'
import { malformedFlag, malformedReason } from './experimentFlag.ts'
import { launchBlocker } from './lifeCycle.ts'
import { validateDates } from './validateExperiment.ts'
import { findMissingVariants, missingBaseline } from './variantInputs.ts'

// What somebody should look at before a launch. Only what `launchExperiment` refuses is BLOCKING.

/** How the flag is used and tracked, as stored now. */
export interface LaunchFacts {
  experiment: Experiment & { featureFlag: FeatureFlag }
  hasPrimaryMetric: boolean
  /** Other experiments on the flag that have not ended: at most 20, the running ones first. */
  others: readonly { id: number; name: string; isRunning: boolean; holdoutId: number | null }[]
  /** The newest events that metrics name. */
  metricEvents: readonly EventEvidence[]
  /** The newest events that expose people. */
  exposureEvents: readonly EventEvidence[]
  now: Date
}

interface EventEvidence {
  event: string
  sampled: number
  withFeatureProperty: number
}

/** What the gate would say of the launch. */
interface LaunchForecast {
  needsApproval: boolean
  pending: object | null
}

export type LaunchCheckKind = keyof typeof definitions
export type LaunchCheckSeverity = 'BLOCKING' | 'WARNING' | 'INFO'

export interface LaunchCheck {
  kind: LaunchCheckKind
  severity: LaunchCheckSeverity
  passed: boolean
  message: string
  fix: string | null
  path: readonly string[] | null
}

/** A check that is made from what is stored. */
interface Definition {
  severity: LaunchCheckSeverity
  /** What to say where nothing is wrong. */
  fine: string
  fix: string
  /** The mutation that fixes it, and the path in its input. Null if no mutation does. */
  path: readonly string[] | null
  /** What is wrong. Null where nothing is. */
  problem(facts: LaunchFacts, forecast: LaunchForecast): string | null
}

/** Makes all checks of a draft. */
export function makeLaunchChecks(facts: LaunchFacts, forecast: LaunchForecast): LaunchCheck[] {
  return Object.entries(definitions).map(([kind, { severity, fine, fix, path, problem }]) => {
    const message = problem(facts, forecast)
    const isWrong = message !== null
    return {
      kind: kind as LaunchCheckKind,
      severity,
      passed: !isWrong,
      message: message ?? fine,
      fix: isWrong ? fix : null,
      path: isWrong ? path : null,
    }
  })
}

/** Whether a check keeps a draft from being launched with `requireChecks`. */
export function isInTheWay({ passed, severity }: LaunchCheck): boolean {
  return !passed && severity !== 'INFO'
}

const flagInput = (field: string) => ['updateFeatureFlag', field]
const experimentInput = (field: string) => ['updateExperiment', field]

const definitions = {
  FLAG_DELETED: {
    severity: 'BLOCKING',
    fine: 'The feature flag is there.',
    fix: 'Restore the feature flag.',
    path: flagInput('deleted'),
    problem: ({ experiment: { featureFlag: flag } }) => (flag.deleted ? blockerOf(flag) : null),
  },
  FLAG_ARCHIVED: {
    severity: 'BLOCKING',
    fine: 'The feature flag is not archived.',
    fix: 'Take the feature flag out of the archive.',
    path: flagInput('archived'),
    problem: ({ experiment: { featureFlag: flag } }) => (flag.archived ? blockerOf({ ...flag, deleted: false }) : null),
  },
  FLAG_MALFORMED: {
    severity: 'BLOCKING',
    fine: 'The filters of the feature flag can be read.',
    fix: 'Correct the filters of the feature flag.',
    path: flagInput('filters'),
    problem: ({ experiment: { featureFlag: flag } }) => (flag.ineligibility.includes(malformedReason) ? malformedFlag : null),
  },
  TOO_FEW_VARIANTS: {
    severity: 'BLOCKING',
    fine: 'The feature flag has two variants or more.',
    fix: 'Add variants.',
    path: experimentInput('variants'),
    problem: (facts) => findMissingVariants(keysOf(facts), null)[0] ?? null,
  },
  BASELINE_MISSING: {
    severity: 'BLOCKING',
    fine: 'The feature flag has the baseline.',
    fix: 'Name one of its variants as the baseline.',
    path: experimentInput('baselineVariantKey'),
    problem: (facts) => missingBaseline(keysOf(facts), baselineKeyOf(facts.experiment.statsConfig)),
  },
  END_DATE_PASSED: {
    severity: 'BLOCKING',
    fine: 'No end lies before the start.',
    fix: 'Clear the end date.',
    path: experimentInput('endDate'),
    problem: ({ experiment, now }) => validateDates(now, experiment.endDate)[0]?.message ?? null,
  },
  OPEN_CHANGE_REQUEST: {
    severity: 'BLOCKING',
    fine: 'No open change request is in the way.',
    fix: 'Wait for the decision on the change request, or cancel it.',
    path: null,
    problem: (_facts, { pending }) => (pending === null ? null : 'A change request for this launch is open.'),
  },
  APPROVAL_NEEDED: {
    severity: 'INFO',
    fine: 'The launch needs no approval.',
    fix: 'Launch it: that makes a change request.',
    path: null,
    problem: (_facts, { needsApproval }) => (needsApproval ? 'A policy guards the launch.' : null),
  },
  SPLIT_NOT_100: {
    severity: 'WARNING',
    fine: 'The shares of the variants add up to 100 percent.',
    fix: 'Set shares that add up to 100 percent.',
    path: experimentInput('variants'),
    problem: (facts) => {
      const variants = getVariants(facts.experiment.featureFlag.filters)
      const sum = roundDecimals(
        variants.reduce((total, { rolloutPercentage }) => total + rolloutPercentage, 0),
        6,
      )
      return variants.length === 0 || sum === 100 ? null : `The shares of the variants add up to ${sum} percent.`
    },
  },
  NO_PRIMARY_METRIC: {
    severity: 'WARNING',
    fine: 'The experiment has a primary metric.',
    fix: 'Add a primary metric.',
    path: experimentInput('metrics'),
    problem: ({ hasPrimaryMetric }) => (hasPrimaryMetric ? null : 'The experiment has no primary metric.'),
  },
  METRIC_EVENTS_UNSEEN: {
    severity: 'WARNING',
    fine: 'The events of the metrics were sent in the last seven days.',
    fix: 'Send the events, or correct the metrics.',
    path: experimentInput('metrics'),
    problem: ({ metricEvents }) => unseen(metricEvents, 'Metrics use events that were not sent in the last seven days'),
  },
  FLAG_NOT_IMPLEMENTED: {
    severity: 'WARNING',
    fine: 'Events of the metrics carry a feature flag.',
    fix: 'Evaluate the feature flag where the events are tracked.',
    path: null,
    problem: ({ metricEvents }) =>
      metricEvents.length > 0 && lacksFlagProperty(metricEvents) ? 'No recent event of the metrics carries a feature flag.' : null,
  },
  EXPOSURE_EVENT_UNSEEN: {
    severity: 'WARNING',
    fine: 'The event that exposes people was sent in the last seven days.',
    fix: 'Send the event, or choose another one.',
    path: experimentInput('exposureCriteria'),
    problem: ({ exposureEvents }) => unseen(exposureEvents, 'People are exposed by events that were not sent in the last seven days'),
  },
  NO_ROLLOUT: {
    severity: 'WARNING',
    fine: 'The release conditions let people in.',
    fix: 'Raise the rollout percentage.',
    path: experimentInput('rolloutPercentage'),
    problem: ({ experiment }) => {
      const letsIn = setsOf(experiment).some((set) => set !== null && (readPercentage(set.rollout_percentage, 100) ?? 0) > 0)
      return letsIn ? null : 'The release conditions let nobody in.'
    },
  },
  FORCED_VARIANT: {
    severity: 'WARNING',
    fine: 'No condition set forces a variant.',
    fix: 'Remove the variant from the condition sets.',
    path: flagInput('filters'),
    problem: ({ experiment }) => {
      const forced = setsOf(experiment).flatMap((set, index) => (typeof set?.variant === 'string' && set.variant !== '' ? [index + 1] : []))
      return forced.length === 0 ? null : `Condition set ${forced.slice(0, 10).join(', ')} gives everybody the same variant.`
    },
  },
  ALREADY_SERVING: {
    severity: 'WARNING',
    fine: 'The feature flag is off until the launch.',
    fix: 'Switch the feature flag off.',
    path: flagInput('active'),
    problem: ({ experiment }) =>
      experiment.featureFlag.active ? 'The feature flag is on, so it serves variants before the launch.' : null,
  },
  FLAG_SHARED: {
    severity: 'WARNING',
    fine: 'No other experiment uses the feature flag.',
    fix: 'Duplicate the experiment with a flag of its own.',
    path: ['duplicateExperiment', 'featureFlagKey'],
    problem: ({ others }) => (others.length === 0 ? null : `Other experiments use the feature flag: ${namesOf(others)}.`),
  },
  HOLDOUT_OVERLAP: {
    severity: 'WARNING',
    fine: 'No running experiment on the feature flag has another holdout.',
    fix: 'Choose the same holdout.',
    path: experimentInput('holdoutId'),
    problem: ({ experiment, others }) => {
      const overlapping = others.filter(({ isRunning, holdoutId }) => isRunning && holdoutId !== experiment.holdoutId)
      return overlapping.length === 0 ? null : `Running experiments on the feature flag have another holdout: ${namesOf(overlapping)}.`
    },
  },
  NO_DESCRIPTION: {
    severity: 'INFO',
    fine: 'The experiment has a description.',
    fix: 'Write what the experiment is about.',
    path: experimentInput('description'),
    problem: ({ experiment }) => ((experiment.description ?? '').trim() === '' ? 'The experiment has no description.' : null),
  },
} as const satisfies Record<string, Definition>

/** Why no experiment on a flag could be launched. */
function blockerOf(flag: Parameters<typeof launchBlocker>[1]): string | null {
  return launchBlocker({ startDate: null, endDate: null }, flag)
}

function keysOf({ experiment }: LaunchFacts): string[] {
  return getVariants(experiment.featureFlag.filters).map(({ key }) => key)
}

/** The condition sets at their places. Null stands for a malformed one. */
function setsOf({ featureFlag }: LaunchFacts['experiment']): (JsonObject | null)[] {
  return (asArray(asObject(featureFlag.filters)?.groups) ?? []).map(asObject)
}

/** Whether none of the sampled events carries a flag (experiments.md 5). */
export function lacksFlagProperty(events: readonly Pick<EventEvidence, 'withFeatureProperty'>[]): boolean {
  return events.every(({ withFeatureProperty }) => withFeatureProperty === 0)
}

function unseen(events: readonly EventEvidence[], what: string): string | null {
  const names = events.filter(({ sampled }) => sampled === 0).map(({ event }) => event)
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return names.length === 0 ? null : `${what}: ${names.slice(0, 5).join(', ')}${more}.`
}

function namesOf(experiments: LaunchFacts['others']): string {
  const more = experiments.length > 5 ? ' and more' : ''
  return `${experiments
    .slice(0, 5)
    .map(({ id, name }) => `"${name}" (ID: ${id})`)
    .join(', ')}${more}`
}
