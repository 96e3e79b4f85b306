import type { ReadClient } from '../../../database/client.ts'
import type { FeatureFlag as FlagRow } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { maxKeyLength } from '../rules/validateFlag.ts'
import { findFlagByKey } from './createFlag.ts'

interface KeyChange {
  key?: string
  deleted?: boolean
}

/**
 * Returns an error when another live flag has the key that a change would give this flag.
 *
 * @param keyField the input field at fault when the change has no key
 */
export async function validateKeyAvailable(tx: ReadClient, flag: FlagRow, change: KeyChange, keyField: string): Promise<FieldError[]> {
  const { key } = { key: flag.key, ...nextKey(flag, change) }
  const staysDeleted = change.deleted ?? flag.deleted
  if (staysDeleted || (key === flag.key && !flag.deleted)) return []
  const holder = await findFlagByKey(tx, flag.projectId, key)
  return holder === null || holder.id === flag.id
    ? []
    : [fieldError([change.key === undefined ? keyField : 'key'], 'There is already a feature flag with this key.', 'unique')]
}

const deletedSuffix = ({ id }: Pick<FlagRow, 'id'>) => `:deleted:${id}`

/** Returns the key of a flag. For a deleted flag, it is the key from before the deletion. */
export function originalKey(flag: Pick<FlagRow, 'id' | 'key'>): string {
  const suffix = deletedSuffix(flag)
  return flag.key.endsWith(suffix) ? flag.key.slice(0, -suffix.length) : flag.key
}

/**
 * Returns the key that a change gives a flag, or nothing when the key stays. A deleted flag gets a suffix, so that its key is free for another
 * flag. A restored flag gets its original key back.
 */
export function nextKey(flag: FlagRow, { key, deleted }: KeyChange): { key?: string } {
  const suffixedKey = `${key ?? flag.key}${deletedSuffix(flag)}`
  // A key that is too long for the suffix stays. That is safe: only the keys of live flags must be unique.
  if (deleted === true && !flag.deleted) return suffixedKey.length > maxKeyLength ? { key: key ?? flag.key } : { key: suffixedKey }
  if (deleted === false && flag.deleted && key === undefined) return { key: originalKey(flag) }
  return key === undefined ? {} : { key }
}
