import { type LockedExperiment, lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { EventsElsewhere } from '../../../database/events/eventStore.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { planningEvents } from '../../events/planningEvents.ts'
import { fingerprintMetrics } from '../../metrics/rules/fingerprint.ts'
import { idInput } from '../../projects/inputIds.ts'
import { LaunchBlockedError } from '../data/errors.ts'
import { readLaunchFacts } from '../data/launchFacts.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { validateExperimentFlag } from '../data/validateExperimentFlag.ts'
import { experimentMutation } from '../Experiment.ts'
import { baselineKeyOf } from '../rules/baseline.ts'
import { flagPatches } from '../rules/experimentActions.ts'
import { isInTheWay, makeLaunchChecks } from '../rules/launchChecks.ts'
import { launchBlocker } from '../rules/lifeCycle.ts'
import { validateDates } from '../rules/validateExperiment.ts'

defineMutation({
  ...experimentMutation,
  name: 'launchExperiment',
  description: 'Starts a draft: `startDate` becomes now, and its flag is switched on. Metrics are not required.',
  errors: ['gate', 'validation', 'invalidState', LaunchBlockedError],
  inputDescription: 'The experiment to launch.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The draft'),
    requireChecks: t.boolean({
      description:
        'Whether to launch only if every check of `launchChecks` passes, those of severity `INFO` aside. Otherwise the answer is a ' +
        '`LaunchBlockedError`. Default, also for null: false. The checks are made again when a change request is applied. Events that are ' +
        'read in PostHog are not looked at.',
    }),
  }),
  toCommand: (_context, { id, requireChecks }) => ({ id, requireChecks: requireChecks ?? false }),
  plan: async (tx, actor, { id, requireChecks }, _newUuid, eventsElsewhere) => {
    if (requireChecks) await assertChecks(tx, actor.now, await lockExperiment(tx, actor, id), eventsElsewhere)
    const experiment = await lockForAction(tx, actor, id, launchBlocker)
    assertValid([
      ...(await validateExperimentFlag(tx, experiment.featureFlag.filters, baselineKeyOf(experiment.statsConfig), ['id'])),
      // Imported drafts may have an end date.
      ...validateDates(actor.now, experiment.endDate).map(({ message }) => fieldError(['id'], message)),
    ])
    const metricContext = { ...experiment, startDate: actor.now }
    const patch = {
      startDate: actor.now,
      // The fingerprint of a metric covers everything that its numbers depend on, and so the start date.
      metrics: fingerprintMetrics(experiment.metrics, metricContext),
      metricsSecondary: fingerprintMetrics(experiment.metricsSecondary, metricContext),
    }
    return planUpdate(actor, experiment, patch, flagPatches.LAUNCH)
  },
})

/** Checks what is stored. What the gate would say is left out, because it says so itself. A launched experiment is refused as always. */
async function assertChecks(
  tx: Transaction,
  now: Date,
  experiment: LockedExperiment,
  eventsElsewhere: EventsElsewhere | undefined,
): Promise<void> {
  if (experiment.startDate !== null) return
  const [facts] = await readLaunchFacts(tx, [experiment], now, (project) => planningEvents(tx, project, eventsElsewhere))
  const failed = facts === undefined ? [] : makeLaunchChecks(facts, { needsApproval: false, pending: null }).filter(isInTheWay)
  if (failed.length > 0) throw new LaunchBlockedError(failed)
}
