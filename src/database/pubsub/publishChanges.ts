import type { Transaction } from '../client.ts'
import { type ChangeEvent, encodeChangeEvent } from './changeEvent.ts'
import { forgetMessages, keepMessages } from './outbox.ts'
import type { PubSub } from './pubSub.ts'

/** The database ids of the objects that a write changed. Null or undefined for those that it did not. */
export interface ChangedIds {
  projectId: number
  experimentId?: number | null | undefined
  featureFlagId?: number | null | undefined
  changeRequestId?: number | null | undefined
}

/** A change of a flag is published for its newest experiments, up to this number, and for as many change requests. */
const maxExperimentsPerFlag = 1_000
const maxRequests = 1_000

/**
 * Publishes the change events of a transaction. Call it at the end of the transaction.
 *
 * @returns a function to call after the commit. Its work goes on while the caller is answered.
 */
export async function publishChanges(
  { db, pubSub }: { db: Transaction; pubSub: PubSub },
  tx: Transaction,
  changes: readonly ChangedIds[],
): Promise<() => void> {
  const messages = [...new Set((await toChangeEvents(tx, changes)).map(encodeChangeEvent))]
  if (messages.length === 0) return () => {}
  await pubSub.publish(tx, messages)
  const kept = pubSub.sendsAfterCommit ? await keepMessages(tx, messages) : []
  return () => {
    // What stays in the outbox by mistake is sent again, which does no harm.
    pubSub
      .afterCommit(messages)
      .then((sent) => (sent ? forgetMessages(db, kept) : undefined))
      .catch(() => {})
  }
}

async function toChangeEvents(tx: Transaction, changes: readonly ChangedIds[]): Promise<ChangeEvent[]> {
  const events: ChangeEvent[] = await openRequestEvents(tx, changes)
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

/**
 * Whether an open change request could be applied depends on its flag and experiment, on whether the key of its new flag is taken, and on what
 * uses its flag: other experiments, and flags that depend on it.
 */
async function openRequestEvents(tx: Transaction, changes: readonly ChangedIds[]): Promise<ChangeEvent[]> {
  const flags = changes.flatMap(({ featureFlagId }) => featureFlagId ?? [])
  const experiments = changes.flatMap(({ experimentId }) => experimentId ?? [])
  if (flags.length + experiments.length === 0) return []
  const requests = await tx.$queryRaw<{ id: number; projectId: number }[]>`
    SELECT r.id, r.project_id AS "projectId" FROM change_requests r
    WHERE r.feature_flag_id = ANY(${flags}::int[]) AND r.state IN ('PENDING', 'APPROVED')
    UNION
    SELECT r.id, r.project_id FROM feature_flags f
    JOIN change_requests r ON r.project_id = f.project_id AND r.target_key = 'create:' || f.key
    WHERE f.id = ANY(${flags}::int[]) AND r.state IN ('PENDING', 'APPROVED')
    UNION
    SELECT r.id, r.project_id FROM experiments e
    JOIN change_requests r ON r.project_id = e.project_id AND r.resource_type = 'EXPERIMENT' AND r.resource_id = e.id
    WHERE e.id = ANY(${experiments}::int[]) AND r.state IN ('PENDING', 'APPROVED')
    UNION
    SELECT r.id, r.project_id FROM experiments e
    JOIN change_requests r ON r.feature_flag_id = e.feature_flag_id AND r.resource_type = 'FEATURE_FLAG'
    WHERE e.id = ANY(${experiments}::int[]) AND r.state IN ('PENDING', 'APPROVED')
    UNION
    SELECT r.id, r.project_id FROM feature_flags f
    CROSS JOIN LATERAL unnest(flag_depends_on(f.filters)) AS named (name)
    JOIN feature_flags needed ON needed.project_id = f.project_id
      AND (needed.id = CASE WHEN named.name ~ '^[0-9]{1,9}$' THEN named.name::int END OR needed.key = named.name)
    JOIN change_requests r ON r.feature_flag_id = needed.id
    WHERE f.id = ANY(${flags}::int[]) AND r.state IN ('PENDING', 'APPROVED')
    LIMIT ${maxRequests}::int`
  return requests.map(({ id, projectId }) => ({ kind: 'changeRequest' as const, projectId, id }))
}
