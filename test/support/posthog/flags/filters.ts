import { asArray, asObject, ExactNumber, isObject, type JsonObject, toNearestNumber } from '../../../../src/platform/json.ts'
import { validationError } from '../server/errors.ts'

const knownKeys = [
  ...['groups', 'multivariate', 'payloads', 'aggregation_group_type_index', 'feature_enrollment', 'early_exit', 'holdout'],
  ...['super_groups', 'holdout_groups'],
]
const legacyKeys = ['super_groups', 'holdout_groups']

const refuse = (detail: string) => validationError(detail, 'filters')

/** The filters after an update: top-level keys replace the stored ones, and legacy keys are dropped. */
export function mergeFilters(stored: JsonObject, sent: JsonObject, strict: boolean): JsonObject {
  const merged = { ...stored, ...sent }
  for (const key of Object.keys(merged)) if (legacyKeys.includes(key) || (strict && !knownKeys.includes(key))) delete merged[key]
  return merged.payloads === undefined ? merged : { ...merged, payloads: encodePayloads(merged.payloads, sent.payloads !== undefined) }
}

/** Every write drops the legacy keys. */
export function withoutLegacy(filters: JsonObject): JsonObject {
  if (!legacyKeys.some((key) => key in filters)) return filters
  return Object.fromEntries(Object.entries(filters).filter(([key]) => !legacyKeys.includes(key)))
}

/** Sent values that are no text are encoded. Stored ones may be of any kind, and stay. */
function encodePayloads(payloads: unknown, sent: boolean): unknown {
  if (!isObject(payloads) || !sent) return payloads
  return Object.fromEntries(
    Object.entries(payloads).map(([key, value]) => {
      if (typeof value !== 'string') return [key, JSON.stringify(value)]
      try {
        JSON.parse(value)
        return [key, value]
      } catch {
        throw refuse(`Payload value for '${key}' is not valid JSON.`)
      }
    }),
  )
}

/** Shape first, then the rules between fields. */
export function checkFilters(filters: JsonObject): void {
  if (filters.version !== undefined) throw refuse("'version' is a reserved key in filters.")
  const groups = asArray(filters.groups)
  if (groups === null) throw refuse('Groups must be a list.')
  for (const group of groups) {
    if (!isObject(group)) throw refuse('Each condition set must be an object.')
    if (group.rollout_percentage != null) checkPercentage(group.rollout_percentage)
    const properties = asArray(group.properties)
    if (properties === null || !properties.every(isObject)) throw refuse('Each property must be an object.')
  }
  const variants = variantsOf(filters)
  if (filters.multivariate != null && variants.length === 0) throw refuse('Multivariate flags must have at least one variant.')
  for (const variant of variants) {
    if (typeof variant.key !== 'string' || !/^[a-zA-Z0-9_./-]{1,400}$/.test(variant.key)) throw refuse('Invalid variant key.')
    checkPercentage(variant.rollout_percentage)
  }
  checkVariants(variants)
  checkReferences(filters, groups as JsonObject[], variants)
}

function checkVariants(variants: JsonObject[]): void {
  if (variants.length === 0) return
  const sum = variants.reduce((total, { rollout_percentage }) => total + Number(toNearestNumber(rollout_percentage)), 0)
  if (Math.abs(sum - 100) > 0.01) throw refuse(`Variant rollout percentages must sum to 100, got ${sum}.`)
  const keys = variants.map(({ key }) => key)
  const doubled = keys.filter((key, at) => keys.indexOf(key) !== at)
  if (doubled.length > 0) throw refuse(`Variant keys must be unique, duplicated: ${doubled.join(', ')}.`)
}

function checkReferences(filters: JsonObject, groups: JsonObject[], variants: JsonObject[]): void {
  const keys = variants.map(({ key }) => key)
  for (const key of Object.keys(asObject(filters.payloads) ?? {})) {
    if (variants.length === 0 && key !== 'true') throw refuse(`Payload key '${key}' is invalid: boolean flags only support the 'true' key.`)
    if (variants.length > 0 && !keys.includes(key)) throw refuse(`Payload key '${key}' does not match any variant key.`)
  }
  for (const { variant } of groups) {
    if (variant && !keys.includes(variant)) throw refuse(`Variant override '${variant}' does not match any variant key.`)
  }
}

function checkPercentage(value: unknown): void {
  const number = toNearestNumber(value)
  if (typeof number !== 'number' || number < 0 || number > 100) throw refuse('Rollout percentage must be a number between 0 and 100.')
}

/** The variants, in their order. Stored filters may be malformed: that is no variants. */
export function variantsOf(filters: JsonObject): JsonObject[] {
  return (asArray(asObject(filters.multivariate)?.variants) ?? []).filter(isObject)
}

export function groupsOf(filters: JsonObject): JsonObject[] {
  return (asArray(filters.groups) ?? []).filter(isObject)
}

export function propertiesOf(filters: JsonObject): JsonObject[] {
  return groupsOf(filters).flatMap((group) => (asArray(group.properties) ?? []).filter(isObject))
}

/** All percentages by their path, as approval policies see them. */
export function rolloutPercentages(filters: JsonObject): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [at, group] of groupsOf(filters).entries()) found.set(`groups[${at}].rollout_percentage`, group.rollout_percentage)
  const holdout = asObject(filters.holdout)
  if (holdout !== null) found.set('holdout.exclusion_percentage', holdout.exclusion_percentage)
  for (const [at, variant] of variantsOf(filters).entries()) {
    found.set(`multivariate.variants[${at}].rollout_percentage`, variant.rollout_percentage)
  }
  for (const [path, value] of found) if (value === undefined || value === null) found.delete(path)
  return found
}

/** Adds what is only for display: names of cohorts and of groups. */
export function displayFilters(filters: JsonObject, cohortName: (id: unknown) => string | undefined): JsonObject {
  const shown = propertiesOf(filters).some(({ type, key }) => type === 'cohort' || key === '$group_key')
  if (!shown) return filters
  const property = (each: JsonObject) => {
    if (each.type === 'cohort') return { ...each, cohort_name: cohortName(each.value) ?? null }
    if (each.key !== '$group_key') return each
    return {
      ...each,
      group_key_names: Object.fromEntries((asArray(each.value) ?? [each.value]).map((key) => [String(key), `Group ${key}`])),
    }
  }
  const groups = groupsOf(filters).map((group) => ({
    ...group,
    properties: (asArray(group.properties) ?? []).filter(isObject).map(property),
  }))
  return { ...filters, groups }
}

/** What the short form of a flag shows in place of encrypted payloads. */
export function cipherPayloads(filters: JsonObject): JsonObject {
  const payloads = Object.entries(asObject(filters.payloads) ?? {})
  const hide = (value: unknown) =>
    `gAAAAA${Buffer.from(value instanceof ExactNumber ? value.text : JSON.stringify(value)).toString('base64url')}`
  return { ...filters, payloads: Object.fromEntries(payloads.map(([key, value]) => [key, hide(value)])) }
}
