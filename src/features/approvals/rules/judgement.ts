import { z } from 'zod'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import { isObject } from '../../../platform/json.ts'
import type { FlagOwner } from './guardedChanges.ts'
import { canVote } from './permissions.ts'
import { isDamagedSnapshot, type PolicySnapshot } from './policySnapshot.ts'
import { type CurrentRows, type Difference, detectStaleness, hasDamagedPreconditions, nameTaken, type Preconditions } from './staleness.ts'

// Whether a request could be applied, judged from what is stored now. The same rule answers reads, votes and the job.

/** Why a change request could not be applied. */
export type FailureReason =
  | 'VERSION_MISMATCH'
  | 'OWNER_CHANGED'
  | 'REQUESTER_LOST_ACCESS'
  | 'REQUESTER_GONE'
  | 'PAYLOAD_INVALID'
  | 'RESOURCE_GONE'
  | 'INTERNAL'

/** What a judgement compared: the stored rows, or the plan that was computed again. Reads compare only the rows. */
type Source = 'rows' | 'plan'

export type Judgement =
  | { status: 'VALID'; source: Source; reason: null; message: null; differences: readonly Difference[] }
  | FailedJudgement

export interface FailedJudgement {
  status: 'STALE' | 'INVALID'
  source: Source
  reason: FailureReason
  message: string
  differences: readonly Difference[]
}

export const valid: Judgement = { status: 'VALID', source: 'rows', reason: null, message: null, differences: [] }

/** The requester of a change, as stored now. */
export interface RequesterFacts {
  isActive: boolean
  organizationIds: readonly string[]
}

/** What a judgement is based on. */
export interface Facts {
  rows: CurrentRows
  /** The owner of the guarded flag. Null if the request creates the flag. */
  owner: FlagOwner | null
  /** Whether another live flag of the project has a key that the request would give a flag. */
  keyIsTaken: boolean
  /** Whether a live experiment of the project has the name that was made up for a new one. */
  nameIsTaken: boolean
  /** Why the conditions that the request would write cannot name the flags that they name. Null if they can. */
  brokenReference: string | null
  organizationId: string
  /** Null if the account is gone. */
  requester: RequesterFacts | null
  /** Whether the API key of the request was revoked since. */
  keyIsRevoked: boolean
  /** The ids of the people who may vote on requests of the policy now. */
  voters: ReadonlySet<number>
  votes: readonly { createdById: number | null; decision: 'APPROVED' | 'REJECTED' }[]
}

/** Judges a request (approvals.md 13): its rows first, then its requester, then what keeps it from being decided or made. */
export function judge(request: ChangeRequest, preconditions: Preconditions, snapshot: PolicySnapshot, facts: Facts): Judgement {
  const staleness = detectStaleness(preconditions, facts.rows, facts.owner)
  if (staleness !== null) return { status: 'STALE', source: 'rows', ...staleness }
  return (
    requesterFault(facts) ??
    nameFault(preconditions, facts) ??
    (facts.keyIsTaken ? invalid('PAYLOAD_INVALID', 'Validation failed: There is already a feature flag with this key.') : null) ??
    (facts.brokenReference === null ? null : invalid('PAYLOAD_INVALID', `Validation failed: ${facts.brokenReference}`)) ??
    quorumFault(request, snapshot, facts) ??
    valid
  )
}

/** Whether the name that was chosen is free. The plan tells which one is free now, and only a requester who is still there has a plan. */
function nameFault({ chosenName }: Preconditions, { nameIsTaken }: Facts): Judgement | null {
  return chosenName !== null && nameIsTaken ? { status: 'STALE', source: 'plan', ...nameTaken(chosenName) } : null
}

/** The judgement of a mirrored request is that of PostHog. */
export function judgedUpstream({
  validationStatus,
  validationError,
}: Pick<ChangeRequest, 'validationStatus' | 'validationError'>): Judgement {
  const rows = { source: 'rows', differences: [] } as const
  if (validationStatus === 'STALE') {
    return {
      status: 'STALE',
      reason: 'VERSION_MISMATCH',
      message: validationError ?? 'PostHog says that a value has changed since.',
      ...rows,
    }
  }
  if (validationStatus === 'INVALID') {
    return {
      status: 'INVALID',
      reason: 'PAYLOAD_INVALID',
      message: validationError ?? 'PostHog says that the change is not valid.',
      ...rows,
    }
  }
  return valid
}

/** Returns why the requester may no longer make the change. Null if they may (approvals.md 12). */
export function requesterFault({
  requester,
  organizationId,
  keyIsRevoked,
}: Pick<Facts, 'requester' | 'organizationId' | 'keyIsRevoked'>): Judgement | null {
  if (!requester?.isActive) return invalid('REQUESTER_GONE', "The requester's account is gone.")
  if (!requester.organizationIds.includes(organizationId)) {
    return invalid('REQUESTER_LOST_ACCESS', 'The requester no longer has access to the project.')
  }
  // Whoever held the key may have asked for it. The requester can ask again.
  const whatToDo = 'The requester can cancel the request, and ask again with another key.'
  return keyIsRevoked ? invalid('REQUESTER_LOST_ACCESS', `The API key that requested the change was revoked. ${whatToDo}`) : null
}

/** Returns why a request cannot reach its quorum with the people who may vote now. Null if it can. */
export function quorumFault(
  request: Pick<ChangeRequest, 'requestedById'>,
  snapshot: PolicySnapshot,
  { voters, votes }: Pick<Facts, 'voters' | 'votes'>,
): Judgement | null {
  const votedIds = new Set(votes.map(({ createdById }) => createdById))
  const undecided = [...voters].filter((id) => !votedIds.has(id) && canVote(request, snapshot, id, true)).length
  const approvals = countValidApprovals(voters, votes)
  if (approvals + undecided >= snapshot.quorum) return null
  const counted = `${approvals} ${approvals === 1 ? 'approval counts' : 'approvals count'}`
  const others = `${undecided} more ${undecided === 1 ? 'person' : 'people'} can vote`
  return invalid('PAYLOAD_INVALID', `The quorum of ${snapshot.quorum} cannot be reached: ${counted}, and ${others}.`)
}

/** The number of approvals by people who may still vote: an approver who lost the right no longer counts (approvals.md 22.17). */
export function countValidApprovals(voters: ReadonlySet<number>, votes: Facts['votes']): number {
  return votes.filter(({ decision, createdById }) => decision === 'APPROVED' && createdById !== null && voters.has(createdById)).length
}

export function invalid(reason: FailureReason, message: string, source: Source = 'rows'): FailedJudgement {
  return { status: 'INVALID', source, reason, message, differences: [] }
}

/** The judgement of a request whose stored values cannot be read. */
export const damaged = invalid('INTERNAL', 'What is stored of this request is damaged. Request the change again.')

/** Whether the stored values of a request cannot be read. A judgement of many requests must not fail for one of them. */
export function isDamaged(request: Pick<ChangeRequest, 'input' | 'preconditions' | 'policySnapshot'>): boolean {
  return !isObject(request.input) || hasDamagedPreconditions(request) || isDamagedSnapshot(request)
}

const detailSchema = z.object({
  source: z.enum(['rows', 'plan']),
  differences: z.array(z.object({ path: z.string(), requested: z.unknown(), current: z.unknown(), projectId: z.int().optional() })),
})

/** What people see of a judgement. */
export type ShownJudgement = Pick<Judgement, 'status' | 'message' | 'differences'>

/** Returns the judgement of the last check that was stored. `source` is null if none was. */
export function storedJudgement({
  validationStatus: status,
  validationError: message,
  validationDetail,
}: Pick<ChangeRequest, 'validationStatus' | 'validationError' | 'validationDetail'>): ShownJudgement & { source: Source | null } {
  const { source, differences } = detailSchema.safeParse(validationDetail).data ?? { source: null, differences: [] }
  return { status, message, source, differences }
}

/**
 * The judgement of an open request. The stored rows decide anew each time. Only what they do not show, a change of the whole plan, comes from
 * the last check.
 */
export function currentJudgement(request: Parameters<typeof storedJudgement>[0], judged: Judgement): ShownJudgement {
  if (judged.status !== 'VALID' && judged.source === 'rows') return judged
  const { source, ...stored } = storedJudgement(request)
  return source === 'plan' ? stored : judged
}

/** The state of a request at a time. An open request has expired at its deadline, also before the job has stored that. */
export function stateAt({ state, expiresAt }: Pick<ChangeRequest, 'state' | 'expiresAt'>, now: Date): ChangeRequest['state'] {
  return (state === 'PENDING' || state === 'APPROVED') && expiresAt <= now ? 'EXPIRED' : state
}
