import type { Actor } from '../../../auth/actor.ts'
import { membershipLevel } from '../../../auth/membershipLevel.ts'
import { ChangeRequestPendingError, PolicyConflictError } from '../../../commands/approvalGate.ts'
import type { FlagState } from '../../../commands/command.ts'
import type { ReadClient } from '../../../database/client.ts'
import type { ApprovalPolicy, ChangeRequest } from '../../../database/generated/client.ts'
import { decideGate, type PolicyMatch } from '../rules/gateDecision.ts'
import { guardedChanges } from '../rules/guardedChanges.ts'
import { quorumFault } from '../rules/judgement.ts'
import { openStates } from '../rules/openStates.ts'
import { parseSnapshot, toSnapshot } from '../rules/policySnapshot.ts'
import { neverApproved } from './createChangeRequest.ts'
import { loadEligibleVoters } from './eligibleVoters.ts'
import { loadFlagOwners } from './flagOwner.ts'

/** A change of a stored flag that somebody might make. */
export interface PossibleChange {
  project: { id: number; organizationId: string }
  flagId: number
  before: FlagState
  after: FlagState
  /** Whether the change of release conditions is guarded too, as in `FlagChange`. */
  guardsConditions?: boolean
}

/** What the gate would say. */
export interface GateForecast {
  /** Whether a policy guards the change, and the actor does not bypass it. */
  needsApproval: boolean
  /** Why the change would not even become a change request. Null if it would, or needs no approval. */
  refusal: string | null
  /** The open change request for the same action, if that is the reason. */
  pending: PendingRequest | null
}

/** An open change request, as far as it is named. */
export type PendingRequest = Pick<ChangeRequest, 'id' | 'description'>

const free: GateForecast = { needsApproval: false, refusal: null, pending: null }

/** Says for each change what the gate would say now, and writes nothing. The number of statements does not depend on the changes. */
export async function forecastGate(
  db: ReadClient,
  actor: Pick<Actor, 'user' | 'organizations' | 'now'>,
  changes: readonly PossibleChange[],
): Promise<GateForecast[]> {
  const organizationIds = [...new Set(changes.map(({ project }) => project.organizationId))]
  const projectIds = [...new Set(changes.map(({ project }) => project.id))]
  if (changes.length === 0) return []
  const policies = await db.approvalPolicy.findMany({
    where: { organizationId: { in: organizationIds }, OR: [{ projectId: { in: projectIds } }, { projectId: null }], enabled: true },
  })
  if (policies.length === 0) return changes.map(() => free)
  const flagIds = changes.map(({ flagId }) => flagId)
  const [owners, roles] = await Promise.all([
    loadFlagOwners(db, flagIds),
    db.role.findMany({
      where: { organizationId: { in: organizationIds }, members: { some: { userId: actor.user.id } } },
      select: { id: true, name: true, organizationId: true },
      take: 1_000,
    }),
  ])
  const required = changes.map(({ project, flagId, before, after, guardsConditions }) => {
    const { id, organizationId } = project
    const own = policies.filter((policy) => policy.organizationId === organizationId && [id, null].includes(policy.projectId))
    const rights = {
      level: membershipLevel(actor, organizationId),
      roles: roles.filter((role) => role.organizationId === organizationId),
    }
    return own.length === 0
      ? []
      : decideGate(guardedChanges(before, after, owners.get(flagId) ?? 'none', guardsConditions), own, rights).required
  })
  const requiredPolicies = [...new Set(required.flat().map(({ policy }) => policy))]
  const [pending, faults] = await Promise.all([findPending(db, flagIds, required, actor.now), findFaults(db, requiredPolicies, actor)])
  return changes.map(({ project, flagId }, index) => forecast(required[index] ?? [], project.id, flagId, pending, faults))
}

/** The answer of the gate, in its order: a conflict, an open request, and a policy that nobody can satisfy. */
function forecast(
  required: readonly PolicyMatch[],
  projectId: number,
  flagId: number,
  pending: ReadonlyMap<string, PendingRequest>,
  faults: ReadonlyMap<ApprovalPolicy, string>,
): GateForecast {
  const [match, ...others] = required
  if (match === undefined) return free
  const refused = { ...free, needsApproval: true }
  if (others.length > 0) return { ...refused, refusal: new PolicyConflictError(required.map(({ policy }) => policy)).message }
  const open = pending.get(pendingKey(projectId, match.action, String(flagId)))
  if (open !== undefined) return { ...refused, refusal: ChangeRequestPendingError.text, pending: open }
  const fault = faults.get(match.policy)
  return fault === undefined ? refused : { ...refused, refusal: neverApproved(match.action, fault).message }
}

function pendingKey(projectId: number, actionKey: string, targetKey: string): string {
  return `${projectId} ${actionKey} ${targetKey}`
}

/** The open requests for these actions on these flags. */
async function findPending(
  db: ReadClient,
  flagIds: readonly number[],
  required: readonly (readonly PolicyMatch[])[],
  now: Date,
): Promise<Map<string, PendingRequest>> {
  const guarded = flagIds.filter((_, index) => (required[index] ?? []).length > 0)
  if (guarded.length === 0) return new Map()
  const requests = await db.changeRequest.findMany({
    where: { featureFlagId: { in: [...new Set(guarded)] }, state: { in: [...openStates] }, expiresAt: { gt: now } },
    select: { id: true, description: true, projectId: true, actionKey: true, targetKey: true },
  })
  return new Map(requests.map((request) => [pendingKey(request.projectId, request.actionKey, request.targetKey), request]))
}

/** Why nobody could approve a request of the actor under a policy. Other people can get a role later, so policies with roles have no such reason. */
async function findFaults(
  db: ReadClient,
  policies: readonly ApprovalPolicy[],
  actor: Pick<Actor, 'user'>,
): Promise<Map<ApprovalPolicy, string>> {
  const fixed = policies.filter(({ approverRoleIds }) => approverRoleIds.length === 0)
  if (fixed.length === 0) return new Map()
  const snapshots = fixed.map((policy) => parseSnapshot({ policySnapshot: toSnapshot(policy) }))
  const sets = fixed.map(({ organizationId, approverUserIds }) => ({ organizationId, users: approverUserIds, roles: [] }))
  const voters = await loadEligibleVoters(db, sets)
  return new Map(
    fixed.flatMap((policy, index) => {
      const snapshot = snapshots[index]
      if (snapshot === undefined) return []
      const fault = quorumFault({ requestedById: actor.user.id }, snapshot, { voters: voters[index] ?? new Set(), votes: [] })
      return fault?.message == null ? [] : [[policy, fault.message] as const]
    }),
  )
}
