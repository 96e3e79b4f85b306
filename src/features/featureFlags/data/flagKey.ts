import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag as FlagRow } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { maxKeyLength } from '../rules/validateFlag.ts'
import { findFlagByKey } from './createFlag.ts'

interface KeyChange {
  key?: string
  deleted?: boolean
}

/** What is wrong with the key that a change leaves a flag with: another live flag has it. */
export async function validateKeyAvailable(tx: Transaction, flag: FlagRow, change: KeyChange): Promise<FieldError[]> {
  const { key } = { key: flag.key, ...nextKey(flag, change) }
  const staysDeleted = change.deleted ?? flag.deleted
  if (staysDeleted || (key === flag.key && !flag.deleted)) return []
  const holder = await findFlagByKey(tx, flag.projectId, key)
  return holder === null || holder.id === flag.id
    ? []
    : [fieldError([change.key === undefined ? 'deleted' : 'key'], 'There is already a feature flag with this key.', 'unique')]
}

const deletedSuffix = ({ id }: Pick<FlagRow, 'id'>) => `:deleted:${id}`

/** A flag's key; that of a deleted flag as it was before. */
export function originalKey(flag: Pick<FlagRow, 'id' | 'key'>): string {
  const suffix = deletedSuffix(flag)
  return flag.key.endsWith(suffix) ? flag.key.slice(0, -suffix.length) : flag.key
}

/** A deleted flag lets its key go, so that it is free even where something still refers to the flag; a restored one takes it back. */
export function nextKey(flag: FlagRow, { key, deleted }: KeyChange): { key?: string } {
  const suffixedKey = `${key ?? flag.key}${deletedSuffix(flag)}`
  // One that is too long for its mark keeps its key: uniqueness asks live flags only.
  if (deleted === true && !flag.deleted) return suffixedKey.length > maxKeyLength ? { key: key ?? flag.key } : { key: suffixedKey }
  if (deleted === false && flag.deleted && key === undefined) return { key: originalKey(flag) }
  return key === undefined ? {} : { key }
}
