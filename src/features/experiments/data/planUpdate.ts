import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan } from '../../../commands/command.ts'
import { diffValues } from '../../../commands/diff.ts'
import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { type FlagPatch, planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'

export type ExperimentPatch = Omit<Prisma.ExperimentUncheckedUpdateInput, 'id' | 'projectId' | 'featureFlagId' | 'updatedAt'>

/**
 * Plans a change of a stored, locked experiment, and of its flag if `flagPatch` has values. One transaction writes both.
 *
 * @param flagOptions the options of `planFlagUpdate`
 */
export function planUpdate(
  actor: Actor,
  experiment: LockedExperiment,
  patch: ExperimentPatch,
  flagPatch: FlagPatch = {},
  flagOptions: Parameters<typeof planFlagUpdate>[3] = {},
): CommandPlan {
  const flag = Object.keys(flagPatch).length === 0 ? null : planFlagUpdate(actor, experiment.featureFlag, flagPatch, flagOptions)
  const stored = Object.fromEntries(Object.keys(patch).map((key) => [key, experiment[key as keyof LockedExperiment]]))
  const diff = diffValues(stored, patch)
  const flagChanges = flag !== null && Object.keys(flag.after).length > 0
  return {
    project: experiment.project,
    resource: { type: 'EXPERIMENT', id: experiment.id },
    experimentName: experiment.name,
    flag: flag?.change ?? null,
    before: flagChanges ? { ...diff.before, featureFlag: flag.before } : diff.before,
    after: flagChanges ? { ...diff.after, featureFlag: flag.after } : diff.after,
    apply: async (tx) => {
      const version = flag === null ? null : await flag.apply(tx)
      if (Object.keys(diff.after).length > 0 || flagChanges) {
        await tx.experiment.update({ where: { id: experiment.id }, data: { ...patch, updatedAt: actor.now }, select: { id: true } })
      }
      return { id: experiment.id, experimentId: experiment.id, featureFlagId: flagChanges ? experiment.featureFlagId : null, version }
    },
  }
}
