import type { Transaction } from '../client.ts'
import { type ChangeEvent, encodeChangeEvent } from './changeEvent.ts'
import type { PubSub } from './pubSub.ts'

/** The database ids of the objects that a write changed. Null or undefined for those that it did not. */
export interface ChangedIds {
  projectId: number
  experimentId?: number | null | undefined
  featureFlagId?: number | null | undefined
  changeRequestId?: number | null | undefined
}

/** A change of a flag is published for its newest experiments, up to this number. */
const maxExperimentsPerFlag = 1_000

/**
 * Publishes the change events of a transaction. Call it at the end of the transaction.
 *
 * @returns a function to call after the commit
 */
export async function publishChanges(pubSub: PubSub, tx: Transaction, changes: readonly ChangedIds[]): Promise<() => void> {
  if (changes.length === 0) return () => {}
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
  // An experiment's status and its open change requests depend on its flag.
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
