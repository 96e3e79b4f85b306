import { canonicalJson } from '../../../../src/platform/json.ts'
import { deleteHoldout, updateHoldout } from '../collections/holdoutWrites.ts'
import { createFlag } from '../flags/create.ts'
import { ownerOf } from '../flags/guard.ts'
import { liveFlag, writeFlag } from '../flags/write.ts'
import { ApiError } from '../server/errors.ts'
import type { ChangeRequest } from '../state/approvalRows.ts'
import type { Flag } from '../state/rows.ts'
import { type Actor, mayEdit, type State } from '../state/state.ts'

interface Intent {
  full_request_data: Record<string, unknown>
  preconditions: { version?: number | null; exclusion_percentage?: unknown }
}

const intentOf = (row: ChangeRequest) => row.intent as unknown as Intent

/** Why a request is stale. Null if it is not. A create has nothing that could have changed. */
export function staleness(state: State, row: ChangeRequest): string | null {
  if (row.resource_id === null) return null
  const { preconditions } = intentOf(row)
  if (row.resource_type === 'experiment_holdout') {
    const holdout = state.holdouts.get(Number(row.resource_id))
    if (holdout === undefined) return 'Holdout no longer exists'
    const now = holdout.filters[0]?.rollout_percentage ?? null
    return canonicalJson(now) === canonicalJson(preconditions.exclusion_percentage ?? null)
      ? null
      : 'Holdout changed since this request was created'
  }
  const flag = state.flags.get(Number(row.resource_id))
  if (flag === undefined || flag.deleted) return 'Flag no longer exists'
  if (preconditions.version == null || preconditions.version === (flag.version ?? 0)) return null
  return `Flag version mismatch: expected ${preconditions.version}, got ${flag.version}`
}

/** Checks a pending request anew, in both directions. */
export function revalidate(state: State, row: ChangeRequest): void {
  const stale = staleness(state, row)
  const requester = state.users.get(row.created_by)
  const lost = requester === undefined || !requester.is_active || !mayEdit(requester, row.resource_type, row.resource_id ?? '')
  const status = stale !== null ? 'stale' : lost ? 'invalid' : 'valid'
  if (status === row.validation_status) return
  const validation_errors = stale !== null ? { staleness: stale } : lost ? { access: 'The requester no longer has access.' } : null
  state.changeRequests.update(row, { validation_status: status, validation_errors, validated_at: state.now(), updated_at: state.now() })
}

/** Makes the change of an approved request, in the name of its requester. Returns the error if that fails. */
export function applyChange(state: State, row: ChangeRequest): string | null {
  const requester = state.users.get(row.created_by)
  const now = state.now()
  const fail = (apply_error: string, change: Partial<ChangeRequest> = {}) => {
    state.changeRequests.update(row, { ...change, state: 'failed', apply_error, updated_at: now })
    return apply_error
  }
  const planned = state.applyFailures.shift()
  if (planned !== undefined) return fail(planned)
  if (requester === undefined || !requester.is_active || !mayEdit(requester, row.resource_type, row.resource_id ?? '')) {
    return fail('The requester no longer has access.', { validation_status: 'invalid', validated_at: now })
  }
  const stale = staleness(state, row)
  if (stale !== null) return fail(`Precondition failed: ${stale}`)
  const flag = row.resource_type === 'feature_flag' ? state.flags.get(Number(row.resource_id)) : undefined
  const owner = flag === undefined ? null : ownerOf(state, flag)
  if (owner !== null && row.owner_kind !== null && owner !== row.owner_kind) {
    return fail(`Ownership changed since this request was created: ${row.owner_kind} -> ${owner}`)
  }
  try {
    const written = replay(state, { user: requester, client: null, scopes: ['*'], gated: false }, row)
    const result_data = { resource_id: written?.id ?? Number(row.resource_id), resource_version: written?.version ?? null }
    state.changeRequests.update(row, {
      state: 'applied',
      applied_at: now,
      applied_by: requester.id,
      apply_error: '',
      result_data,
      updated_at: now,
    })
    return null
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return fail(`Validation failed: ${(error.body as { detail?: string }).detail}`)
  }
}

function replay(state: State, actor: Actor, row: ChangeRequest): Flag | undefined {
  const { full_request_data: data } = intentOf(row)
  if (row.resource_type === 'experiment_holdout') {
    const holdout = state.holdouts.get(Number(row.resource_id))
    if (holdout === undefined) return undefined
    if (data.deleted === true) deleteHoldout(state, actor, holdout)
    else updateHoldout(state, actor, holdout, data)
    return undefined
  }
  const flag = state.flags.get(Number(row.resource_id))
  if (flag !== undefined) return writeFlag(state, actor, flag, data)
  return liveFlag(state, row.team_id, String(data.key)) ?? createFlag(state, actor, row.team_id, data)
}
