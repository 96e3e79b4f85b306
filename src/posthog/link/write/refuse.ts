import { ApprovalRequiredError, ChangeRequestPendingError, PolicyConflictError } from '../../../commands/approvalGate.ts'
import { type LinkedThing, readOnlyError } from '../../../commands/linkedProject.ts'
import { InvalidStateError, VersionConflictError } from '../../../platform/domainErrors.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { Given, Operation } from '../operations/operation.ts'
import type { KindName } from '../store/kinds.ts'
import { namedPolicies, namedRequest, toDomainError } from './refusals.ts'
import type { Session } from './session.ts'
import { hintRows, idOf, type RowsByKind, readRow, storeUpstream } from './upstreamRows.ts'

const labels: Partial<Record<KindName, string>> = {
  feature_flags: 'Feature flag',
  experiments: 'Experiment',
  holdouts: 'Holdout',
  saved_metrics: 'Saved metric',
  policies: 'Approval policy',
  change_requests: 'Change request',
}

const labelOf = ({ kind }: Operation) => labels[kind] ?? 'Object'

/** What was refused. */
export interface RefusedWrite {
  operation: Operation
  given: Given
  thing: LinkedThing
}

/** Converts what went wrong to the error of the mutation. Conflicts and approvals bring their rows here first. */
export async function explainRefusal(session: Session, error: unknown, { operation, given, thing }: RefusedWrite): Promise<unknown> {
  if (!(error instanceof UpstreamError)) return error
  const { kind } = error
  if (kind === 'conflict') return versionConflict(session, given)
  if (kind === 'approval_required' || kind === 'change_request_pending') return approvalError(session, error)
  if (kind === 'policy_conflict') return policyConflict(session, error)
  if (kind === 'no_endpoint') {
    return readOnlyError(session.database.db, session.link, thing, 'This PostHog does not have what the change needs.')
  }
  const refusal = toDomainError(error, { input: given.input, hasOwnKey: session.hasOwnKey, label: labelOf(operation) })
  // What is stored here was another state than that of PostHog: the caller should see why it refuses.
  const isBehind = kind === 'not_found' || refusal instanceof InvalidStateError
  if (isBehind && given.id !== null) await reconcile(session, operation.kind, given.id)
  return refusal ?? error
}

/** The same for a read before the write: if PostHog refuses it, the key is at fault. */
export function explainRefusedRead(
  { hasOwnKey }: Session,
  error: unknown,
  { operation, input }: { operation: Operation; input: JsonObject },
): unknown {
  const isRefusal = error instanceof UpstreamError && (error.kind === 'unauthenticated' || error.kind === 'forbidden')
  return isRefusal ? (toDomainError(error, { input, hasOwnKey, label: labelOf(operation) }) ?? error) : error
}

/** Somebody was faster. The copy is made current, so that the caller reads what there is now. */
async function versionConflict(session: Session, { flag, plan }: Given): Promise<VersionConflictError> {
  const id = idOf(flag)
  const row = id === null ? null : await readIfPossible(session, 'feature_flags', id)
  if (row !== null) await storeUpstream(session, { feature_flags: [row] }, { announces: true }, () => Promise.resolve())
  return new VersionConflictError(plan?.flag?.expectedVersion ?? versionOf(flag), versionOf(row))
}

function versionOf(flag: JsonObject | null): number | null {
  return typeof flag?.version === 'number' ? flag.version : null
}

/** The error carries our row of the request, which is read by the same key: the embedded one has fields of another viewer. */
async function approvalError(session: Session, error: UpstreamError): Promise<Error> {
  const id = namedRequest(error)
  const row = id === null ? null : await readIfPossible(session, 'change_requests', id)
  const request =
    row === null || id === null
      ? null
      : await storeUpstream(session, { change_requests: [row] }, { announces: false }, ({ tx }) =>
          tx.changeRequest.findFirst({ where: { projectId: session.project.id, importedId: id } }),
        )
  if (request === null) {
    return new InvalidStateError('A policy of PostHog requires approval of the change. The request waits there.', 'APPROVAL_REQUIRED')
  }
  return error.kind === 'approval_required' ? new ApprovalRequiredError(request, false) : new ChangeRequestPendingError(request)
}

async function policyConflict(session: Session, error: UpstreamError): Promise<Error> {
  const { database, project } = session
  const ids = namedPolicies(error)
  const find = () =>
    database.db.approvalPolicy.findMany({ where: { projectId: project.id, importedId: { in: ids } }, orderBy: { id: 'asc' } })
  const known = await find()
  const unknown = ids.filter((id) => known.every(({ importedId }) => importedId !== id)).slice(0, maxPolicies)
  if (unknown.length === 0) return new PolicyConflictError(known)
  // Policies are followed every few minutes only.
  const rows = await Promise.all(unknown.map((id) => readIfPossible(session, 'policies', id)))
  await storeUpstream(session, { policies: rows.filter((row) => row !== null) }, { announces: true }, () => Promise.resolve())
  return new PolicyConflictError(await find())
}

/** More policies than one change can meet. */
const maxPolicies = 10

/** Reads what a refusal names. That it cannot be read must not hide the refusal. */
async function readIfPossible(session: Session, kind: KindName, id: string): Promise<JsonObject | null> {
  try {
    return await readRow(session, kind, id)
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    session.log.warn({ projectId: session.project.id, reason: error.message }, 'Write-through: what a refusal names was not read.')
    await hintRows(session, kind, [id])
    return null
  }
}

/** Reads a row and its flag anew. Whether one that is not there was deleted is decided by the mirror, which guards against mistakes. */
async function reconcile(session: Session, kind: KindName, id: string): Promise<void> {
  const row = await readIfPossible(session, kind, id)
  if (row === null) return hintRows(session, kind, [id])
  const flagId = idOf(row.feature_flag)
  const flag = kind === 'experiments' && flagId !== null ? await readIfPossible(session, 'feature_flags', flagId) : null
  const rows: RowsByKind = { ...(flag === null ? {} : { feature_flags: [flag] }), [kind]: [row] }
  await storeUpstream(session, rows, { announces: true }, () => Promise.resolve())
}
