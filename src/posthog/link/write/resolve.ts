import { upstreamIdOf } from '../../../commands/linkedProject.ts'
import type { ActivityResourceType } from '../../../commands/recordActivity.ts'
import type { LinkOperation } from '../../../database/generated/client.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import { OperatorError } from '../../../platform/operatorError.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { KindName } from '../store/kinds.ts'
import { isAbandoned, settle } from './outbox.ts'
import { openSession, type Session, type WriterParts } from './session.ts'
import { hintNewRow, hintRows, readRow, storeUpstream } from './upstreamRows.ts'

const kindsOfResources: Readonly<Record<string, { kind: KindName; type: ActivityResourceType }>> = {
  feature_flags: { kind: 'feature_flags', type: 'FEATURE_FLAG' },
  EXPERIMENT: { kind: 'experiments', type: 'EXPERIMENT' },
  HOLDOUT: { kind: 'holdouts', type: 'HOLDOUT' },
  SAVED_METRIC: { kind: 'saved_metrics', type: 'SAVED_METRIC' },
  APPROVAL_POLICY: { kind: 'policies', type: 'APPROVAL_POLICY' },
  CHANGE_REQUEST: { kind: 'change_requests', type: 'CHANGE_REQUEST' },
}

/**
 * Clears up an operation whose outcome is unknown: its row is read and stored, so that both sides are equal again. Nothing is sent again. A row
 * that it may have made has no number yet, and one that is gone may be hidden from the key: following looks for both.
 *
 * @throws UpstreamError if PostHog cannot be read. The operation stays open then.
 */
export async function resolveOperation(session: Session, { id, resource }: LinkOperation): Promise<void> {
  const [name = '', number = ''] = resource.split('/')
  const known = kindsOfResources[name]
  const localId = /^\d{1,10}$/.test(number) ? Number(number) : null
  const { db } = session.database
  const upstreamId = known === undefined || localId === null ? null : await upstreamIdOf(db, known.type, localId)
  let hasChanged = false
  if (known !== undefined && upstreamId !== null) {
    const experiments = name === 'feature_flags' ? await experimentsOf(session, localId ?? 0) : []
    const row = await readRow(session, known.kind, upstreamId)
    const rows = { [known.kind]: row === null ? [] : [row], ...(name === 'feature_flags' ? { experiments } : {}) }
    hasChanged = await storeUpstream(session, rows, { announces: true }, (_unit, stored) =>
      Promise.resolve(Object.values(stored).some(({ changed }) => changed.length > 0)),
    )
    if (row === null) await hintRows(session, known.kind, [upstreamId])
  } else if (known !== undefined && localId === null) await hintNewRow(session, known.kind)
  await settle(db, session, { id, state: hasChanged ? 'confirmed' : 'failed' })
}

/** The experiments of a flag: an operation on its resource may be one of theirs. */
async function experimentsOf(session: Session, featureFlagId: number) {
  const experiments = await withTransaction(session.database, ({ tx }) =>
    tx.experiment.findMany({
      where: { featureFlagId, deleted: false, importedId: { not: null } },
      select: { importedId: true },
      orderBy: { id: 'desc' },
      take: 10,
    }),
  )
  const rows = await Promise.all(experiments.map(({ importedId }) => readRow(session, 'experiments', String(importedId))))
  return rows.filter((row) => row !== null)
}

/** How many operations one run clears up. */
const maxSettled = 100

/**
 * Clears up the operations of all links whose outcome is unknown, as the next write of their rows would. Returns how many. One that cannot be
 * cleared up now is tried again by the next run.
 */
export async function settleOperations(parts: WriterParts): Promise<{ settled: number; errors: number }> {
  const { database, timing, timeoutSeconds, log } = parts
  const open = await database.db.linkOperation.findMany({
    where: { state: { in: ['sent', 'unknown'] } },
    orderBy: { createdAt: 'asc' },
    take: maxSettled,
  })
  const result = { settled: 0, errors: 0 }
  for (const operation of open.filter((each) => isAbandoned(each, timing.clock(), timeoutSeconds))) {
    const { projectId } = operation
    try {
      await resolveOperation(await openSession(parts, { projectId }, null), operation)
      result.settled++
    } catch (error) {
      if (!(error instanceof UpstreamError || error instanceof DomainError || error instanceof OperatorError)) throw error
      log.warn({ projectId, reason: error.message }, 'Write-through: what came of a write is still not known. The next run looks again.')
      result.errors++
    }
  }
  return result
}
