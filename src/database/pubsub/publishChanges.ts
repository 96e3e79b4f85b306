import type { Transaction } from '../open.ts'
import { type ChangeEvent, encodeChangeEvent } from './changeEvent.ts'
import type { PubSub } from './pubSub.ts'

/** What a write has changed, by number; null for what it did not. */
export interface ChangedIds {
  projectId: number
  experimentId?: number | null | undefined
  featureFlagId?: number | null | undefined
  changeRequestId?: number | null | undefined
}

/** A flag that more experiments use is told of to the newest of them. */
const maxExperimentsPerFlag = 1_000

/**
 * Publishes what a transaction has changed, as the last thing that it does.
 *
 * @returns what to call once it has committed
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
