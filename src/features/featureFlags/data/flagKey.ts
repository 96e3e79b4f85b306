import type { FeatureFlag as FlagRow } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { maxKey } from '../rules/validateFlag.ts'
import { liveFlag } from './createFlag.ts'

interface Given {
  key?: string
  deleted?: boolean
}

/** What is wrong with the key that a change leaves a flag with: another live flag has it. */
export async function takenKeyFaults(tx: Transaction, flag: FlagRow, given: Given): Promise<Fault[]> {
  const { key } = { key: flag.key, ...keyAfter(flag, given) }
  const staysDeleted = given.deleted ?? flag.deleted
  if (staysDeleted || (key === flag.key && !flag.deleted)) return []
  const other = await liveFlag(tx, flag.projectId, key)
  return other === null || other.id === flag.id
    ? []
    : [fault([given.key === undefined ? 'deleted' : 'key'], 'There is already a feature flag with this key.', 'unique')]
}

const mark = (flag: FlagRow) => `:deleted:${flag.id}`

/** A deleted flag lets its key go, so that it is free even where something still refers to the flag; a restored one takes it back. */
export function keyAfter(flag: FlagRow, { key, deleted }: Given): { key?: string } {
  const marked = `${key ?? flag.key}${mark(flag)}`
  // One that is too long for its mark keeps its key: uniqueness asks live flags only.
  if (deleted === true && !flag.deleted) return marked.length > maxKey ? { key: key ?? flag.key } : { key: marked }
  if (deleted === false && flag.deleted && key === undefined && flag.key.endsWith(mark(flag)))
    return { key: flag.key.slice(0, -mark(flag).length) }
  return key === undefined ? {} : { key }
}
