import { asArray, asObject, canonicalJson, isObject, type JsonObject } from '../../../platform/json.ts'
import type { Given, Operation, Refusal, UpstreamRequest } from './operation.ts'
import { given as defined, hasAll, isSame, storedFilters, withoutFingerprints } from './values.ts'

const columns: Readonly<Record<string, string>> = {
  name: 'name',
  description: 'description',
  type: 'type',
  startDate: 'start_date',
  endDate: 'end_date',
  conclusion: 'conclusion',
  conclusionComment: 'conclusion_comment',
  deleted: 'deleted',
  archived: 'archived',
  statsConfig: 'stats_config',
  exposureCriteria: 'exposure_criteria',
  metrics: 'metrics',
  metricsSecondary: 'metrics_secondary',
  primaryMetricsOrderedUuids: 'primary_metrics_ordered_uuids',
  secondaryMetricsOrderedUuids: 'secondary_metrics_ordered_uuids',
  onlyCountMaturedUsers: 'only_count_matured_users',
}
const metricColumns = ['metrics', 'metricsSecondary']
/** What PostHog writes into `parameters` on every read, from the flag. */
const projectedKeys = [
  ...['feature_flag_variants', 'rollout_percentage', 'feature_flag_payloads', 'aggregation_group_type_index'],
  'ensure_experience_continuity',
]

const noTags: Refusal = { refuse: 'Experiments of PostHog have no tags in its REST API.' }

function ownColumns(after: JsonObject, before: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, column]) => {
      const value = metricColumns.includes(name) ? withoutFingerprints(after[name]) : after[name]
      const isKept = metricColumns.includes(name) && isSame(value, withoutFingerprints(before[name]))
      return after[name] === undefined || isKept ? [] : [[column, value]]
    }),
  )
}

/** The saved metrics of an experiment. PostHog replaces the whole list. */
function savedMetricsBody(links: unknown, { of }: Given['ids']): { saved_metrics_ids: JsonObject[] } | Refusal | null {
  if (!Array.isArray(links)) return null
  const entries = links.filter(isObject).map(({ savedMetricId, role, metadata }) => ({
    id: of('savedMetric', savedMetricId as number),
    metadata: asObject(metadata) ?? { type: role },
  }))
  if (entries.some(({ id }) => id === null))
    return { refuse: 'A saved metric is not in PostHog, so that an experiment there cannot use it.' }
  return { saved_metrics_ids: entries }
}

function holdoutBody(after: JsonObject, { of }: Given['ids']): { holdout_id: unknown } | Refusal | null {
  if (after.holdoutId === undefined) return null
  const id = after.holdoutId === null ? null : of('holdout', after.holdoutId as number)
  if (after.holdoutId !== null && id === null)
    return { refuse: 'The holdout is not in PostHog, so that an experiment there cannot use it.' }
  return { holdout_id: id }
}

/** The parts of a new flag that PostHog takes with an experiment. */
function newFlagFilters(filters: unknown): JsonObject {
  const { multivariate, groups, payloads } = asObject(filters) ?? {}
  return defined({ multivariate: multivariate ?? undefined, groups, payloads: payloads ?? undefined })
}

function createRequest({ plan, input, ids }: Given): UpstreamRequest | Refusal {
  const after = ids.toUpstream((plan?.after ?? {}) as JsonObject)
  if (Array.isArray(after.tags) && after.tags.length > 0) return noTags
  const [metrics, holdout] = [savedMetricsBody(plan?.after.savedMetrics, ids), holdoutBody((plan?.after ?? {}) as JsonObject, ids)]
  if (metrics !== null && 'refuse' in metrics) return metrics
  if (holdout !== null && 'refuse' in holdout) return holdout
  const flag = asObject(after.featureFlag) ?? {}
  const excluded = asObject(after.parameters)?.excluded_variants
  return {
    method: 'POST',
    path: 'experiments/',
    body: defined({
      ...ownColumns(after, {}),
      feature_flag_key: flag.key,
      ...holdout,
      ...metrics,
      allow_unknown_events: input.allowUnknownEvents === true ? true : undefined,
      parameters: excluded === undefined ? undefined : { excluded_variants: excluded },
      // An existing flag is used as it is: PostHog refuses values for it.
      feature_flag: plan?.flag == null ? undefined : { filters: newFlagFilters(flag.filters) },
    }),
  }
}

/** A new experiment on a flag. Its name need not be unique, so it is also known by its flag. */
export function isNewExperiment(row: JsonObject, { plan }: Given): boolean {
  const key = asObject(plan?.after.featureFlag)?.key
  return row.name === plan?.experimentName && (row.feature_flag_key ?? asObject(row.feature_flag)?.key) === key
}

function creation(toRequest: (given: Given) => UpstreamRequest | Refusal): Operation {
  return {
    kind: 'experiments',
    reads: [],
    toRequest,
    settlement: {
      by: 'list',
      query: () => [{ order: '-created_at' }],
      isOurs: (row, given) => {
        const request = toRequest(given)
        return isNewExperiment(row, given) && 'body' in request && hasListedValues(row, request.body ?? {})
      },
    },
    // Names are not unique, and an existing key is used again: a second one would be made on the same flag.
    repeatable: false,
    moves: ['flag'],
  }
}

/** Whether an experiment of a list has the values that a request sets, as far as the list shows them. PostHog adds defaults to new ones. */
function hasListedValues(row: JsonObject, body: JsonObject): boolean {
  const shown = Object.entries(body).filter(([name]) => (name === 'saved_metrics_ids' ? 'saved_metrics' : name) in row)
  return hasExperimentValues(row, Object.fromEntries(shown), hasAll)
}

export const createExperiment = creation(createRequest)

export const createExperimentFromPrompt = creation(({ input, plan }) => ({
  method: 'POST',
  path: 'experiments/create_from_prompt/',
  body: defined({
    prompt_name: input.promptName,
    versions: input.versions,
    templates: (input.templates as string[]).map((template) => template.toLowerCase()),
    name: plan?.experimentName ?? input.name,
    feature_flag_key: asObject(plan?.after.featureFlag)?.key,
    description: input.description,
  }),
}))

/** What an update changes of the flag. The holdout and the switch follow from values of the experiment. */
function flagBody({ plan, ids, thing, flag }: Given): JsonObject | Refusal {
  const changed = Object.entries(asObject(plan?.after.featureFlag) ?? {}).filter(([path]) =>
    ['filters.multivariate', 'filters.groups', 'filters.payloads'].includes(path),
  )
  if (changed.length === 0) return {}
  if (flag?.has_encrypted_payloads === true && changed.some(([path]) => path === 'filters.payloads')) {
    return { refuse: 'The payloads of the flag are encrypted, and this service cannot encrypt new ones.' }
  }
  // Display shows what changed. What is sent is the whole value that the plan sets.
  const values = plan?.flag?.changedValues ?? {}
  const filters = Object.fromEntries(changed.map(([path]) => [path.slice('filters.'.length), values[path]?.after]))
  // Payloads go along with the variants that they belong to. PostHog replaces what is sent, and keeps the rest.
  const kept = storedFilters(flag)
  const whole = 'multivariate' in filters && flag?.has_encrypted_payloads !== true ? { payloads: kept.payloads } : {}
  return {
    // Without an id: with one, PostHog takes it for an echo and ignores it.
    feature_flag: { filters: defined({ ...whole, ...ids.toUpstream({ filters }).filters }) },
    ...(thing?.start_date == null ? {} : { update_feature_flag_params: true }),
  }
}

function updateRequest(given: Given): UpstreamRequest | Refusal | null {
  const { plan, ids, id, thing } = given
  const [before, after] = [plan?.before ?? {}, plan?.after ?? {}] as [JsonObject, JsonObject]
  if (after.tags !== undefined) return noTags
  const [metrics, holdout, flag] = [savedMetricsBody(after.savedMetrics, ids), holdoutBody(after, ids), flagBody(given)]
  for (const part of [metrics, holdout, flag]) if (part !== null && 'refuse' in part) return part as unknown as Refusal
  const stored = asObject(thing?.parameters) ?? {}
  const excluded = asObject(after.parameters)?.excluded_variants
  const changesExclusion = !isSame(excluded, asObject(before.parameters)?.excluded_variants)
  const kept = Object.fromEntries(Object.entries(stored).filter(([name]) => !projectedKeys.includes(name)))
  const own = ids.toUpstream(ownColumns(after, before))
  const body = {
    ...own,
    ...metrics,
    ...holdout,
    ...(flag as JsonObject),
    // `parameters` is replaced whole.
    ...(changesExclusion ? exclusionBody(thing, kept, excluded ?? []) : {}),
    // Updates may use any event here.
    ...('metrics' in own || 'metrics_secondary' in own ? { allow_unknown_events: true } : {}),
  }
  return Object.keys(body).length === 0 ? null : { method: 'PATCH', path: `experiments/${id}/`, body }
}

/** Newer servers have a field of its own for it. */
function exclusionBody(thing: JsonObject | null, parameters: JsonObject, excluded: unknown): JsonObject {
  if (thing !== null && 'excluded_variants' in thing) return { excluded_variants: excluded }
  return { parameters: { ...parameters, excluded_variants: excluded } }
}

/** Whether an experiment has the values that a request sets. Times are compared as times. */
export function hasExperimentValues(
  experiment: JsonObject,
  body: JsonObject,
  hasValue: (stored: unknown, sent: unknown) => boolean = isSame,
): boolean {
  const switches = ['update_feature_flag_params', 'allow_unknown_events']
  return Object.entries(body).every(([name, value]) => {
    if (switches.includes(name)) return true
    if (name === 'feature_flag') return hasFilters(storedFilters(asObject(experiment.feature_flag)), asObject(value)?.filters)
    if (name === 'saved_metrics_ids') return isSame(usedMetrics(experiment.saved_metrics, 'saved_metric'), usedMetrics(value, 'id'))
    if (name === 'parameters') return hasAll(experiment.parameters, value)
    if (name === 'deleted') return (experiment.deleted ?? false) === value
    if (name.endsWith('_date') && typeof value === 'string') return Date.parse(String(experiment[name])) === Date.parse(value)
    const [stored, sent] = name.startsWith('metrics') ? [experiment[name], value].map(withoutFingerprints) : [experiment[name], value]
    return hasValue(stored, sent)
  })
}

/** Whether stored filters have all of those that were sent. PostHog may drop the payloads of variants that are gone. */
function hasFilters(stored: JsonObject, sent: unknown): boolean {
  const { groups, multivariate, payloads } = asObject(sent) ?? {}
  const hasSets = groups === undefined || (hasAll(stored.groups, groups) && hasAll(groups, withoutNotes(stored.groups)))
  if (multivariate === undefined) return hasSets && (payloads === undefined || isSame(stored.payloads ?? {}, payloads))
  const keys = (asArray(asObject(multivariate)?.variants) ?? []).map((variant) => asObject(variant)?.key)
  const kept = Object.entries(asObject(payloads) ?? {}).filter(([key]) => keys.includes(key))
  return hasSets && hasAll(stored.multivariate, multivariate) && hasAll(stored.payloads, Object.fromEntries(kept))
}

/** Condition sets without what only people read, and PostHog may add. */
function withoutNotes(groups: unknown): unknown {
  return (asArray(groups) ?? []).map((set) => {
    const { sort_key: _sortKey, description: _description, ...kept } = asObject(set) ?? {}
    return kept
  })
}

/** The saved metrics of an experiment with their roles, in one order. */
function usedMetrics(links: unknown, idName: string): string[] {
  return (asArray(links) ?? [])
    .map(asObject)
    .map((link) => `${link?.[idName]} ${canonicalJson({ type: 'primary', ...asObject(link?.metadata) })}`)
    .sort()
}

export const updateExperiment: Operation = {
  kind: 'experiments',
  reads: ['thing', 'flag'],
  toRequest: updateRequest,
  settlement: {
    by: 'row',
    isDone: (after, given) => {
      const request = updateRequest(given)
      const isNewer = after.updated_at !== given.thing?.updated_at
      return isNewer && request !== null && 'body' in request && hasExperimentValues(after, request.body ?? {})
    },
  },
  repeatable: true,
  moves: ['flag'],
}
