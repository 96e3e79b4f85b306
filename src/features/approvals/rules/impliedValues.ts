import type { RowState } from '../../../commands/command.ts'
import { asArray, asObject } from '../../../platform/json.ts'

// What a change of a flag would be refused for, and so was not there when it was requested. A request is stale if it is there now.

/** Values of a flag that are no columns of it. They are looked up where a request depends on them. */
export const usesOfFlag = ['dependentFlags', 'unfinishedExperiments', 'runningExperiments', 'isInEarlyAccess'] as const

const nothing = { before: [] }

/** Returns the values that a change of a flag needs beside those that it sets. */
export function impliedValues({ type, values }: RowState): RowState['values'] {
  if (type !== 'FEATURE_FLAG') return {}
  const isDeleted = turns(values.deleted, false, true)
  return {
    ...(isDeleted || turns(values.active, true, false) ? { dependentFlags: nothing } : {}),
    ...(isDeleted ? { unfinishedExperiments: nothing, isInEarlyAccess: { before: false }, isUsedInReplaySettings: { before: false } } : {}),
    ...(removesVariant(values['filters.multivariate']) ? { runningExperiments: nothing } : {}),
  }
}

type Value = RowState['values'][string] | undefined

const turns = (value: Value, before: boolean, after: boolean) => value?.before === before && value.after === after

function removesVariant(value: Value): boolean {
  if (value === undefined || !('after' in value)) return false
  const left = new Set(variantKeys(value.after))
  return variantKeys(value.before).some((key) => !left.has(key))
}

function variantKeys(multivariate: unknown): string[] {
  const keys = (asArray(asObject(multivariate)?.variants) ?? []).map((variant) => asObject(variant)?.key)
  return keys.filter((key) => typeof key === 'string')
}
