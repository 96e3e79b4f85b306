import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChangeRequest } from '../../../../src/database/generated/client.ts'
import {
  countValidApprovals,
  currentJudgement,
  type Facts,
  type FailureReason,
  invalid,
  isDamaged,
  type Judgement,
  judge,
  judgedUpstream,
  quorumFault,
  stateAt,
  storedJudgement,
  valid,
} from '../../../../src/features/approvals/rules/judgement.ts'
import { canCancel, canVote } from '../../../../src/features/approvals/rules/permissions.ts'
import { parsePreconditions } from '../../../../src/features/approvals/rules/staleness.ts'

// The judgement of a request, from what is stored.

const policy = (more: object = {}) => ({
  policyId: 1,
  quorum: 1,
  users: [],
  roles: [],
  allowSelfApprove: false,
  conditions: {},
  bypassMembershipLevels: [],
  bypassRoles: [],
  ...more,
})
const approved = (createdById: number | null) => ({ createdById, decision: 'APPROVED' as const })
const rejected = (createdById: number) => ({ createdById, decision: 'REJECTED' as const })

describe('the state at a time', () => {
  const deadline = new Date('2026-11-20T12:00:00Z')
  const before = new Date(deadline.getTime() - 1)
  it.each([
    ['PENDING', before, 'PENDING'],
    ['PENDING', deadline, 'EXPIRED'],
    ['APPROVED', before, 'APPROVED'],
    ['APPROVED', deadline, 'EXPIRED'],
    ['APPLIED', deadline, 'APPLIED'],
    ['FAILED', deadline, 'FAILED'],
    ['CANCELED', deadline, 'CANCELED'],
  ] as const)('of %s at %s is %s', (state, now, expected) => {
    expect(stateAt({ state, expiresAt: deadline }, now)).toBe(expected)
  })
})

describe('a quorum', () => {
  const fault = (quorum: number, voters: number[], votes: object[] = [], requestedById: number | null = 9, more: object = {}) =>
    quorumFault({ requestedById }, policy({ quorum, ...more }), { voters: new Set(voters), votes: votes as never })
  it.each<[string, Parameters<typeof fault>, string | null]>([
    ['of one approver', [1, [1]], null],
    ['of nobody', [1, []], '1 cannot be reached: 0 approvals count, and 0 more people can vote.'],
    ['of two, one of them the requester', [2, [1, 9]], '2 cannot be reached: 0 approvals count, and 1 more person can vote.'],
    ['of two, one the requester, who may vote', [2, [1, 9], [], 9, { allowSelfApprove: true }], null],
    ['of two, where one has voted', [2, [1, 2], [approved(1)]], null],
    [
      'of two, where one has voted and left',
      [2, [2], [approved(1)]],
      '2 cannot be reached: 0 approvals count, and 1 more person can vote.',
    ],
    [
      'of two, where the account of one is gone',
      [2, [2], [approved(null)]],
      '2 cannot be reached: 0 approvals count, and 1 more person can vote.',
    ],
    ['of two, where one has rejected', [2, [1, 2], [rejected(1)]], '2 cannot be reached: 0 approvals count, and 1 more person can vote.'],
    [
      'of three, where two have voted',
      [3, [1, 2], [approved(1), approved(2)]],
      '3 cannot be reached: 2 approvals count, and 0 more people can vote.',
    ],
    [
      'of three, where one of two has voted',
      [3, [1, 2], [approved(1)]],
      '3 cannot be reached: 1 approval counts, and 1 more person can vote.',
    ],
  ])('%s', (_name, situation, expected) => {
    const told = expected === null ? null : invalid('PAYLOAD_INVALID', `The quorum of ${expected}`)
    expect(fault(...situation)).toEqual(told)
  })

  it('can be reached exactly if enough people voted for it or still can', () => {
    const people = fc.uniqueArray(fc.integer({ min: 1, max: 8 }))
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        people,
        people,
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        (quorum, voters, votes, requestedById, allowSelfApprove) => {
          const able = voters.filter((id) => votes.includes(id) || id !== requestedById || allowSelfApprove).length
          const reachable = fault(quorum, voters, votes.map(approved), requestedById, { allowSelfApprove }) === null
          expect(reachable).toBe(able >= quorum)
        },
      ),
    )
  })
})

describe('voting', () => {
  it.each([
    ['an approver', 1, true, false, true],
    ['somebody else', 1, false, false, false],
    ['the requester, an approver', 9, true, false, false],
    ['the requester, an approver, where self-approval is allowed', 9, true, true, true],
    ['the requester, no approver, where self-approval is allowed', 9, false, true, false],
  ])('by %s', (_name, userId, isApprover, allowSelfApprove, expected) => {
    expect(canVote({ requestedById: 9 }, policy({ allowSelfApprove }), userId, isApprover)).toBe(expected)
  })
})

describe('cancelling', () => {
  const requester = { userId: 9, isAdmin: false }
  const admin = { userId: 5, isAdmin: true }
  const colleague = { userId: 5, isAdmin: false }
  const fine = { isStuck: false, policyIsGone: false }
  it.each([
    ['the requester', [], fine, requester, true],
    ['the requester after an approval', [approved(1)], fine, requester, false],
    ['the requester after a rejection', [rejected(1)], fine, requester, true],
    ['the requester of a stuck request', [approved(1)], { ...fine, isStuck: true }, requester, true],
    ['the requester after an approval, with a deleted policy', [approved(1)], { ...fine, policyIsGone: true }, requester, false],
    ['an admin', [], fine, admin, false],
    ['an admin of a stuck request', [approved(1)], { ...fine, isStuck: true }, admin, true],
    ['an admin of a request with a deleted policy', [], { ...fine, policyIsGone: true }, admin, true],
    ['a colleague of a stuck request', [], { isStuck: true, policyIsGone: true }, colleague, false],
  ])('by %s', (_name, votes, state, person, expected) => {
    expect(canCancel({ requestedById: 9 }, votes, state, person)).toBe(expected)
  })
})

describe('what is read of an open request', () => {
  const stored = (source: string | null) => ({
    validationStatus: 'STALE' as const,
    validationError: 'old',
    validationDetail: source === null ? null : { source, differences: [{ path: 'after.name', requested: 'a', current: 'b' }] },
  })
  it('is the rows, and the last check only for what rows do not show', () => {
    const now = invalid('REQUESTER_GONE', 'now')
    expect(currentJudgement(stored('plan'), now)).toBe(now)
    expect(currentJudgement(stored('plan'), valid)).toMatchObject({
      status: 'STALE',
      message: 'old',
      differences: [{ path: 'after.name' }],
    })
    expect(currentJudgement(stored('rows'), valid)).toBe(valid)
    expect(currentJudgement(stored(null), valid)).toBe(valid)
    expect(storedJudgement(stored(null))).toMatchObject({ status: 'STALE', message: 'old', differences: [] })
  })

  it('is what the rows say, if they say otherwise than the last check of the rows, or fail as a whole', () => {
    const renamed: Judgement = { ...invalid('PAYLOAD_INVALID', 'now', 'plan'), differences: [] }
    expect(currentJudgement(stored('plan'), renamed)).toMatchObject({ status: 'STALE', message: 'old' })
    expect(currentJudgement(stored('rows'), renamed)).toBe(renamed)
  })
})

describe('the judgement of a request', () => {
  const request = { id: 1, requestedById: 9, featureFlagId: null } as never
  const rows = [{ type: 'HOLDOUT', id: 3, values: { filters: { before: [] } } }]
  const fine: Facts = {
    rows: new Map([['HOLDOUT 3', { filters: [] as unknown[] }]]),
    owner: null,
    keyIsTaken: false,
    nameIsTaken: false,
    brokenReference: null,
    organizationId: 'o',
    requester: { isActive: true, organizationIds: ['n', 'o'] },
    keyIsRevoked: false,
    voters: new Set([1]),
    votes: [],
  }
  const told = (more: Partial<Facts>, chosenName?: string) =>
    judge(request, parsePreconditions({ id: 1, featureFlagId: null, preconditions: { rows, chosenName } as never }), policy(), {
      ...fine,
      ...more,
    })
  const taken = { keyIsTaken: true }
  const circular = { brokenReference: 'The flag would depend on itself.' }
  const nobody = { voters: new Set<number>() }
  const revoked = { keyIsRevoked: true }
  const outside = { requester: { isActive: true, organizationIds: ['p'] } }
  const inactive = { requester: { isActive: false, organizationIds: ['o'] } }

  it('is valid if nothing has changed', () => {
    expect(told({})).toEqual({ status: 'VALID', source: 'rows', reason: null, message: null, differences: [] })
    expect(told({ nameIsTaken: true })).toBe(valid)
    expect(told({}, 'Copy of Checkout')).toBe(valid)
  })

  // Each has the faults of those below it, too: the first one is told.
  it.each<[string, Partial<Facts>, FailureReason, string]>([
    ['an account that is gone', { requester: null, ...revoked, ...taken }, 'REQUESTER_GONE', "The requester's account is gone."],
    ['an account that was switched off', { ...inactive, ...revoked, ...taken }, 'REQUESTER_GONE', "The requester's account is gone."],
    [
      'a requester who has left the organization',
      { ...outside, ...revoked, ...taken },
      'REQUESTER_LOST_ACCESS',
      'The requester no longer has access to the project.',
    ],
    [
      'a revoked API key',
      { ...revoked, ...taken, ...circular },
      'REQUESTER_LOST_ACCESS',
      'The API key that requested the change was revoked. The requester can cancel the request, and ask again with another key.',
    ],
    [
      'a key of a flag that is taken',
      { ...taken, ...circular, ...nobody },
      'PAYLOAD_INVALID',
      'Validation failed: There is already a feature flag with this key.',
    ],
    [
      'conditions that cannot name their flags',
      { ...circular, ...nobody },
      'PAYLOAD_INVALID',
      'Validation failed: The flag would depend on itself.',
    ],
    [
      'a quorum that nobody can reach',
      nobody,
      'PAYLOAD_INVALID',
      'The quorum of 1 cannot be reached: 0 approvals count, and 0 more people can vote.',
    ],
  ])('is invalid because of %s', (_name, facts, reason, message) => {
    expect(told(facts)).toEqual({ status: 'INVALID', source: 'rows', reason, message, differences: [] })
  })

  it('is stale because of its rows before anything else, and because of a name that was free once its requester is there', () => {
    const broken: Partial<Facts> = { ...nobody, ...taken, requester: null, nameIsTaken: true }
    expect(told({ ...broken, rows: new Map() }, 'Copy of Checkout')).toEqual({
      ...{ status: 'STALE', source: 'rows', reason: 'RESOURCE_GONE', message: 'The holdout is gone.' },
      differences: [{ path: 'holdout', requested: 'present', current: null }],
    })
    expect(told(broken, 'Copy of Checkout')).toMatchObject({ status: 'INVALID', reason: 'REQUESTER_GONE' })
    expect(told({ ...nobody, ...taken, nameIsTaken: true }, 'Copy of Checkout')).toEqual({
      ...{ status: 'STALE', source: 'plan', reason: 'VERSION_MISMATCH' },
      message: 'Changed since this request was created: the name "Copy of Checkout" is taken.',
      differences: [{ path: 'after.name', requested: 'Copy of Checkout', current: null }],
    })
    expect(told({ ...taken, nameIsTaken: true })).toMatchObject({ status: 'INVALID', reason: 'PAYLOAD_INVALID' })
  })
})

describe('a mirrored request', () => {
  it.each<[ChangeRequest['validationStatus'], string | null, object]>([
    ['VALID', null, valid],
    ['VALID', 'left over', valid],
    ['STALE', 'old', { status: 'STALE', reason: 'VERSION_MISMATCH', message: 'old' }],
    ['STALE', null, { status: 'STALE', reason: 'VERSION_MISMATCH', message: 'PostHog says that a value has changed since.' }],
    ['INVALID', 'no access', { status: 'INVALID', reason: 'PAYLOAD_INVALID', message: 'no access' }],
    ['INVALID', null, { status: 'INVALID', reason: 'PAYLOAD_INVALID', message: 'PostHog says that the change is not valid.' }],
  ])('is judged as PostHog judges it: %s, %s', (validationStatus, validationError, expected) => {
    expect(judgedUpstream({ validationStatus, validationError })).toEqual({ source: 'rows', differences: [], ...expected })
  })
})

it('a request is damaged if its input, its preconditions or its policy cannot be read', () => {
  const readable = { input: {}, preconditions: {}, policySnapshot: policy() }
  expect(isDamaged(readable)).toBe(false)
  expect(isDamaged({ ...readable, input: null })).toBe(true)
  expect(isDamaged({ ...readable, input: [] })).toBe(true)
  expect(isDamaged({ ...readable, preconditions: { rows: 1 } })).toBe(true)
  expect(isDamaged({ ...readable, policySnapshot: {} })).toBe(true)
})

it('only approvals of people who may still vote count', () => {
  expect(countValidApprovals(new Set([1, 2, 3]), [approved(1), rejected(2), approved(4), approved(null)])).toBe(1)
  expect(countValidApprovals(new Set(), [approved(1)])).toBe(0)
})
