import type { JsonObject } from '../../../platform/json.ts'

/** The fields of our inputs that hold what a field of the REST API does. The first one that the caller sent is at fault. */
const inputFields: Readonly<Record<string, readonly string[]>> = {
  feature_flag: ['variants', 'rolloutPercentage'],
  parameters: ['excludedVariantKeys', 'variants', 'rolloutPercentage'],
  metrics: ['metrics', 'primaryMetrics'],
  metrics_secondary: ['metricsSecondary', 'secondaryMetrics'],
  saved_metrics_ids: ['savedMetrics', 'savedMetricId'],
  stats_config: ['statsConfig', 'statistics', 'baselineVariantKey'],
  exposure_criteria: ['exposureCriteria', 'exposure'],
  only_count_matured_users: ['onlyCountMaturedPersons'],
  excluded_variants: ['excludedVariantKeys'],
  holdout: ['holdoutId', 'removeHoldout'],
  bucketing_identifier: ['bucketing'],
  is_remote_configuration: ['remoteConfiguration'],
  query: ['metric'],
  conditions: ['condition'],
  approver_config: ['quorum', 'approverUserIds', 'approverRoleIds'],
  bypass_org_membership_levels: ['bypassMembershipLevels'],
  bypass_roles: ['bypassRoleIds'],
  expires_after: ['expiresAfterSeconds'],
  target_team_id: ['targetProjectId'],
  active: ['active', 'switchOff'],
}
/** Fields whose values have the same form here, so that the rest of the path holds too. */
const sameForm = ['filters', 'metrics', 'metrics_secondary', 'stats_config', 'exposure_criteria', 'tags', 'evaluation_contexts', 'versions']
/** What typed fields say of a part of the filters. */
const typedFilters: Readonly<Record<string, readonly string[]>> = {
  groups: ['conditions', 'addConditions', 'rolloutPercentage'],
  multivariate: ['variants'],
  payloads: ['payload', 'variants', 'removePayload'],
  aggregation_group_type_index: ['groupTypeIndex'],
  holdout: ['exclusionPercentage'],
}

/** Converts the `attr` of an error of PostHog to a path of our input. Empty if no field of the input is at fault. */
export function inputPath(attr: string | null, input: JsonObject): string[] {
  if (attr === null) return []
  const [field = '', ...rest] = attr.split('__')
  const has = (name: string) => input[name] !== undefined
  if (field === 'filters' && !has('filters')) {
    const typed = [...(typedFilters[rest[0] ?? ''] ?? []), 'exclusionPercentage', 'conditions', 'variants'].find(has)
    return typed === undefined ? [] : [typed]
  }
  const names = inputFields[field] ?? [toCamelCase(field)]
  const name = names.find(has) ?? names[0] ?? field
  return sameForm.includes(field) && name === toCamelCase(field) ? [name, ...rest] : [name]
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
