import { asObject, ExactNumber, type JsonObject, toNearestNumber } from '../../../platform/json.ts'
import { decodePayload, getVariants } from './variants.ts'

/** What a flag's `filters` say beside condition sets, variants and payloads. */
export interface FlagSettings {
  /** The index of the group type by which the flag as a whole aggregates. Null: by people, or by what each set says. */
  groupTypeIndex: number | null
  /** Whether the first set whose properties hold decides, also outside its share. */
  earlyExit: boolean
  featureEnrollment: boolean
  /** The share of people, in percent, that a holdout keeps out, and the variant that they get. Undefined when it is malformed. */
  holdout: { variant: string; percentage: number } | null | undefined
}

/** Reads the settings in a flag's filters. Stored filters may be malformed. */
export function readFlagSettings(filters: unknown): FlagSettings {
  const fields = asObject(filters) ?? {}
  const index = fields.aggregation_group_type_index
  return {
    groupTypeIndex: Number.isSafeInteger(index) ? (index as number) : null,
    earlyExit: fields.early_exit === true,
    featureEnrollment: fields.feature_enrollment === true,
    holdout: readHoldout(fields),
  }
}

function readHoldout({ holdout, holdout_groups: groups }: JsonObject): FlagSettings['holdout'] {
  if (holdout == null) return readOlderHoldout(groups)
  const fields = asObject(holdout)
  const id = fields?.id
  const percentage = toNearestNumber(fields?.exclusion_percentage ?? 0)
  const isId = typeof id === 'number' || typeof id === 'string' || id instanceof ExactNumber
  if (!isId || typeof percentage !== 'number') return undefined
  return { variant: `holdout-${String(id)}`, percentage: Math.min(Math.max(percentage, 0), 100) }
}

function readOlderHoldout(groups: unknown): FlagSettings['holdout'] {
  for (const group of Array.isArray(groups) ? groups : []) {
    const fields = asObject(group)
    const percentage = toNearestNumber(fields?.rollout_percentage)
    if (typeof percentage !== 'number' || typeof fields?.variant !== 'string') continue
    return { variant: fields.variant, percentage: Math.min(Math.max(percentage, 0), 100) }
  }
  return null
}

/** The decoded payload of a flag without variants. Null when there is none, or the flag has variants. */
export function readFlagPayload(filters: unknown): unknown {
  const payloads = asObject(asObject(filters)?.payloads)
  if (payloads === null || !Object.hasOwn(payloads, 'true') || getVariants(filters).length > 0) return null
  return decodePayload(payloads.true)
}
