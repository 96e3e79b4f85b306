import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { loaderById } from '../../../graphql/dataLoaders.ts'
import { forecastGate, type GateForecast, type PossibleChange } from '../../approvals/data/gateForecast.ts'
import { dependentFlagsError } from '../../featureFlags/data/dependentFlags.ts'
import { findDependentsOfFlags } from '../../featureFlags/data/dependentsOfFlags.ts'
import { actionProblem, conditionActions, type ExperimentActionName, experimentActions, flagsAfter } from '../rules/experimentActions.ts'
import { freezeBlockersLoader } from './exposure/freezeBlockersLoader.ts'

/** What a mutation would say to the viewer. */
export interface ActionState {
  action: ExperimentActionName
  allowed: boolean
  reason: string | null
  needsApproval: boolean
}

/** Loads whole experiments with their flags and projects. Only for experiments that the viewer may see: it does not check. */
export const wholeExperimentLoader = loaderById<LockedExperiment>((context, ids) =>
  context.db.experiment.findMany({
    where: { id: { in: ids } },
    include: { project: true, featureFlag: true },
    relationLoadStrategy: 'join',
  }),
)

async function loadWholeExperiments(context: Context, ids: readonly number[]): Promise<LockedExperiment[]> {
  const experiments = await Promise.all(ids.map((id) => wholeExperimentLoader(context).load(id)))
  return experiments.filter((experiment) => experiment !== null)
}

/** Loads what the gate would say of each action that changes the flag, by experiment. */
const forecastLoader = loaderById(async (context, ids) => {
  const experiments = await loadWholeExperiments(context, ids)
  const possible = experiments.flatMap((experiment) =>
    experimentActions.flatMap((action) => toChanges(experiment, action).map((change) => ({ id: experiment.id, action, change }))),
  )
  const forecasts = await forecastGate(
    context.db,
    { ...requireViewer(context), now: context.now },
    possible.map(({ change }) => change),
  )
  const byExperiment = Map.groupBy(
    possible.map(({ id, action }, index) => ({ id, action, forecast: forecasts[index] })),
    ({ id }) => id,
  )
  return experiments.map(({ id }) => {
    const byAction = Map.groupBy(byExperiment.get(id) ?? [], ({ action }) => action)
    return { id, of: (action: ExperimentActionName) => merge((byAction.get(action) ?? []).flatMap(({ forecast }) => forecast ?? [])) }
  })
})

function toChanges(experiment: LockedExperiment, action: ExperimentActionName): PossibleChange[] {
  const { project, featureFlag } = experiment
  const guardsConditions = conditionActions.includes(action)
  return flagsAfter(action, experiment).map((after) => ({ project, flagId: featureFlag.id, before: featureFlag, after, guardsConditions }))
}

/** The forecast of an action that can be taken in several ways. It is refused only if each of them is. */
function merge(forecasts: readonly GateForecast[]): GateForecast {
  return {
    needsApproval: forecasts.some(({ needsApproval }) => needsApproval),
    refusal: forecasts.every(({ refusal }) => refusal !== null) ? (forecasts[0]?.refusal ?? null) : null,
    pending: forecasts.find(({ pending }) => pending !== null)?.pending ?? null,
  }
}

/** Loads what the gate would say of an action. */
export async function loadForecast(context: Context, experimentId: number, action: ExperimentActionName): Promise<GateForecast> {
  return (await forecastLoader(context).load(experimentId))?.of(action) ?? merge([])
}

const switchOffLoader = loaderById(async (context, flagIds) =>
  [...(await findDependentsOfFlags(context.db, flagIds))].map(([id, keys]) => ({ id, problem: dependentFlagsError(keys).message })),
)

/** Loads the state of each action. The number of statements does not depend on the number of experiments. */
export async function loadActionStates(context: Context, experimentId: number): Promise<ActionState[]> {
  const experiment = await wholeExperimentLoader(context).load(experimentId)
  if (experiment === null) throw new Error(`Experiment ${experimentId} disappeared while it was read.`)
  const [switchOff, forecasts, freezeBlockers] = await Promise.all([
    switchOffLoader(context).load(experiment.featureFlagId),
    forecastLoader(context).load(experimentId),
    freezeBlockersLoader(context).load(experimentId),
  ])
  const facts = { experiment, switchOffProblem: switchOff?.problem ?? null, freezeBlockers, now: context.now }
  return experimentActions.map((action) => {
    const problem = actionProblem(action, facts)
    const { refusal, needsApproval } = forecasts?.of(action) ?? merge([])
    const reason = problem ?? refusal
    return { action, allowed: reason === null, reason, needsApproval: problem === null && needsApproval }
  })
}
