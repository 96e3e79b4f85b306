import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan } from '../../../commands/command.ts'
import { type LockedExperiment, lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf } from '../../../platform/fieldError.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import { findLinks, type MetricLink } from './metricLinks.ts'
import { type ExperimentPatch, planUpdate } from './planUpdate.ts'

/**
 * Plans a change of the saved metrics of an experiment.
 *
 * @param change returns the new ones, and columns that change with them
 * @throws ValidationError when the experiment has metrics of the old engine
 */
export async function planLinks(
  tx: Transaction,
  actor: Actor,
  experimentId: number,
  change: (
    experiment: LockedExperiment,
    links: readonly MetricLink[],
  ) => Promise<{ links: readonly MetricLink[]; patch?: ExperimentPatch }>,
): Promise<CommandPlan> {
  const experiment = await lockExperiment(tx, actor, experimentId)
  assertValid(
    errorIf(
      hasLegacyMetrics(experiment),
      ['experimentId'],
      'Experiments with legacy metrics take only name, description, endDate and deleted.',
    ),
  )
  const before = await findLinks(tx, experimentId)
  const { links, patch = {} } = await change(experiment, before)
  return planUpdate(actor, experiment, patch, {}, {}, { before, after: links })
}
