import { asArray, asObject, type JsonObject, toNearestNumber } from '../../../platform/json.ts'
import {
  type ConditionSet,
  cohortIdOf,
  type FlagConditions,
  readConditionSet,
  readConditions,
} from '../../featureFlags/rules/conditions.ts'
import { type FlagSettings, readFlagSettings } from '../../featureFlags/rules/flagSettings.ts'

/** A flag's `filters`, as far as they decide who gets what. */
export interface FlagRules extends FlagSettings {
  conditions: FlagConditions
  /** Whether variants or a holdout are malformed. The flag is off for everybody then. */
  isMalformed: boolean
  variants: readonly { key: string; percentage: number }[]
  /** The older form of early access. */
  superCondition: ConditionSet | null
  payloads: JsonObject
  /** The flags that conditions name, by id or key. */
  dependencies: readonly string[]
  /** The cohorts that conditions name. */
  cohortIds: readonly number[]
}

/** Reads the filters of a flag. They may be malformed. */
export function readFlagRules(filters: unknown): FlagRules {
  const fields = asObject(filters) ?? {}
  const conditions = readConditions(filters)
  const superGroups = Array.isArray(fields.super_groups) ? fields.super_groups : []
  const superCondition = superGroups.length === 0 ? null : readConditionSet(superGroups[0], 0, null)
  const variants = readVariants(fields.multivariate)
  const settings = readFlagSettings(filters)
  const properties = [...conditions.sets, ...(superCondition === null ? [] : [superCondition])].flatMap((set) => set.properties)
  return {
    ...settings,
    conditions,
    isMalformed: variants === null || settings.holdout === undefined,
    variants: variants ?? [],
    superCondition,
    payloads: asObject(fields.payloads) ?? {},
    dependencies: [...new Set(conditions.sets.flatMap((set) => set.properties).flatMap(({ kind, key }) => (kind === 'FLAG' ? [key] : [])))],
    cohortIds: [...new Set(properties.flatMap((property) => cohortIdOf(property) ?? []))],
  }
}

/** Null when they are malformed. */
function readVariants(multivariate: unknown): { key: string; percentage: number }[] | null {
  if (multivariate == null) return []
  const entries = asArray(asObject(multivariate)?.variants)
  if (asObject(multivariate) === null || entries === null) return null
  const variants: { key: string; percentage: number }[] = []
  for (const entry of entries) {
    const fields = asObject(entry)
    const percentage = toNearestNumber(fields?.rollout_percentage ?? 0)
    if (typeof fields?.key !== 'string' || typeof percentage !== 'number') return null
    variants.push({ key: fields.key, percentage })
  }
  return variants
}
