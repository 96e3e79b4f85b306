import type { Db, Transaction } from '../client.ts'
import { type ChangeEvent, encodeChangeEvent } from './changeEvent.ts'
import { getPubSub } from './pubSub.ts'

/** What a write has changed, by number; null for what it did not. */
export interface ChangedIds {
  projectId: number
  experimentId?: number | null | undefined
  featureFlagId?: number | null | undefined
  changeRequestId?: number | null | undefined
}

/** A flag that more experiments use is told of to the newest of them. */
const maxExperimentsPerFlag = 1_000

const pendingChanges = new WeakMap<Transaction, ChangedIds[]>()

/** Notes what a transaction changes; those who follow it are told once it has committed. */
export function recordChange(tx: Transaction, ids: ChangedIds): void {
  pendingChanges.set(tx, [...(pendingChanges.get(tx) ?? []), ids])
}

/**
 * Sends what a transaction noted, as the last thing that it does.
 *
 * @returns to be called when it has committed
 */
export async function publishChanges(db: Db, tx: Transaction): Promise<() => void> {
  const changes = pendingChanges.get(tx) ?? []
  if (changes.length === 0) return () => {}
  const pubSub = getPubSub(db)
  const messages = [...new Set((await toChangeEvents(tx, changes)).map(encodeChangeEvent))]
  await pubSub.publish(tx, messages)
  return () => pubSub.afterCommit(messages)
}

async function toChangeEvents(tx: Transaction, changes: readonly ChangedIds[]): Promise<ChangeEvent[]> {
  const events: ChangeEvent[] = []
  for (const { projectId, experimentId, changeRequestId } of changes) {
    if (experimentId != null) events.push({ kind: 'experiment', projectId, id: experimentId })
    if (changeRequestId != null) events.push({ kind: 'changeRequest', projectId, id: changeRequestId })
  }
  // Where an experiment stands depends on its flag, and so does what is open for it.
  const flags = changes.flatMap(({ featureFlagId }) => featureFlagId ?? [])
  if (flags.length === 0) return events
  const users = await tx.experiment.findMany({
    where: { featureFlagId: { in: flags }, deleted: false },
    select: { id: true, projectId: true },
    orderBy: { id: 'desc' },
    take: maxExperimentsPerFlag,
  })
  return [...events, ...users.map(({ id, projectId }) => ({ kind: 'experiment' as const, projectId, id }))]
}
