import type { Transaction } from '../client.ts'
import { anyLengthSql, limitSql } from '../sql.ts'
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
  const events: ChangeEvent[] = await dependentEvents(tx, changes)
  for (const { projectId, experimentId, changeRequestId } of changes) {
    if (experimentId != null) events.push({ kind: 'experiment', projectId, id: experimentId })
    if (changeRequestId != null) events.push({ kind: 'changeRequest', projectId, id: changeRequestId })
  }
  return events
}

/**
 * The experiments and open change requests that look different now. An experiment's status depends on its flag. Whether an open request could
 * be applied depends on its flag and experiment, on whether the key of its new flag is taken, and on what uses its flag: other experiments,
 * and flags that depend on it.
 */
async function dependentEvents(tx: Transaction, changes: readonly ChangedIds[]): Promise<ChangeEvent[]> {
  const flagIds = changes.flatMap(({ featureFlagId }) => featureFlagId ?? [])
  const experimentIds = changes.flatMap(({ experimentId }) => experimentId ?? [])
  if (flagIds.length + experimentIds.length === 0) return []
  const [flags, experiments] = [anyLengthSql(flagIds, 'int'), anyLengthSql(experimentIds, 'int')]
  return tx.$queryRaw<ChangeEvent[]>`
    WITH open AS NOT MATERIALIZED (SELECT r.* FROM change_requests r WHERE r.state IN ('PENDING', 'APPROVED')), requests AS (
      SELECT r.id, r.project_id FROM open r WHERE r.feature_flag_id = ANY (${flags})
      UNION
      SELECT r.id, r.project_id FROM feature_flags f
      JOIN open r ON r.project_id = f.project_id AND r.target_key = 'create:' || f.key
      WHERE f.id = ANY (${flags})
      UNION
      SELECT r.id, r.project_id FROM experiments e
      JOIN open r ON r.project_id = e.project_id AND r.resource_type = 'EXPERIMENT' AND r.resource_id = e.id
      WHERE e.id = ANY (${experiments})
      UNION
      SELECT r.id, r.project_id FROM experiments e
      JOIN open r ON r.feature_flag_id = e.feature_flag_id AND r.resource_type = 'FEATURE_FLAG'
      WHERE e.id = ANY (${experiments})
      UNION
      SELECT r.id, r.project_id FROM feature_flags f
      CROSS JOIN LATERAL unnest(flag_depends_on(f.filters)) AS named (name)
      JOIN feature_flags needed ON needed.project_id = f.project_id
        AND (needed.id = CASE WHEN named.name ~ '^[0-9]{1,9}$' THEN named.name::int END OR needed.key = named.name)
      JOIN open r ON r.feature_flag_id = needed.id
      WHERE f.id = ANY (${flags})
      ${limitSql(maxRequests)}
    )
    SELECT 'changeRequest' AS kind, id, project_id AS "projectId" FROM requests
    UNION ALL (
      SELECT 'experiment', e.id, e.project_id FROM experiments e
      WHERE e.feature_flag_id = ANY (${flags}) AND NOT e.deleted ORDER BY e.id DESC ${limitSql(maxExperimentsPerFlag)}
    )`
}
