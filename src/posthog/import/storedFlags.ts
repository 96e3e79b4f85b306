import type { Transaction } from '../../database/client.ts'
import type { StoredFlagKey } from './keyConflicts.ts'
import { chunk } from './writeRows.ts'

/** Few enough for one statement, and enough that a project needs few of them. */
const batchSize = 2_000

/** Finds the flags of a project by their ids in PostHog, and the live ones with these keys. The others of a large project are not read. */
export async function findStoredFlags(
  tx: Transaction,
  projectId: number,
  { importedIds, keys }: { importedIds: Iterable<number>; keys: Iterable<string> },
): Promise<StoredFlagKey[]> {
  const found = new Map<number, StoredFlagKey>()
  const select = { id: true, importedId: true, key: true, deleted: true, version: true, updatedAt: true }
  for (const batch of chunk([...new Set(importedIds)], batchSize)) {
    for (const flag of await tx.featureFlag.findMany({ where: { projectId, importedId: { in: batch } }, select })) found.set(flag.id, flag)
  }
  for (const batch of chunk([...new Set(keys)], batchSize)) {
    for (const flag of await tx.featureFlag.findMany({ where: { projectId, deleted: false, key: { in: batch } }, select })) {
      found.set(flag.id, flag)
    }
  }
  return [...found.values()]
}
