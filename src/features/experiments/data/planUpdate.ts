import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan, RowState } from '../../../commands/command.ts'
import { diffValues } from '../../../commands/diff.ts'
import { type LockedExperiment, lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Experiment, FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { type FlagPatch, planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { assertState } from '../rules/lifeCycle.ts'
import { type MetricLink, savedMetricState, shownLinks, storedLinks, writeLinks } from './metricLinks.ts'

export type ExperimentPatch = Omit<Prisma.ExperimentUncheckedUpdateInput, 'id' | 'projectId' | 'featureFlagId' | 'updatedAt'>

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

/**
 * Plans a change of a stored, locked experiment, and of its flag if `flagPatch` has values. One transaction writes both.
 *
 * @param flagOptions the options of `planFlagUpdate`
 * @param links the saved metrics before and after. Null if they stay.
 */
export function planUpdate(
  actor: Actor,
  experiment: LockedExperiment,
  patch: ExperimentPatch,
  flagPatch: FlagPatch = {},
  flagOptions: Parameters<typeof planFlagUpdate>[3] = {},
  links: { before: readonly MetricLink[]; after: readonly MetricLink[] } | null = null,
): CommandPlan {
  const flag = Object.keys(flagPatch).length === 0 ? null : planFlagUpdate(actor, experiment.featureFlag, flagPatch, flagOptions)
  const diff = diffValues(
    { ...pick(experiment, Object.keys(patch)), ...(links === null ? {} : { savedMetrics: shownLinks(links.before) }) },
    { ...patch, ...(links === null ? {} : { savedMetrics: shownLinks(links.after) }) },
  )
  const changedColumns = { ...pick(patch, Object.keys(diff.after)), updatedAt: actor.now }
  const flagChanges = flag !== null && Object.keys(flag.after).length > 0
  return {
    project: experiment.project,
    resource: { type: 'EXPERIMENT', id: experiment.id },
    experimentName: experiment.name,
    flag: flag?.change ?? null,
    rows: [experimentState(experiment, patch, links), ...(links?.after ?? []).map(({ savedMetric }) => savedMetricState(savedMetric))],
    before: flagChanges ? { ...diff.before, featureFlag: flag.before } : diff.before,
    after: flagChanges ? { ...diff.after, featureFlag: flag.after } : diff.after,
    apply: async (tx) => {
      const version = flag === null ? null : await flag.apply(tx)
      if (links !== null) await writeLinks(tx, experiment.id, links.before, links.after)
      if (Object.keys(diff.after).length > 0 || flagChanges) {
        await tx.experiment.update({ where: { id: experiment.id }, data: changedColumns, select: { id: true } })
      }
      return { id: experiment.id, experimentId: experiment.id, featureFlagId: flagChanges ? experiment.featureFlagId : null, version }
    },
  }
}

/** The values that the patch sets, the saved metrics if they change, and the stage of the experiment. */
function experimentState(
  experiment: LockedExperiment,
  patch: ExperimentPatch,
  links: { before: readonly MetricLink[]; after: readonly MetricLink[] } | null,
): RowState {
  const { id, projectId, featureFlagId, startDate, endDate, archived, deleted } = experiment
  const stage = Object.entries({ projectId, featureFlagId, startDate, endDate, archived, deleted }).map(([path, before]) => [
    path,
    { before },
  ])
  const sets = Object.entries(patch).map(([path, after]) => [path, { before: experiment[path as keyof Experiment] ?? null, after }])
  const savedMetrics =
    links === null
      ? {}
      : { savedMetrics: { before: storedLinks(links.before, links.before), after: storedLinks(links.after, links.before) } }
  return { type: 'EXPERIMENT', id, values: { ...Object.fromEntries([...stage, ...sets]), ...savedMetrics } }
}

function pick<Values extends object>(values: Values, keys: readonly string[]): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key))) as Partial<Values>
}
