import type { Actor } from '../../../auth/actor.ts'
import { type LockedExperiment, lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Experiment, FeatureFlag } from '../../../database/generated/client.ts'
import { assertState } from '../rules/lifeCycle.ts'

/**
 * Returns an experiment that the actor may see, locked with its flag.
 *
 * @param findBlocker the rule of the life cycle that decides whether the action may run
 * @throws InvalidStateError when the state of the experiment does not allow the action
 */
export async function lockForAction(
  tx: Transaction,
  actor: Actor,
  id: number,
  findBlocker: (experiment: Experiment, flag: FeatureFlag) => string | null,
): Promise<LockedExperiment> {
  const experiment = await lockExperiment(tx, actor, id)
  assertState(findBlocker(experiment, experiment.featureFlag), experiment, experiment.featureFlag)
  return experiment
}
