import type { Actor } from '../../../auth/actor.ts'
import { visibleProjects } from '../../../auth/visibility.ts'
import type { AskingServices } from '../../../commands/command.ts'
import { type LockedExperiment, lockExperiment } from '../../../commands/rowLocks.ts'
import type { ReadClient } from '../../../database/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
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
        '`LaunchBlockedError`. Default, also for null: false. The checks are made again when a change request is applied. If one fails then, the ' +
        'request is `FAILED`, and says which. `UPSTREAM_UNAVAILABLE` when events are read in PostHog, and it does not tell them.',
    }),
  }),
  toCommand: (_context, { id, requireChecks }) => ({ id, requireChecks: requireChecks ?? false }),
  askUpstream: async (services, actor, { id, requireChecks }) => {
    if (requireChecks) await assertEventsInPostHog(services, actor, id)
  },
  plan: async (tx, actor, { id, requireChecks }, _newUuid, eventsElsewhere) => {
    if (requireChecks) {
      const experiment = await lockExperiment(tx, actor, id)
      await assertChecks(tx, actor.now, experiment, (project) => planningEvents(tx, project, eventsElsewhere))
    }
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
  db: ReadClient,
  now: Date,
  experiment: LockedExperiment,
  storeOf: Parameters<typeof readLaunchFacts>[3],
): Promise<void> {
  if (experiment.startDate !== null) return
  const [facts] = await readLaunchFacts(db, [experiment], now, storeOf)
  const failed = facts === undefined ? [] : makeLaunchChecks(facts, { needsApproval: false, pending: null }).filter(isInTheWay)
  if (failed.length > 0) throw new LaunchBlockedError(failed)
}

/**
 * Checks a draft whose events are in PostHog. The plan checks the rest on locked rows, and refuses an experiment that the actor may not see.
 */
async function assertEventsInPostHog({ database: { db }, upstream }: AskingServices, actor: Actor, id: number): Promise<void> {
  const project = { AND: [visibleProjects(actor), { eventSource: 'posthog' as const }] }
  const experiment = await db.experiment.findFirst({
    where: { id, deleted: false, project },
    include: { project: true, featureFlag: true },
  })
  if (experiment === null) return
  try {
    await assertChecks(db, actor.now, experiment, ({ id }) => upstream.eventsOf(id))
  } catch (error) {
    // A query that failed, of which the caller hears that nothing was written.
    if (!(error instanceof UpstreamError)) throw error
    const { message, kind, status, code, retryAfter } = error
    throw new UpstreamError(message, { kind, status, code, retryAfter, cause: error })
  }
}
