import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { isNewExperiment } from './experiments.ts'
import type { Given, Operation, UpstreamRequest } from './operation.ts'
import { given as defined, hasAll } from './values.ts'

type ToBody = (input: JsonObject) => JsonObject

/** An action of an experiment. It is judged by PostHog, so nothing is read before. Its answer has the short form of the flag only. */
function action(name: string, isDone: (experiment: JsonObject, given: Given) => boolean, toBody?: ToBody): Operation {
  return {
    kind: 'experiments',
    reads: [],
    toRequest: ({ id, input }): UpstreamRequest => ({
      method: 'POST',
      path: `experiments/${id}/${name}/`,
      ...(toBody === undefined ? {} : { body: toBody(input) }),
    }),
    settlement: { by: 'row', isDone },
    repeatable: true,
    moves: ['flag'],
  }
}

const flagOf = (experiment: JsonObject) => asObject(experiment.feature_flag) ?? {}

export const launchExperiment = action('launch', ({ start_date }) => start_date != null)
export const pauseExperiment = action('pause', (experiment) => flagOf(experiment).active === false)
export const resumeExperiment = action('resume', (experiment) => flagOf(experiment).active === true)
// What is left out becomes null there, as here.
export const endExperiment = action(
  'end',
  // Somebody else can have ended it in another way.
  ({ end_date, conclusion, conclusion_comment }, { input }) =>
    end_date != null &&
    (conclusion ?? null) === (input.conclusion ?? null) &&
    (conclusion_comment ?? '') === (input.conclusionComment ?? ''),
  ({ conclusion, conclusionComment }) => ({ conclusion: conclusion ?? null, conclusion_comment: conclusionComment ?? null }),
)
export const shipExperimentVariant = action(
  'ship_variant',
  (experiment, { input }) => experiment.end_date != null && isShipped(experiment, input) && hasAll(experiment, givenConclusion(input)),
  ({ variantKey, releaseToEveryone, ...conclusion }) => ({
    variant_key: variantKey,
    release_to_everyone: releaseToEveryone ?? false,
    ...givenConclusion(conclusion),
  }),
)
export const archiveExperiment = action(
  'archive',
  ({ archived }) => archived === true,
  ({ disableFeatureFlag }) => ({ disable_feature_flag: disableFeatureFlag === true }),
)
export const unarchiveExperiment = action('unarchive', ({ archived }) => archived === false)
export const resetExperiment = action('reset', ({ start_date }) => start_date == null)

/** What is not given stays. */
function givenConclusion({ conclusion, conclusionComment }: JsonObject): JsonObject {
  return defined({ conclusion: conclusion ?? undefined, conclusion_comment: conclusionComment ?? undefined })
}

function isShipped(experiment: JsonObject, { variantKey, releaseToEveryone }: JsonObject): boolean {
  const filters = asObject(flagOf(experiment).filters)
  const variants = asArray(asObject(filters?.multivariate)?.variants) ?? []
  const [first] = asArray(filters?.groups) ?? []
  return (
    variants.map(asObject).some((variant) => variant?.key === variantKey && Number(variant?.rollout_percentage) === 100) &&
    (releaseToEveryone !== true || hasAll(first, { properties: [], rollout_percentage: 100 }))
  )
}

const copied: Omit<Operation, 'toRequest'> = {
  kind: 'experiments',
  reads: [],
  settlement: { by: 'list', query: () => [{ order: '-created_at' }], isOurs: isNewExperiment },
  repeatable: false,
  moves: ['flag'],
}

export const duplicateExperiment: Operation = {
  ...copied,
  toRequest: ({ id, input, plan }) => ({
    method: 'POST',
    path: `experiments/${id}/duplicate/`,
    body: defined({ name: plan?.experimentName ?? undefined, feature_flag_key: input.featureFlagKey ?? undefined }),
  }),
}

/** The path is that of the source, which can be in another project: see `sourceOf` of the command. */
export const copyExperimentToProject: Operation = {
  ...copied,
  toRequest: ({ id, input, plan, ids }) => {
    const target = ids.of('project', input.targetProjectId as number)
    if (id === null || target === null) {
      return { refuse: 'PostHog copies experiments only between its own projects. Link the project of the experiment to the same PostHog.' }
    }
    return {
      method: 'POST',
      path: `experiments/${id}/copy_to_project/`,
      body: defined({
        target_team_id: target,
        name: plan?.experimentName ?? undefined,
        feature_flag_key: input.featureFlagKey ?? undefined,
      }),
    }
  },
}
