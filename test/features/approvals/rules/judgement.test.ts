import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  currentJudgement,
  invalid,
  judge,
  quorumFault,
  stateAt,
  storedJudgement,
  valid,
} from '../../../../src/features/approvals/rules/judgement.ts'
import { canCancel } from '../../../../src/features/approvals/rules/permissions.ts'
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
    quorumFault({ requestedById }, policy({ quorum, ...more }), { voters: new Set(voters), votes: votes as never })?.message ?? null
  it.each([
    ['of one approver', fault(1, [1]), null],
    ['of nobody', fault(1, []), 'The quorum of 1 cannot be reached: 0 approvals count, and 0 more people can vote.'],
    [
      'of two, one of them the requester',
      fault(2, [1, 9]),
      'The quorum of 2 cannot be reached: 0 approvals count, and 1 more person can vote.',
    ],
    ['of two, one the requester, who may vote', fault(2, [1, 9], [], 9, { allowSelfApprove: true }), null],
    ['of two, where one has voted', fault(2, [1, 2], [approved(1)]), null],
    [
      'of two, where one has voted and left',
      fault(2, [2], [approved(1)]),
      'The quorum of 2 cannot be reached: 0 approvals count, and 1 more person can vote.',
    ],
    [
      'of two, where the account of one is gone',
      fault(2, [2], [approved(null)]),
      'The quorum of 2 cannot be reached: 0 approvals count, and 1 more person can vote.',
    ],
    [
      'of two, where one has rejected',
      fault(2, [1, 2], [rejected(1)]),
      'The quorum of 2 cannot be reached: 0 approvals count, and 1 more person can vote.',
    ],
    [
      'of three, where two have voted',
      fault(3, [1, 2], [approved(1), approved(2)]),
      'The quorum of 3 cannot be reached: 2 approvals count, and 0 more people can vote.',
    ],
    [
      'of two, where one of two others has voted',
      fault(3, [1, 2], [approved(1)]),
      'The quorum of 3 cannot be reached: 1 approval counts, and 1 more person can vote.',
    ],
  ])('%s', (_name, message, expected) => expect(message).toBe(expected))

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

  it('names the first of several faults: staleness, the requester, the key, the conditions, the quorum', () => {
    const request = { id: 1, requestedById: 9, featureFlagId: null } as never
    const rows = [{ type: 'HOLDOUT', id: 3, values: { filters: { before: [] } } }]
    const preconditions = parsePreconditions({ id: 1, featureFlagId: null, preconditions: { rows } as never })
    const facts = {
      rows: new Map([['HOLDOUT 3', { filters: [] as unknown[] }]]),
      owner: null,
      keyIsTaken: false,
      nameIsTaken: false,
      brokenReference: null,
      organizationId: 'o',
      requester: { isActive: true, organizationIds: ['o'] },
      keyIsRevoked: false,
      voters: new Set([1]),
      votes: [],
    }
    const told = (more: object) => judge(request, preconditions, policy(), { ...facts, ...more }).message
    const broken = { voters: new Set<number>(), keyIsTaken: true, keyIsRevoked: true, requester: null, rows: new Map() }
    expect(told({})).toBeNull()
    expect(told(broken)).toBe('The holdout is gone.')
    expect(told({ ...broken, rows: facts.rows })).toBe("The requester's account is gone.")
    expect(told({ ...broken, rows: facts.rows, requester: { isActive: false, organizationIds: ['o'] } })).toBe(
      "The requester's account is gone.",
    )
    expect(told({ ...broken, rows: facts.rows, requester: { isActive: true, organizationIds: ['p'] } })).toBe(
      'The requester no longer has access to the project.',
    )
    expect(told({ ...broken, rows: facts.rows, requester: facts.requester })).toMatch(
      /^The API key that requested the change was revoked\. .* ask again/,
    )
    expect(told({ voters: new Set(), keyIsTaken: true })).toBe('Validation failed: There is already a feature flag with this key.')
    expect(told({ voters: new Set(), brokenReference: 'The flag would depend on itself.' })).toBe(
      'Validation failed: The flag would depend on itself.',
    )
    expect(told({ voters: new Set() })).toBe('The quorum of 1 cannot be reached: 0 approvals count, and 0 more people can vote.')
  })
})
