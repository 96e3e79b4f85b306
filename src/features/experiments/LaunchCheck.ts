import { builder } from '../../graphql/builder.ts'
import { ErrorInterface } from '../../graphql/mutationErrorTypes.ts'
import { LaunchBlockedError } from './data/errors.ts'
import { launchChecksLoader } from './data/launchFacts.ts'
import { Experiment } from './Experiment.ts'
import type { LaunchCheck as Check, LaunchCheckKind, LaunchCheckSeverity } from './rules/launchChecks.ts'

const LaunchCheckKindEnum = builder.enumType('LaunchCheckKind', {
  description: 'What a check before a launch looks for. Each value describes what is wrong where the check fails.',
  values: {
    FLAG_DELETED: { description: 'The flag is deleted.' },
    FLAG_ARCHIVED: { description: 'The flag is archived.' },
    FLAG_MALFORMED: { description: 'The `filters` of the flag hold a value of the wrong type.' },
    TOO_FEW_VARIANTS: { description: 'The flag has fewer than two variants.' },
    BASELINE_MISSING: { description: 'The flag has no variant with the key of the baseline.' },
    END_DATE_PASSED: { description: 'The draft has an end date in the past.' },
    OPEN_CHANGE_REQUEST: { description: 'A change request for the launch is open.' },
    APPROVAL_NEEDED: { description: 'A policy guards the launch, and the viewer does not bypass it.' },
    SPLIT_NOT_100: { description: 'The shares of the variants do not add up to 100 percent.' },
    NO_PRIMARY_METRIC: { description: 'The experiment has no primary metric, neither its own nor a saved one.' },
    METRIC_EVENTS_UNSEEN: { description: 'A metric is on an event that was not sent since midnight seven days ago.' },
    FLAG_NOT_IMPLEMENTED: {
      description: 'No sampled event of the metrics carries a `$feature/…` property, as `requiresFlagImplementation` warns.',
    },
    EXPOSURE_EVENT_UNSEEN: {
      description: 'The event that exposes people was not sent since midnight seven days ago. By default, it is the call of any flag.',
    },
    NO_ROLLOUT: { description: 'No condition set lets anybody in.' },
    FORCED_VARIANT: { description: 'A condition set forces a variant on its people.' },
    ALREADY_SERVING: { description: 'The flag is on before the launch.' },
    FLAG_SHARED: { description: 'Another draft or running experiment uses the flag.' },
    HOLDOUT_OVERLAP: { description: 'A running experiment on the flag has another holdout, or none where this one has one.' },
    NO_DESCRIPTION: { description: 'The experiment has no description.' },
  } satisfies Record<LaunchCheckKind, { description: string }>,
})

const LaunchCheckSeverityEnum = builder.enumType('LaunchCheckSeverity', {
  description: 'How much a failed check matters.',
  values: {
    BLOCKING: { description: '`launchExperiment` refuses it.' },
    WARNING: { description: '`launchExperiment` refuses it only with `requireChecks`.' },
    INFO: { description: 'A hint. It never stops a launch.' },
  } satisfies Record<LaunchCheckSeverity, { description: string }>,
})

const maxChecks = 20

const LaunchCheck = builder.objectRef<Check>('LaunchCheck').implement({
  description: 'A point to look at before an experiment is launched. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    kind: t.expose('kind', { type: LaunchCheckKindEnum, description: 'What the check looks for.' }),
    severity: t.expose('severity', { type: LaunchCheckSeverityEnum, description: 'How much it matters if the check fails.' }),
    passed: t.exposeBoolean('passed', { description: 'Whether nothing is wrong.' }),
    message: t.exposeString('message', { description: 'What is wrong, or that nothing is, in a sentence for people.' }),
    fix: t.exposeString('fix', { nullable: true, description: 'What to do, in a sentence for people. Null when the check passed.' }),
    path: t.stringList({
      nullable: true,
      description:
        'The mutation that fixes it, and the path of the value in its input, such as `["updateExperiment", "metrics"]`. Null when the check ' +
        'passed, and when no mutation fixes it.',
      resolve: ({ path }) => (path === null ? null : [...path]),
    }),
  }),
})

builder.objectField(Experiment, 'launchChecks', (t) =>
  t.field({
    type: [LaunchCheck],
    cost: 20,
    listSize: { assumedSize: maxChecks },
    description:
      'What to look at before the launch, with what is fine too. Always all checks, in the order of the enum. Empty after the launch. ' +
      'Checks on events look at the 20 newest events of each name, of at most 100 names. Approvals are those that the viewer needs. ' +
      '`SERVICE_UNAVAILABLE` when the events are in ClickHouse, and it cannot be reached. `UPSTREAM_UNAVAILABLE` when they are in PostHog, and it ' +
      'does not tell them.',
    select: [],
    resolve: async ({ id }, _args, context) => (await launchChecksLoader(context).load(id))?.checks ?? [],
  }),
)

builder.objectType(LaunchBlockedError, {
  name: 'LaunchBlockedError',
  description: '`requireChecks` was true, and a check of the launch failed. Nothing was written, and no change request was made.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    checks: t.field({
      type: [LaunchCheck],
      listSize: { assumedSize: maxChecks },
      description: 'The failed checks that are BLOCKING or a WARNING.',
      resolve: ({ checks }) => [...checks],
    }),
  }),
})
