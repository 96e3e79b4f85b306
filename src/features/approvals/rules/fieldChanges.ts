import { asArray, asObject, canonicalJson, isObject, type JsonObject } from '../../../platform/json.ts'
import { type ChangeTrigger, pairConditionSets } from './filterDiff.ts'
import { canonicalConditions } from './releaseConditions.ts'
import { type Difference, firstPercentagePath } from './staleness.ts'

// Names each value that differs between two states of a flag or an experiment, for people. Variants are matched by key, and condition sets by
// content. A malformed value is shown as a whole.

/** The parts of a flag that policies guard. */
export type GuardedPart = ChangeTrigger['field']

/** A value that has changed. A missing side is null. */
export interface FieldChangeValue {
  path: readonly string[]
  /** The field for people: `Condition 2: rollout`. */
  label: string
  before: unknown
  after: unknown
  /** Whether a policy guards it. */
  guarded: boolean
}

/** A change inside a value, and the guarded parts that it belongs to. */
interface InnerChange extends Omit<FieldChangeValue, 'guarded'> {
  parts: readonly GuardedPart[]
}

/** With more changes in one value, the value is shown as a whole. */
const maxInnerChanges = 50

/** The parts that policies can guard, of flags, experiments and holdouts. */
export const guardableParts: Readonly<Record<string, readonly GuardedPart[]>> = {
  FEATURE_FLAG: ['active', 'deleted', 'rollout_percentage', 'release_conditions'],
  EXPERIMENT: ['active', 'deleted', 'rollout_percentage'],
  EXPERIMENT_HOLDOUT: ['deleted', 'rollout_percentage'],
}

const partsOfActions: Readonly<Record<string, readonly GuardedPart[]>> = {
  FEATURE_FLAG_ENABLE: ['active', 'deleted'],
  FEATURE_FLAG_DISABLE: ['active'],
  FEATURE_FLAG_DELETE: ['deleted'],
  FEATURE_FLAG_UPDATE: ['rollout_percentage', 'release_conditions'],
  EXPERIMENT_LAUNCH: ['active', 'deleted'],
  EXPERIMENT_PAUSE: ['active'],
  EXPERIMENT_UPDATE: ['rollout_percentage'],
  EXPERIMENT_HOLDOUT_UPDATE: ['rollout_percentage'],
  EXPERIMENT_HOLDOUT_DELETE: ['deleted'],
}

/** The parts that a policy for an action guards. Its condition may name one of them. */
export function partsOfPolicy(action: string, conditions: unknown): readonly GuardedPart[] {
  const parts = partsOfActions[action] ?? ['rollout_percentage']
  const field = asObject(conditions)?.field
  return typeof field === 'string' ? parts.filter((part) => part === field) : parts
}

/**
 * Returns the values that differ between two states, each with a label.
 *
 * @param before the values by column. Those of `filters` may be an object, or be named `filters.groups`. Those of an experiment's flag are in
 *   `featureFlag`. Both states may lack what is equal.
 * @param guards the parts that count as guarded
 */
export function describeFields(before: unknown, after: unknown, guards: readonly GuardedPart[]): FieldChangeValue[] {
  return describeObject(asObject(before) ?? {}, asObject(after) ?? {}).map(({ parts, ...change }) => ({
    ...change,
    guarded: parts.some((part) => guards.includes(part)),
  }))
}

function describeObject(before: JsonObject, after: JsonObject): InnerChange[] {
  const [previous, next] = [flattenFilters(before), flattenFilters(after)]
  const keys = [...new Set([...Object.keys(previous), ...Object.keys(next)])]
  return keys.flatMap((key) => {
    const [from, to] = [previous[key] ?? null, next[key] ?? null]
    if (isEqual(from, to)) return []
    if (key === 'featureFlag') {
      return describeObject(asObject(from) ?? {}, asObject(to) ?? {}).map((change) => ({
        ...change,
        path: ['featureFlag', ...change.path],
        label: `Feature flag: ${change.label}`,
      }))
    }
    const inner = describeInside(key, previous, next)
    if (inner !== null && inner.length > 0 && inner.length <= maxInnerChanges) return inner
    // Where nothing inside differs, only an order does, which no policy guards.
    return [{ path: key.split('.'), label: labelOf(key), before: from, after: to, parts: inner?.length === 0 ? [] : partsOf(key) }]
  })
}

const isEqual = (before: unknown, after: unknown) => canonicalJson(before ?? null) === canonicalJson(after ?? null)

/** `filters: { groups }` becomes `filters.groups`, as the audit trail has it. */
function flattenFilters({ filters, ...values }: JsonObject): JsonObject {
  const fields = asObject(filters)
  if (fields === null) return filters === undefined ? values : { ...values, filters }
  return { ...values, ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [`filters.${key}`, value])) }
}

/** The parts of a flag that a value belongs to. */
function partsOf(key: string): readonly GuardedPart[] {
  if (key === 'active' || key === 'deleted') return [key]
  if (key === 'exclusionPercentage') return ['rollout_percentage']
  if (key === 'filters') return ['rollout_percentage', 'release_conditions']
  if (!key.startsWith('filters.')) return []
  const name = key.slice('filters.'.length)
  if (name === 'groups' || key === firstPercentagePath) return ['rollout_percentage', 'release_conditions']
  if (name === 'multivariate' || name === 'holdout') return ['rollout_percentage']
  return conditionSettings.has(name) ? ['release_conditions'] : []
}

const conditionSettings = new Set(['aggregation_group_type_index', 'bucketing_identifier', 'early_exit', 'feature_enrollment'])

/** The changes inside a value. Null if it is told as a whole. */
function describeInside(key: string, before: JsonObject, after: JsonObject): InnerChange[] | null {
  const [from, to] = [before[key] ?? null, after[key] ?? null]
  switch (key) {
    case 'filters.groups':
      return asArray(from) !== null && asArray(to) !== null ? describeConditionSets(filtersOf(before), filtersOf(after)) : null
    case 'filters.multivariate':
      return describeVariants(from, to)
    case 'filters.payloads':
      return describeEntries(key, from, to, (name) => (name === 'true' ? 'Payload' : `Payload of "${name}"`))
    case 'metrics':
      return describeMetrics(key, 'Primary metric', from, to)
    case 'metricsSecondary':
      return describeMetrics(key, 'Secondary metric', from, to)
    case 'statsConfig':
    case 'exposureCriteria':
    case 'parameters':
    case 'schedulingConfig':
      return describeEntries(key, from, to, (name) => `${labelOf(key)}: ${humanize(name).toLowerCase()}`)
    default:
      return null
  }
}

function filtersOf(values: JsonObject): JsonObject {
  const entries = Object.entries(values).flatMap(([key, value]) =>
    key.startsWith('filters.') ? [[key.slice('filters.'.length), value]] : [],
  )
  return Object.fromEntries(entries)
}

const setLabels: Readonly<Record<string, string>> = {
  rollout_percentage: 'rollout',
  aggregation_group_type_index: 'group type',
}

function describeConditionSets(before: JsonObject, after: JsonObject): InnerChange[] {
  return pairConditionSets(before, after).flatMap(({ before: from, after: to, index }): InnerChange[] => {
    const path = ['filters', 'groups', String(index)]
    const label = `Condition ${index + 1}`
    const [previous, next] = [asObject(from), asObject(to)]
    if (previous === null || next === null) {
      if (isEqual(from, to)) return []
      return [{ path, label, before: from ?? null, after: to ?? null, parts: ['rollout_percentage', 'release_conditions'] }]
    }
    const keys = [...new Set([...Object.keys(previous), ...Object.keys(next)])]
    return keys.flatMap((key): InnerChange[] => {
      if (isSameInSet(key, previous, next)) return []
      const parts: readonly GuardedPart[] =
        key === 'rollout_percentage'
          ? ['rollout_percentage']
          : ['properties', 'variant', 'aggregation_group_type_index'].includes(key)
            ? ['release_conditions']
            : []
      const name = setLabels[key] ?? humanize(key).toLowerCase()
      return [{ path: [...path, key], label: `${label}: ${name}`, before: previous[key] ?? null, after: next[key] ?? null, parts }]
    })
  })
}

/** Whether a value of a condition set has the same meaning: no percentage is 100, and an empty variant is none. */
function isSameInSet(key: string, before: JsonObject, after: JsonObject): boolean {
  if (key === 'rollout_percentage') return isEqual(before[key] ?? 100, after[key] ?? 100)
  if (key === 'variant') return isEqual(before[key] || null, after[key] || null)
  if (key === 'properties')
    return canonicalConditions({ properties: before[key] }, {}) === canonicalConditions({ properties: after[key] }, {})
  return isEqual(before[key], after[key])
}

function describeVariants(before: unknown, after: unknown): InnerChange[] | null {
  const [previous, next] = [variantsByKey(before), variantsByKey(after)]
  if (previous === null || next === null) return null
  return [...new Set([...previous.keys(), ...next.keys()])].flatMap((key): InnerChange[] => {
    const path = ['filters', 'multivariate', 'variants', key]
    const label = `Variant "${key}"`
    const [from, to] = [previous.get(key) ?? null, next.get(key) ?? null]
    if (from === null || to === null) return [{ path, label, before: from, after: to, parts: ['rollout_percentage'] }]
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((field): InnerChange[] => {
      if (isEqual(from[field], to[field])) return []
      const isRollout = field === 'rollout_percentage'
      return [
        {
          path: [...path, field],
          label: `${label}: ${isRollout ? 'rollout' : humanize(field).toLowerCase()}`,
          before: from[field] ?? null,
          after: to[field] ?? null,
          parts: isRollout ? ['rollout_percentage'] : [],
        },
      ]
    })
  })
}

/** The variants by key. Null if they cannot be told apart by it. */
function variantsByKey(multivariate: unknown): Map<string, JsonObject> | null {
  if (multivariate === null) return new Map()
  const variants = isObject(multivariate) ? asArray(multivariate.variants) : null
  if (variants === null) return null
  const byKey = new Map<string, JsonObject>()
  for (const variant of variants) {
    const fields = asObject(variant)
    if (fields === null || typeof fields.key !== 'string' || byKey.has(fields.key)) return null
    byKey.set(fields.key, fields)
  }
  return byKey
}

function describeEntries(key: string, before: unknown, after: unknown, toLabel: (name: string) => string): InnerChange[] | null {
  const [previous, next] = [before === null ? {} : asObject(before), after === null ? {} : asObject(after)]
  if (previous === null || next === null) return null
  return [...new Set([...Object.keys(previous), ...Object.keys(next)])].flatMap((name) =>
    isEqual(previous[name], next[name])
      ? []
      : [{ path: [...key.split('.'), name], label: toLabel(name), before: previous[name] ?? null, after: next[name] ?? null, parts: [] }],
  )
}

/** Metrics are matched by their uuid. */
function describeMetrics(key: string, label: string, before: unknown, after: unknown): InnerChange[] | null {
  const [previous, next] = [metricsByUuid(before), metricsByUuid(after)]
  if (previous === null || next === null) return null
  return [...new Set([...previous.keys(), ...next.keys()])].flatMap((uuid) => {
    const [from, to] = [previous.get(uuid) ?? null, next.get(uuid) ?? null]
    if (isEqual(from, to)) return []
    const name = (to ?? from)?.name
    return [
      {
        path: [key, uuid],
        label: typeof name === 'string' && name !== '' ? `${label} "${name}"` : label,
        before: from,
        after: to,
        parts: [],
      },
    ]
  })
}

function metricsByUuid(metrics: unknown): Map<string, JsonObject> | null {
  const byUuid = new Map<string, JsonObject>()
  for (const metric of asArray(metrics) ?? [null]) {
    const fields = asObject(metric)
    if (fields === null || typeof fields.uuid !== 'string' || byUuid.has(fields.uuid)) return null
    byUuid.set(fields.uuid, fields)
  }
  return byUuid
}

const labels: Readonly<Record<string, string>> = {
  active: 'On',
  startDate: 'Start',
  endDate: 'End',
  metrics: 'Primary metrics',
  metricsSecondary: 'Secondary metrics',
  statsConfig: 'Statistics',
  exposureCriteria: 'Exposure',
  'filters.groups': 'Conditions',
  'filters.multivariate': 'Variants',
  'filters.payloads': 'Payloads',
  'filters.holdout': 'Holdout',
  'filters.aggregation_group_type_index': 'Group type',
  'filters.bucketing_identifier': 'Bucketing',
}

function labelOf(key: string): string {
  return labels[key] ?? humanize(key.replace(/^filters\./, ''))
}

/** `evaluationRuntime` and `early_exit` become `Evaluation runtime` and `Early exit`. */
function humanize(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const objectLabels: Readonly<Record<string, string>> = {
  featureFlag: 'Feature flag',
  experiment: 'Experiment',
  holdout: 'Holdout',
  savedMetric: 'Saved metric',
  project: 'Project',
  prompt: 'Prompt',
  after: 'Result',
}

/** Returns a value that is not as it was when a change was requested, as a change. Its path begins with its object. */
export function describeDifference({ path, requested, current }: Difference, guards: readonly GuardedPart[]): FieldChangeValue {
  const [object = '', ...field] = path.split('.')
  const key = field.join('.')
  const label = [objectLabels[object] ?? object, ...(key === '' ? [] : [key])].join(': ')
  const guarded = object === 'featureFlag' && partsOf(key).some((part) => guards.includes(part))
  return { path: [object, ...field], label, before: requested, after: current, guarded }
}
