import type { Db, Transaction } from '../open.ts'
import { type Update, updateText } from './changeEvent.ts'
import { signalsOf } from './pubSub.ts'

/** What a write has changed, by number; null for what it did not. */
export interface Changed {
  projectId: number
  experimentId?: number | null | undefined
  featureFlagId?: number | null | undefined
  changeRequestId?: number | null | undefined
}

/** A flag that more experiments use is told of to the newest of them. */
const mostExperiments = 1_000

const noted = new WeakMap<Transaction, Changed[]>()

/** Notes what a transaction changes; those who follow it are told once it has committed. */
export function announce(tx: Transaction, changed: Changed): void {
  noted.set(tx, [...(noted.get(tx) ?? []), changed])
}

/**
 * Sends what a transaction noted, as the last thing that it does.
 *
 * @returns to be called when it has committed
 */
export async function sendAnnounced(db: Db, tx: Transaction): Promise<() => void> {
  const changes = noted.get(tx) ?? []
  if (changes.length === 0) return () => {}
  const signals = signalsOf(db)
  const texts = [...new Set((await updatesBy(tx, changes)).map(updateText))]
  await signals.send(tx, texts)
  return () => signals.committed(texts)
}

async function updatesBy(tx: Transaction, changes: readonly Changed[]): Promise<Update[]> {
  const updates: Update[] = []
  for (const { projectId, experimentId, changeRequestId } of changes) {
    if (experimentId != null) updates.push({ kind: 'experiment', projectId, id: experimentId })
    if (changeRequestId != null) updates.push({ kind: 'changeRequest', projectId, id: changeRequestId })
  }
  // Where an experiment stands depends on its flag, and so does what is open for it.
  const flags = changes.flatMap(({ featureFlagId }) => featureFlagId ?? [])
  if (flags.length === 0) return updates
  const users = await tx.experiment.findMany({
    where: { featureFlagId: { in: flags }, deleted: false },
    select: { id: true, projectId: true },
    orderBy: { id: 'desc' },
    take: mostExperiments,
  })
  return [...updates, ...users.map(({ id, projectId }) => ({ kind: 'experiment' as const, projectId, id }))]
}
