import { describe, expect, it } from 'vitest'
import { encryptedPlaceholder } from '../../../src/platform/secrets/encryptedPayload.ts'
import { UpstreamError } from '../../../src/platform/upstreamError.ts'
import { messageOf, toUpstreamError } from '../../../src/posthog/client/errors.ts'
import { retryDelay, tooLarge } from '../../../src/posthog/client/retries.ts'
import {
  failureSeconds,
  isSettled,
  isSuspicious,
  newestOf,
  nextMark,
  readsOn,
  recentRows,
  waitsForAnother,
} from '../../../src/posthog/link/follow/rules.ts'
import { isStoredNewer } from '../../../src/posthog/link/store/newer.ts'
import { hashRow, prepareRow } from '../../../src/posthog/link/store/prepareRow.ts'
import {
  changeRequestSchema,
  parseDuration,
  policySchema,
  requestIntent,
  requestState,
  resultVersion,
} from '../../../src/posthog/link/store/upstreamApprovals.ts'

// What PostHog answers, and what follows from it.

const answer = (status: number, body: unknown, retryAfter: string | null = null, isWrite = false) =>
  toUpstreamError({ status, body, retryAfter, date: null, isWrite, request: 'GET /api/' })

/** The form of all errors of PostHog but a few. */
const said = (code: string, detail = 'No.') => ({ type: 'invalid_request', code, detail, attr: null })

describe('an error', () => {
  it.each<[number, unknown, string, boolean]>([
    [400, said('invalid_input'), 'invalid', false],
    [401, said('not_authenticated'), 'unauthenticated', false],
    [402, said('payment_required'), 'payment_required', false],
    [403, said('permission_denied'), 'forbidden', false],
    [404, said('not_found', 'Not found.'), 'not_found', false],
    [404, said('not_found', 'Endpoint not found.'), 'no_endpoint', false],
    [405, said('method_not_allowed'), 'no_endpoint', false],
    [409, said('conflict'), 'conflict', false],
    [418, said('teapot'), 'invalid', false],
    [422, said('incomplete'), 'invalid', false],
    [429, {}, 'throttled', false],
    [429, undefined, 'throttled', false],
    [302, said('moved'), 'malformed', false],
    [500, {}, 'unavailable', true],
    [503, {}, 'unavailable', true],
    [513, undefined, 'unavailable', true],
  ])('with status %i and %j is %s', (status, body, kind, outcomeUnknown) => {
    for (const isWrite of [false, true]) {
      const error = answer(status, body, null, isWrite)
      expect(error).toMatchObject({ kind, status, outcomeUnknown })
      expect(error.body).toBe(body)
    }
  })

  const statuses = [400, 401, 402, 403, 404, 405, 409, 413, 422]
  it.each([undefined, null, 'No.', [], {}, { message: 'No.' }, { code: 5, type: 'x' }, { type: 'x' }])(
    'with %j is not PostHog’s',
    (body) => {
      for (const isWrite of [false, true]) {
        for (const status of statuses)
          expect(answer(status, body, null, isWrite)).toMatchObject({ kind: 'malformed', outcomeUnknown: isWrite })
      }
    },
  )

  it.each<[number, unknown, string]>([
    [409, { code: 'approval_required' }, 'approval_required'],
    [409, { code: 'change_request_pending' }, 'change_request_pending'],
    [400, { code: 'policy_conflict', error: 'Two.' }, 'policy_conflict'],
    [400, { error: 'No.' }, 'invalid'],
    [400, { detail: 'No.' }, 'invalid'],
    [400, ['No.'], 'invalid'],
    [400, { tags: ['No.'] }, 'invalid'],
    [400, { validation_errors: { key: 'No.' } }, 'invalid'],
    [402, { detail: 'No.' }, 'payment_required'],
    [403, { detail: 'No.' }, 'forbidden'],
    [404, { detail: 'No.' }, 'not_found'],
  ])('with status %i and %j, written by hand, is %s of a write alone', (status, body, kind) => {
    expect(answer(status, body, null, true)).toMatchObject({ kind, outcomeUnknown: false })
    expect(answer(status, body)).toMatchObject({ kind: 'malformed', outcomeUnknown: false })
  })

  it.each<[number, unknown]>([
    [401, { detail: 'No.' }],
    [403, { error: 'No.' }],
    [404, { error: 'No.' }],
    [409, { detail: 'No.' }],
  ])('with status %i and %j is not PostHog’s, not even to a write', (status, body) => {
    expect(answer(status, body, null, true)).toMatchObject({ kind: 'malformed', outcomeUnknown: true })
  })

  it('tells its text, code and field', () => {
    expect(answer(400, { ...said('unique', 'Bad.'), attr: 'key' })).toMatchObject({
      message: 'PostHog answered 400 to GET /api/: Bad.',
      code: 'unique',
      attr: 'key',
    })
    expect(answer(500, { code: '', attr: 5 })).toMatchObject({ code: null, attr: null })
    expect(answer(500, undefined).message).toBe('PostHog answered 500 to GET /api/.')
    expect(answer(403, undefined).message).toContain("to GET /api/ (403) is not PostHog's.")
  })

  it.each<[unknown, string | null]>([
    [{ detail: 'a', error: 'b' }, 'a'],
    [{ error: 'b', message: 'c' }, 'b'],
    [{ detail: '', message: 'c' }, 'c'],
    [{ non_field_errors: ['d'] }, 'd'],
    [{ tags: ['e'] }, 'tags: e'],
    [{ tags: 'e' }, 'tags: e'],
    [{ tags: [5] }, null],
    [{ detail: { nested: 1 } }, null],
    [{}, null],
    [['f', 'g'], 'f'],
    [[], null],
    ['text', null],
    [null, null],
    [{ detail: 'x'.repeat(2_000) }, 'x'.repeat(1_000)],
    [{ tags: ['x'.repeat(2_000)] }, `tags: ${'x'.repeat(1_000)}`],
  ])('has in %j its text', (body, expected) => {
    expect(messageOf(body)).toBe(expected)
  })

  const throttled = (seconds: string) => ({ detail: `Request was throttled. Expected available in ${seconds} seconds.` })
  it.each<[number, unknown, string | null, number | null]>([
    [429, throttled('17'), null, 17],
    [429, throttled('17'), '3', 3],
    [429, throttled('17'), ' 3 ', 3],
    [429, throttled('17'), 'soon', 17],
    [429, throttled('17'), '1.5', 17],
    [429, { detail: 'Expected available in 1 second.' }, null, 1],
    [429, throttled('9999'), null, 3_600],
    [429, {}, '999999', 3_600],
    [429, {}, '0', 0],
    [429, {}, null, 60],
    [503, {}, '1', 1],
    [503, {}, null, null],
    [500, {}, '5', null],
    [400, { ...throttled('17'), ...said('x') }, '5', null],
  ])('%i with %j and the header %j waits %j seconds', (status, body, header, expected) => {
    expect(answer(status, body, header).retryAfter).toBe(expected)
  })
})

describe('another attempt', () => {
  const error = (more: Partial<ConstructorParameters<typeof UpstreamError>[1]>) => new UpstreamError('x', { kind: 'unavailable', ...more })
  it.each<[string, unknown, number, boolean, number, number | null]>([
    ['waits one second', error({}), 1, true, 0, 1_000],
    ['waits twice as long each time', error({}), 4, true, 0, 8_000],
    ['waits less by up to a half', error({}), 2, true, 1, 1_000],
    ['is the last of five', error({}), 5, true, 0, null],
    ['is not made after other errors', new Error('x'), 1, true, 0, null],
    ['is not made for what PostHog refused', error({ kind: 'invalid' }), 1, true, 0, null],
    ['is not made for a conflict', error({ kind: 'conflict' }), 1, true, 0, null],
    ['is not made for a write that may have been carried out', error({ outcomeUnknown: true }), 1, false, 0, null],
    ['is made for a write that was not carried out', error({ outcomeUnknown: false }), 1, false, 0, 1_000],
    ['is made for a read whose outcome does not matter', error({ outcomeUnknown: true }), 1, true, 0, 1_000],
    ['is made after a malformed answer to a read', error({ kind: 'malformed' }), 1, true, 0, 1_000],
    ['is not made after a malformed answer to a write', error({ kind: 'malformed' }), 1, false, 0, null],
    ['is not made after an answer that is too large', error({ kind: 'malformed', code: tooLarge }), 1, true, 0, null],
    ['waits as long as PostHog says', error({ retryAfter: 30 }), 1, true, 0, 30_000],
    ['waits at least the back-off', error({ retryAfter: 1 }), 3, true, 0, 4_000],
    ['is not made after 90 seconds', error({ retryAfter: 91 }), 1, true, 0, null],
    ['is made after 90 seconds', error({ retryAfter: 90 }), 1, true, 0, 90_000],
    [
      'of any request is made where there were too many',
      error({ kind: 'throttled', retryAfter: 17, outcomeUnknown: true }),
      1,
      false,
      0.5,
      17_500,
    ],
    ['waits a minute where there were too many', error({ kind: 'throttled' }), 1, false, 0, 60_000],
    ['is not made where there were far too many', error({ kind: 'throttled', retryAfter: 3_600 }), 1, true, 0, null],
  ])('%s', (_name, failure, attempt, repeatable, random, expected) => {
    expect(retryDelay(failure, attempt, repeatable, random)).toBe(expected)
  })

  it('may be bounded otherwise', () => {
    expect([retryDelay(error({}), 1, true, 0, 1), retryDelay(error({}), 1, true, 0, 2)]).toEqual([null, 1_000])
  })
})

describe('following', () => {
  const row = (updatedAt: string | null) => ({ updatedAt })
  const [known, limit, late] = [row('2026-11-20T09:54:59Z'), row('2026-11-20T09:55:00Z'), row('2026-11-20T10:00:01Z')]
  const mark = '2026-11-20T10:00:00Z'
  const server = new Date('2026-11-20T12:00:00Z')

  it('reads on until a row is older than the mark by five minutes', () => {
    expect([
      readsOn([late, limit], mark),
      readsOn([late, known], mark),
      readsOn([], mark),
      readsOn([row(null)], mark),
      readsOn([known], null),
    ]).toEqual([true, false, true, true, true])
  })

  it('takes the rows that may have changed', () => {
    expect(recentRows([row(null), late, limit, known], mark)).toEqual([row(null), late, limit])
    expect(recentRows([known], null)).toEqual([known])
  })

  it('knows the newest time of a page', () => {
    expect(newestOf([])).toBeNull()
    expect(newestOf([row(null)])).toBeNull()
    expect(newestOf([known, row(null), late, limit])).toBe(late.updatedAt)
    expect(newestOf([row('2026-11-20T10:00:00.000Z'), row('2026-11-20T10:00:00Z')])).toBe('2026-11-20T10:00:00.000Z')
  })

  it.each<[string | null, string | null, Date | null, string | null]>([
    [null, null, server, null],
    [mark, null, server, mark],
    [null, mark, server, mark],
    [mark, '2026-11-20T09:00:00Z', server, mark],
    [mark, '2026-11-20T11:00:00Z', server, '2026-11-20T11:00:00Z'],
    [null, '2026-12-24T00:00:00Z', server, '2026-11-20T12:00:00.000Z'],
    [null, '2026-12-24T00:00:00Z', null, '2026-12-24T00:00:00Z'],
    [null, '2026-11-20T12:00:00Z', server, '2026-11-20T12:00:00Z'],
  ])('moves its mark from %s by %s', (before, top, time, expected) => {
    expect(nextMark(before, top, time)).toBe(expected)
  })

  it('knows which rows no late commit can change', () => {
    const settled = (time: string | null) => isSettled([row(time)], server)
    expect([settled('2026-11-20T11:49:59Z'), settled('2026-11-20T11:50:00Z'), settled(null)]).toEqual([true, false, false])
    expect([
      isSettled([], server),
      isSettled([known], null),
      isSettled([known, late], server),
      isSettled([known, row('2026-11-20T11:59:00Z')], server),
    ]).toEqual([true, false, true, false])
  })

  it.each([
    [0, 0, false],
    [2, 2, false],
    [3, 60, false],
    [3, 59, true],
    [5, 100, false],
    [6, 100, true],
  ])('%i missing rows of %i are suspicious: %s', (missing, rows, expected) => {
    expect(isSuspicious(missing, rows)).toBe(expected)
  })

  it.each([
    ['key must be unique', true],
    ['feature_flag is not there', true],
    ['the key must be unique', false],
    ['feature_flags', false],
    ['name is too long', false],
  ])('a row that is skipped because %s waits for another: %s', (reason, expected) => {
    expect(waitsForAnother(reason)).toBe(expected)
  })

  it.each<[number, number, number | null, number, number]>([
    [1, 10, null, 0, 10],
    [2, 10, null, 0, 20],
    [3, 10, null, 0, 40],
    [3, 10, null, 1, 30],
    [9, 10, null, 0, 300],
    [9_999, 1, null, 0, 300],
    [1, 0, null, 0, 1],
    [1, 10, 60, 0, 60],
    [4, 10, 60, 0, 80],
  ])('waits after %i failures', (failures, poll, retryAfter, random, expected) => {
    expect(failureSeconds(failures, poll, retryAfter, random)).toBe(expected)
  })
})

const [early, late] = [new Date(1_000), new Date(2_000)]
it.each<[object, object, boolean]>([
  [{ version: 3, updatedAt: early }, { version: 2, updatedAt: late }, true],
  [{ version: 2, updatedAt: late }, { version: 3, updatedAt: early }, false],
  [{ version: 2, updatedAt: late }, { version: 2, updatedAt: early }, true],
  [{ version: 2, updatedAt: late }, { updatedAt: early }, true],
  [{ updatedAt: early }, { version: 2, updatedAt: late }, false],
  [{ version: '3', updatedAt: early }, { version: 2, updatedAt: late }, false],
  [{ updatedAt: late }, { version: 2, updatedAt: early }, true],
  [{ version: 2, updatedAt: early }, { updatedAt: late }, false],
  [{ updatedAt: late }, { updatedAt: late }, false],
  [{ updatedAt: null }, { updatedAt: early }, false],
  [{ updatedAt: late }, {}, false],
  [{ updatedAt: '2026' }, { updatedAt: early }, false],
])('%j is newer than %j: %s', (stored, row, expected) => {
  expect(isStoredNewer(stored, row)).toBe(expected)
})

describe('a row is stored', () => {
  const shown = { key: 'id', cohort_name: 'x', value: { group_key_names: {}, kept: [1, { cohort_name: 'y' }] } }
  const kept = { key: 'id', value: { kept: [1, {}] } }
  const secret = { has_encrypted_payloads: true, filters: { groups: [shown], payloads: { a: 's', b: 't' } } }
  const hidden = {
    has_encrypted_payloads: true,
    filters: { groups: [kept], payloads: { a: encryptedPlaceholder, b: encryptedPlaceholder } },
  }

  it.each<[string, Parameters<typeof prepareRow>[0], Parameters<typeof prepareRow>[1], object]>([
    [
      'as a flag without names for people',
      'feature_flags',
      { id: 1, filters: { groups: [shown] } },
      { id: 1, filters: { groups: [kept] } },
    ],
    ['as a flag without encrypted payloads', 'feature_flags', secret, hidden],
    [
      'as a flag with payloads',
      'feature_flags',
      { has_encrypted_payloads: false, filters: { payloads: { a: '1' } } },
      { has_encrypted_payloads: false, filters: { payloads: { a: '1' } } },
    ],
    [
      'as a flag without payloads',
      'feature_flags',
      { has_encrypted_payloads: true, filters: { payloads: null } },
      { has_encrypted_payloads: true, filters: { payloads: null } },
    ],
    [
      'as a flag with malformed filters',
      'feature_flags',
      { has_encrypted_payloads: true, filters: 'x' },
      { has_encrypted_payloads: true, filters: 'x' },
    ],
    ['as an experiment whose flag has no secrets', 'experiments', { name: 'x', feature_flag: secret }, { name: 'x', feature_flag: hidden }],
    ['as an experiment without a flag', 'experiments', { name: 'x', feature_flag: null }, { name: 'x', feature_flag: null }],
    ['as it is, of another kind', 'holdouts', { filters: [shown], feature_flag: secret }, { filters: [shown], feature_flag: secret }],
  ])('%s', (_name, kind, row, expected) => {
    expect(prepareRow(kind, row)).toStrictEqual(expected)
  })

  it('under a hash that changes with it', () => {
    const row = { id: 1, name: 'a' }
    expect(hashRow(row)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashRow({ name: 'a', id: 1 })).toBe(hashRow(row))
    expect(hashRow({ ...row, name: 'b' })).not.toBe(hashRow(row))
  })

  it.each([
    ...['user_access_level', 'can_edit', 'can_approve', 'can_cancel', 'is_requester', 'user_decision', 'hedgehog_config'],
    ...['last_calculated_at', 'selector_regex', 'last_login', 'status', 'is_calculating', 'last_calculation'],
  ])('under a hash without %s', (name) => {
    expect(hashRow({ id: 1, [name]: 'x' })).toBe(hashRow({ id: 1 }))
  })
})

describe('approvals', () => {
  it.each<[string, number | null]>([
    ['14 00:00:00', 1_209_600],
    ['01:00:00', 3_600],
    ['1 02:03:04', 93_784],
    ['0:00:01.5', 1],
    ['0:00:01.500000', 1],
    ['soon', null],
    ['', null],
    ['x01:00:00', null],
    ['01:00:00x', null],
    ['1:0:0', null],
    ['1234567 00:00:00', null],
  ])('last %s: %j seconds', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })

  const uuid = '018f4e2a-0000-7000-8000-000000000001'
  const policy = {
    id: uuid,
    action_key: 'feature_flag.update',
    approver_config: { quorum: 2, users: [1], roles: [uuid] },
    created_by: null,
  }
  it('have policies, read with their defaults', () => {
    expect(policySchema.parse(policy)).toMatchObject({
      ...{ action_key: 'FEATURE_FLAG_UPDATE', conditions: {}, allow_self_approve: false, expires_after: 1_209_600, enabled: true },
      approver_config: { quorum: 2, users: [1], roles: [uuid] },
    })
    const all = policySchema.parse({
      ...policy,
      bypass_org_membership_levels: ['8', 15, 7],
      bypass_roles: [uuid],
      expires_after: '01:00:00',
      enabled: false,
      allow_self_approve: true,
    })
    expect(all).toMatchObject({
      bypass_org_membership_levels: [8, 15],
      bypass_roles: [uuid],
      expires_after: 3_600,
      enabled: false,
      allow_self_approve: true,
    })
    expect(
      policySchema.parse({ ...policy, approver_config: { quorum: 1, users: 'x', roles: null }, bypass_org_membership_levels: null }),
    ).toMatchObject({
      ...{ approver_config: { quorum: 1, users: [], roles: null }, bypass_org_membership_levels: [] },
    })
  })

  it('have durations of a second to the largest number of seconds', () => {
    const seconds = (expires_after: string) => policySchema.safeParse({ ...policy, expires_after }).data?.expires_after
    expect([seconds('00:00:01'), seconds('24855 03:14:07'), seconds('24855 03:14:08')]).toEqual([1, 2_147_483_647, undefined])
  })

  it.each<[string, object, string]>([
    ['an unknown action', { action_key: 'survey.launch' }, 'must be an action that this service knows'],
    ['no quorum', { approver_config: {} }, ''],
    ['a quorum of nobody', { approver_config: { quorum: 0 } }, ''],
    ['a quorum of too many', { approver_config: { quorum: 1_001 } }, ''],
    ['no approvers', { approver_config: 'x' }, 'must be an object with a quorum'],
    ['no duration', { expires_after: 'soon' }, 'must be a duration such as 14 00:00:00'],
    ['a duration of nothing', { expires_after: '00:00:00' }, 'must be a duration such as 14 00:00:00'],
    ['too long a duration', { expires_after: '99999 00:00:00' }, 'must be a duration such as 14 00:00:00'],
    ['a duration that is a number', { expires_after: 5 }, 'must be a duration such as 14 00:00:00'],
  ])('have no policy with %s', (_name, more, message) => {
    const { error } = policySchema.safeParse({ ...policy, ...more })
    expect(error?.issues[0]?.message).toContain(message)
  })

  it.each([
    'feature_flag.enable',
    'feature_flag.disable',
    'feature_flag.delete',
    'experiment.launch',
    'experiment.pause',
    'experiment.update',
    'experiment_holdout.update',
    'experiment_holdout.delete',
  ])('have policies of %s', (key) => {
    expect(policySchema.parse({ ...policy, action_key: key }).action_key).toBe(key.replace('.', '_').toUpperCase())
  })

  const request = {
    id: uuid,
    action_key: 'feature_flag.update',
    resource_type: 'feature_flag',
    state: 'pending',
    created_by: null,
    applied_by: null,
    created_at: '2026-11-01T00:00:00Z',
    intent_display: {},
    policy_snapshot: {},
    result_data: null,
  }
  it('have requests', () => {
    const read = (more: object) => changeRequestSchema.parse({ ...request, ...more })
    expect(read({})).toMatchObject({ resource_type: 'FEATURE_FLAG', state: 'pending', approvals: [], apply_error: null })
    expect(['experiment', 'experiment_holdout', 'holdout', 'other'].map((resource_type) => read({ resource_type }).resource_type)).toEqual([
      ...['EXPERIMENT', 'EXPERIMENT_HOLDOUT', 'EXPERIMENT_HOLDOUT', null],
    ])
    expect([5, '5', null, {}].map((resource_id) => read({ resource_id }).resource_id)).toEqual([5, '5', null, null])
    const vote = { created_by: null, decision: 'approved', reason: null, created_at: null }
    expect(read({ approvals: [vote] }).approvals).toMatchObject([{ decision: 'approved', reason: '' }])
    for (const wrong of [{ state: 'lost' }, { approvals: 'x' }, { approvals: [{ ...vote, decision: 'maybe' }] }, { resource_type: 5 }]) {
      expect(changeRequestSchema.safeParse({ ...request, ...wrong }).success).toBe(false)
    }
    for (const state of ['pending', 'approved', 'applied', 'rejected', 'expired', 'failed']) expect(read({ state }).state).toBe(state)
  })

  const [ann, bob] = [
    { email: 'ann@example.com', firstName: '' },
    { email: 'bob@example.com', firstName: '' },
  ]
  const vote = (by: typeof ann | null, decision: 'approved' | 'rejected' = 'rejected') => ({ created_by: by, decision, reason: '' })
  it.each<[string, Parameters<typeof requestState>[0], string]>([
    ['pending', { state: 'pending', created_by: ann, approvals: [] }, 'PENDING'],
    ['rejected by others', { state: 'rejected', created_by: ann, approvals: [vote(bob)] }, 'REJECTED'],
    ['rejected by others too', { state: 'rejected', created_by: ann, approvals: [vote(ann), vote(bob)] }, 'REJECTED'],
    ['rejected by nobody', { state: 'rejected', created_by: ann, approvals: [] }, 'REJECTED'],
    ['rejected by its requester', { state: 'rejected', created_by: ann, approvals: [vote(bob, 'approved'), vote(ann)] }, 'CANCELED'],
    ['rejected by somebody unknown', { state: 'rejected', created_by: ann, approvals: [vote(null)] }, 'REJECTED'],
    ['of somebody unknown, and rejected by somebody unknown', { state: 'rejected', created_by: null, approvals: [vote(null)] }, 'REJECTED'],
    ['failed, whoever rejected it', { state: 'failed', created_by: ann, approvals: [vote(ann)] }, 'FAILED'],
  ])('have a request that is %s', (_name, given, expected) => {
    expect(requestState(given)).toBe(expected)
  })

  it('say what a request would do, and which version it made', () => {
    expect(requestIntent({ description: 'd', before: { a: 1 }, after: { a: 2 } })).toEqual({
      description: 'd',
      before: { a: 1 },
      after: { a: 2 },
    })
    expect(requestIntent({ description: 5, before: 'x', after: [] })).toEqual({ description: '', before: {}, after: {} })
    expect(requestIntent('x')).toEqual({ description: '', before: {}, after: {} })
    expect([{ resource_version: 5 }, { resource_version: 0 }, { resource_version: '5' }, {}, 'x', null].map(resultVersion)).toEqual([
      5,
      null,
      null,
      null,
      null,
      null,
    ])
  })
})
