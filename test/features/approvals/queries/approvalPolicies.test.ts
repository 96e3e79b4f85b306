import { beforeEach, describe, expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { getErrors } from '../../../support/lists.ts'
import { seedFlag, seedKey, seedOrganization, seedProject, seedUser } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, statements, time, countStatements } = await testServer()

/** An organization with a member, whose key is `key`, an admin and two approvers. */
async function staffed() {
  const tenant = await seedTenant(db)
  const admin = await seedColleague(db, tenant, 8)
  const approvers = [await seedColleague(db, tenant), await seedColleague(db, tenant)] as const
  return { ...tenant, admin, approvers }
}
let tenant: Awaited<ReturnType<typeof staffed>>
beforeEach(async () => {
  tenant = await staffed()
})

const values = `project { id } actionKey conditions quorum approverUsers { id } approverRoles { name } allowSelfApprove
  bypassMembershipLevels bypassRoles { name } expiresAfterSeconds enabled`
const refusal = `... on Error { code message } ... on ValidationError { fieldErrors { path code message } }`
const create = `mutation ($input: CreateApprovalPolicyInput!) { result: createApprovalPolicy(input: $input) {
  __typename ... on ApprovalPolicy { id ${values} } ${refusal} ... on PolicyExistsError { existing { id quorum } }
} }`
const update = `mutation ($input: UpdateApprovalPolicyInput!) { result: updateApprovalPolicy(input: $input) {
  __typename ... on ApprovalPolicy { id ${values} } ${refusal}
} }`
const remove = `mutation ($input: DeleteApprovalPolicyInput!) { result: deleteApprovalPolicy(input: $input) {
  __typename ... on DeleteApprovalPolicySuccess { deletedId } ... on Error { code message }
} }`

async function ask(document: string, input: object, key = tenant.admin.key) {
  const { data, errors } = await run(key, document, { input })
  expect(errors, JSON.stringify(input)).toBeUndefined()
  return data.result
}
const draft = (more: object = {}) => ({
  projectId: String(tenant.project.id),
  actionKey: 'FEATURE_FLAG_UPDATE',
  quorum: 1,
  approverUserIds: tenant.approvers.map(({ user }) => String(user.id)),
  ...more,
})
const made = async (more: object = {}) => {
  const policy = await ask(create, draft(more))
  expect(policy.__typename, JSON.stringify(policy)).toBe('ApprovalPolicy')
  return policy
}
const faultsOf = async (document: string, input: object) => {
  const { __typename, fieldErrors } = await ask(document, input)
  expect(__typename).toBe('ValidationError')
  return fieldErrors as { path: string[]; code: string; message: string }[]
}
const role = (name: string, organization: { id: string } = tenant.organization) =>
  db.role.create({ data: { name, organizationId: organization.id } })
const hold = (roleId: string, userId: number) => db.roleMembership.create({ data: { roleId, userId } })
const user = ({ user: { id } }: { user: { id: number } }) => ({ id: globalId('User', id) })
const number = (id: string) => Number(atob(id).split(':')[1])
const stored = () => db.approvalPolicy.findMany({ where: { organizationId: tenant.organization.id } })
const trail = () => db.activity.findMany({ where: { organizationId: tenant.organization.id }, orderBy: { id: 'asc' } })

describe('createApprovalPolicy', () => {
  it('makes a policy with the defaults for what is not given, and it is in force', async () => {
    const policy = await made({ actionKey: 'FEATURE_FLAG_DISABLE' })
    expect(policy).toMatchObject({
      project: { id: globalId('Project', tenant.project.id) },
      actionKey: 'FEATURE_FLAG_DISABLE',
      conditions: {},
      quorum: 1,
      approverUsers: tenant.approvers.map(user),
      approverRoles: [],
      allowSelfApprove: false,
      bypassMembershipLevels: [],
      bypassRoles: [],
      expiresAfterSeconds: 1_209_600,
      enabled: true,
    })
    const flag = await seedFlag(db, tenant.project)
    const { data } = await run(tenant.key, 'mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) { __typename } }', {
      id: globalId('FeatureFlag', flag.id),
    })
    expect(data.updateFeatureFlag.__typename).toBe('ApprovalRequiredError')
  })

  it('takes global ids and numbers, and drops what is listed twice', async () => {
    const [approving, passing] = [await role('Release'), await role('On call')]
    const [first, second] = tenant.approvers
    await hold(approving.id, first.user.id)
    const policy = await made({
      projectId: globalId('Project', tenant.project.id),
      condition: { type: 'CROSSES_THRESHOLD', field: 'rollout_percentage', operator: 'GTE', value: 50 },
      quorum: 2,
      approverUserIds: [globalId('User', second.user.id), String(second.user.id)],
      approverRoleIds: [approving.id, globalId('Role', approving.id)],
      allowSelfApprove: true,
      bypassMembershipLevels: ['OWNER', 'MEMBER', 'OWNER'],
      bypassRoleIds: [globalId('Role', passing.id)],
      expiresAfterSeconds: 3_600,
      enabled: false,
    })
    expect(policy).toMatchObject({
      conditions: { type: 'crosses_threshold', field: 'rollout_percentage', operator: '>=', value: 50 },
      quorum: 2,
      approverUsers: [user(second)],
      approverRoles: [{ name: 'Release' }],
      allowSelfApprove: true,
      bypassMembershipLevels: ['MEMBER', 'OWNER'],
      bypassRoles: [{ name: 'On call' }],
      expiresAfterSeconds: 3_600,
      enabled: false,
    })
    expect((await stored())[0]).toMatchObject({ approverUserIds: [second.user.id], approverRoleIds: [approving.id] })
  })

  it('leaves one row in the audit trail, with the values', async () => {
    const { id } = await made()
    expect(await trail()).toMatchObject([
      {
        activity: 'createApprovalPolicy',
        userId: tenant.admin.user.id,
        projectId: tenant.project.id,
        policyId: number(id),
        keyMask: expect.stringMatching(/^phx_/),
        before: {},
        after: { actionKey: 'FEATURE_FLAG_UPDATE', quorum: 1, approverUserIds: tenant.approvers.map((one) => one.user.id), enabled: true },
        createdAt: time.now,
      },
    ])
  })

  it('makes one a project and one for the whole organization, and names the one that is there', async () => {
    const own = await made()
    const wide = await made({ organizationWide: true, quorum: 2 })
    expect(wide.project).toBeNull()
    const other = await seedProject(db, tenant.organization)
    await made({ projectId: String(other.id) })
    const message = 'A policy for this action already exists. You can edit the existing policy instead.'
    expect(await ask(create, draft())).toMatchObject({
      __typename: 'PolicyExistsError',
      code: 'POLICY_EXISTS',
      message,
      existing: { id: own.id },
    })
    // From another project of the organization it is the same one.
    const again = draft({ organizationWide: true, projectId: String(other.id) })
    expect(await ask(create, again)).toMatchObject({ __typename: 'PolicyExistsError', existing: { id: wide.id, quorum: 2 } })
    expect(await stored()).toHaveLength(3)
    expect(await trail()).toHaveLength(3)
  })

  it('names the one that is there also to a key that may only write', async () => {
    const { id } = await made()
    const key = await seedKey(db, tenant.admin.user, { scopes: ['approvals:write'] })
    const { data, errors } = await run(
      key,
      `mutation ($input: CreateApprovalPolicyInput!) { result: createApprovalPolicy(input: $input) {
        ... on PolicyExistsError { existing { id quorum } }
      } }`,
      { input: draft() },
    )
    expect(errors).toBeUndefined()
    expect(data.result).toEqual({ existing: { id, quorum: 1 } })
  })

  it.each([false, true])('lets one of several at once through (organization-wide: %s)', async (organizationWide) => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(create, draft({ organizationWide }))))
    const names = answers.map(({ __typename }) => __typename).sort()
    expect(names).toEqual(['ApprovalPolicy', 'PolicyExistsError', 'PolicyExistsError', 'PolicyExistsError'])
    expect(await stored()).toHaveLength(1)
    expect(await trail()).toHaveLength(1)
  })
})

describe('who may write policies', () => {
  const denied = { __typename: 'PermissionDeniedError', code: 'PERMISSION_DENIED' }
  const onlyAdmins = { ...denied, message: 'Only admins and owners of the organization can manage approval policies.' }

  it('admins and owners, and no members', async () => {
    const { id } = await made()
    expect(await ask(create, draft({ actionKey: 'EXPERIMENT_PAUSE' }), tenant.key)).toMatchObject(onlyAdmins)
    expect(await ask(update, { id, enabled: false }, tenant.key)).toMatchObject(onlyAdmins)
    expect(await ask(remove, { id }, tenant.key)).toMatchObject(onlyAdmins)
    expect(await trail()).toHaveLength(1)
    const owner = await seedColleague(db, tenant, 15)
    expect((await ask(update, { id, enabled: false }, owner.key)).enabled).toBe(false)
  })

  it('nobody from elsewhere, admins of other organizations included: to them there is none', async () => {
    const { id } = await made()
    const stranger = await staffed()
    const notFound = { __typename: 'NotFoundError', code: 'NOT_FOUND' }
    expect(await ask(create, draft({ actionKey: 'EXPERIMENT_PAUSE' }), stranger.admin.key)).toMatchObject(notFound)
    for (const given of [
      id,
      String(number(id)),
      globalId('ApprovalPolicy', 999_999),
      globalId('User', 1),
      'nonsense',
      '-1',
      '9999999999',
    ]) {
      expect(await ask(update, { id: given, enabled: false }, stranger.admin.key), given).toMatchObject(notFound)
      expect(await ask(remove, { id: given }, stranger.admin.key), given).toMatchObject(notFound)
    }
    expect(await stored()).toMatchObject([{ enabled: true }])
  })

  it('a key that is restricted to projects: theirs, and none of the whole organization', async () => {
    const wide = await made({ organizationWide: true })
    const other = await seedProject(db, tenant.organization)
    const foreign = await made({ projectId: String(other.id) })
    const key = await seedKey(db, tenant.admin.user, { scopedProjects: [tenant.project.id] })
    const message = 'API key is restricted to projects: it cannot manage policies of the whole organization.'
    expect(await ask(create, draft({ organizationWide: true, actionKey: 'EXPERIMENT_PAUSE' }), key)).toMatchObject({ ...denied, message })
    expect(await ask(update, { id: wide.id, enabled: false }, key)).toMatchObject({ ...denied, message })
    expect(await ask(remove, { id: wide.id }, key)).toMatchObject({ ...denied, message })
    expect(await ask(create, draft({ projectId: String(other.id) }), key)).toMatchObject(denied)
    expect(await ask(remove, { id: foreign.id }, key)).toMatchObject({ __typename: 'NotFoundError' })
    expect((await ask(create, draft(), key)).__typename).toBe('ApprovalPolicy')
  })

  it.each([
    ['createApprovalPolicy', create, () => draft()],
    ['updateApprovalPolicy', update, () => ({ id: '1' })],
    ['deleteApprovalPolicy', remove, () => ({ id: '1' })],
  ])('no key without the scope: %s', async (_name, document, input) => {
    const key = await seedKey(db, tenant.admin.user, { scopes: ['approvals:read'] })
    const { errors } = await run(key, document, { input: input() })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'approvals:write' } }])
    expect(await stored()).toEqual([])
  })
})

describe('a policy that cannot be', () => {
  it.each<[string, object, { path: string[]; code?: string; message?: string }]>([
    ['quorum 0', { quorum: 0 }, { path: ['quorum'], message: 'Quorum must be at least 1' }],
    ['quorum -1', { quorum: -1 }, { path: ['quorum'], message: 'Quorum must be at least 1' }],
    ['quorum 101', { quorum: 101 }, { path: ['quorum'], message: 'Must be at most 100.' }],
    ['expiry 0', { expiresAfterSeconds: 0 }, { path: ['expiresAfterSeconds'] }],
    ['expiry beyond a year', { expiresAfterSeconds: 31_536_001 }, { path: ['expiresAfterSeconds'] }],
    ['101 people', { approverUserIds: Array.from({ length: 101 }, () => '1') }, { path: ['approverUserIds'] }],
    ['101 roles', { approverRoleIds: Array.from({ length: 101 }, () => crypto.randomUUID()) }, { path: ['approverRoleIds'] }],
    ['101 roles that pass', { bypassRoleIds: Array.from({ length: 101 }, () => crypto.randomUUID()) }, { path: ['bypassRoleIds'] }],
    ['nobody', { approverUserIds: [] }, { path: ['approverUserIds'], code: 'required' }],
    ['nobody, not even a list', { approverUserIds: null }, { path: ['approverUserIds'], code: 'required' }],
    [
      'a condition without its parts',
      { condition: { type: 'BEFORE_AFTER', field: 'rollout_percentage', value: 5 } },
      { path: ['condition', 'operator'], code: 'required' },
    ],
    [
      'a condition beside its action',
      { actionKey: 'EXPERIMENT_PAUSE', condition: { type: 'CHANGE_AMOUNT', field: 'rollout_percentage', operator: 'GT', value: 5 } },
      { path: ['condition', 'type'] },
    ],
    [
      'a role that is nobody’s',
      { bypassRoleIds: ['nonsense', '00000000-0000-0000-0000-000000000000'] },
      { path: ['bypassRoleIds'], message: 'Roles do not exist: nonsense, 00000000-0000-0000-0000-000000000000' },
    ],
  ])('is refused: %s', async (_name, more, expected) => {
    expect(await faultsOf(create, draft(more))).toMatchObject([expected])
    expect(await stored()).toEqual([])
    expect(await trail()).toEqual([])
  })

  it('is rejected for all that is wrong with it at once', async () => {
    const given = {
      quorum: 0,
      expiresAfterSeconds: 0,
      condition: { type: 'ANY_CHANGE', field: 'name' },
      approverUserIds: ['x', String(tenant.user.id), '2147483648'],
      approverRoleIds: ['y'],
      bypassRoleIds: ['z'],
    }
    const paths = (await faultsOf(create, draft(given))).map(({ path }) => path.join('.'))
    expect(paths.sort()).toEqual([
      'approverRoleIds',
      'approverUserIds.0',
      'approverUserIds.2',
      'bypassRoleIds',
      'condition.field',
      'expiresAfterSeconds',
      'quorum',
    ])
  })

  it('takes the bounds themselves', async () => {
    const longest = await made({ expiresAfterSeconds: 31_536_000, approverUserIds: Array.from({ length: 100 }, () => tenant.user.id) })
    expect(longest).toMatchObject({ expiresAfterSeconds: 31_536_000, approverUsers: [user(tenant)] })
    expect((await ask(update, { id: longest.id, expiresAfterSeconds: 1 })).expiresAfterSeconds).toBe(1)
  })

  it('is rejected for people who are no active members: they look alike', async () => {
    const stranger = await seedTenant(db)
    const inactive = await seedColleague(db, tenant)
    await db.user.update({ where: { id: inactive.user.id }, data: { isActive: false } })
    const left = await seedColleague(db, tenant)
    await db.organizationMembership.deleteMany({ where: { userId: left.user.id } })
    const given = [tenant.user.id, stranger.user.id, inactive.user.id, left.user.id, 999_999]
    const message = 'User does not exist, or is no active member of the organization.'
    expect(await faultsOf(create, draft({ approverUserIds: given.map(String) }))).toEqual(
      ['1', '2', '3', '4'].map((index) => ({ path: ['approverUserIds', index], code: 'does_not_exist', message })),
    )
  })

  it('is rejected for roles of elsewhere: by name only where the viewer is a member', async () => {
    const hidden = await role('Hidden', await seedOrganization(db))
    const second = await seedOrganization(db)
    const seen = await role('Seen', second)
    await db.organizationMembership.create({ data: { organizationId: second.id, userId: tenant.admin.user.id, level: 1 } })
    expect(await faultsOf(create, draft({ approverRoleIds: [hidden.id, seen.id] }))).toEqual([
      { path: ['approverRoleIds'], code: 'does_not_exist', message: `Roles do not exist: ${hidden.id}` },
      { path: ['approverRoleIds'], code: 'invalid_input', message: 'Roles must belong to the same organization: Seen' },
    ])
  })
})

describe('a policy under which nobody could ever approve', () => {
  it('has fewer approvers than its quorum; who is named and holds a role counts once, and only members count', async () => {
    const release = await role('Release')
    const [first] = tenant.approvers
    await hold(release.id, first.user.id)
    await hold(release.id, (await seedTenant(db)).user.id)
    const given = { approverUserIds: [String(first.user.id)], approverRoleIds: [release.id] }
    const [fault, ...others] = await faultsOf(create, draft({ ...given, quorum: 2 }))
    expect(others).toEqual([])
    expect(fault).toMatchObject({ path: ['quorum'] })
    expect(fault?.message).toContain('1 approvers')
    await made({ ...given, quorum: 1 })
  })

  it('names only roles that nobody holds', async () => {
    const empty = await role('Empty')
    expect(await faultsOf(create, draft({ approverUserIds: [], approverRoleIds: [empty.id] }))).toHaveLength(1)
    expect(await stored()).toEqual([])
  })

  it('needs every member of the organization, and lets none approve their own', async () => {
    const organization = await seedOrganization(db)
    const project = await seedProject(db, organization)
    const admin = await seedUser(db, organization, { level: 8 })
    const key = await seedKey(db, admin)
    const alone = { projectId: String(project.id), actionKey: 'EXPERIMENT_PAUSE', quorum: 1, approverUserIds: [String(admin.id)] }
    expect(await ask(create, alone, key)).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['quorum'] }] })

    // An account that is switched off asks for nothing.
    const colleague = await seedUser(db, organization)
    await db.user.update({ where: { id: colleague.id }, data: { isActive: false } })
    expect((await ask(create, alone, key)).__typename).toBe('ValidationError')
    const self = await ask(create, { ...alone, allowSelfApprove: true }, key)
    expect(self.__typename).toBe('ApprovalPolicy')
    expect((await ask(update, { id: self.id, allowSelfApprove: false }, key)).__typename).toBe('ValidationError')

    await db.user.update({ where: { id: colleague.id }, data: { isActive: true } })
    expect((await ask(update, { id: self.id, allowSelfApprove: false }, key)).allowSelfApprove).toBe(false)
  })
})

describe('updateApprovalPolicy', () => {
  const condition = { type: 'CHANGE_AMOUNT', field: 'rollout_percentage', operator: 'GT', value: 20 }

  it('changes what is given, and keeps what is not given or null', async () => {
    const { __typename, id, ...before } = await made({ condition, bypassMembershipLevels: ['OWNER'], expiresAfterSeconds: 60 })
    expect(await ask(update, { id, quorum: 2 })).toMatchObject({ ...before, id, quorum: 2 })
    const nothing = ['quorum', 'approverUserIds', 'approverRoleIds', 'allowSelfApprove', 'bypassMembershipLevels', 'bypassRoleIds']
    const nulls = Object.fromEntries([...nothing, 'expiresAfterSeconds', 'enabled'].map((name) => [name, null]))
    expect(await ask(update, { id, ...nulls })).toMatchObject({ ...before, quorum: 2 })
    const [first] = tenant.approvers
    const changed = { allowSelfApprove: true, bypassMembershipLevels: [], expiresAfterSeconds: 61, enabled: false }
    expect(await ask(update, { id: String(number(id)), ...changed, quorum: 1, approverUserIds: [user(first).id] })).toMatchObject({
      ...before,
      ...changed,
      approverUsers: [user(first)],
    })
  })

  it('replaces a condition, and takes it away with null', async () => {
    const { id } = await made({ condition })
    expect((await ask(update, { id, condition: { type: 'ANY_CHANGE', field: 'release_conditions' } })).conditions).toEqual({
      type: 'any_change',
      field: 'release_conditions',
    })
    expect((await ask(update, { id, condition: null })).conditions).toEqual({})
  })

  it('judges the whole policy, as it would be', async () => {
    const { id } = await made({ quorum: 2 })
    const [first, second] = tenant.approvers
    expect(await faultsOf(update, { id, approverUserIds: [String(first.user.id)] })).toMatchObject([{ path: ['quorum'] }])
    expect(await faultsOf(update, { id, approverUserIds: [] })).toMatchObject([{ path: ['approverUserIds'] }])
    expect(await faultsOf(update, { id, quorum: 3 })).toMatchObject([{ path: ['quorum'] }])
    expect(await faultsOf(update, { id, condition: { ...condition, value: 101 } })).toMatchObject([{ path: ['condition', 'value'] }])
    // Somebody who left since has to be taken from the list.
    await db.organizationMembership.deleteMany({ where: { userId: second.user.id } })
    expect(await faultsOf(update, { id, enabled: true })).toMatchObject([{ path: ['approverUserIds', '1'] }])
    expect(await trail()).toHaveLength(1)
    expect(await stored()).toMatchObject([{ quorum: 2, conditions: {} }])
    // It can be switched off as it is, and not on again.
    expect(await ask(update, { id, enabled: false })).toMatchObject({ enabled: false, quorum: 2 })
    expect(await faultsOf(update, { id, enabled: true })).toMatchObject([{ path: ['approverUserIds', '1'] }])
  })

  it('leaves the values before and after in the audit trail', async () => {
    const { id } = await made()
    await ask(update, { id, quorum: 2, condition })
    expect((await trail()).slice(1)).toMatchObject([
      {
        activity: 'updateApprovalPolicy',
        userId: tenant.admin.user.id,
        policyId: number(id),
        before: { quorum: 1, conditions: {}, enabled: true },
        after: { quorum: 2, conditions: { type: 'change_amount', value: 20 }, enabled: true },
      },
    ])
  })

  it('loses nothing of what several change at once', async () => {
    const { id } = await made()
    const inputs = [{ quorum: 2 }, { allowSelfApprove: true }, { enabled: false }, { expiresAfterSeconds: 5 }]
    await Promise.all(inputs.map((input) => ask(update, { id, ...input })))
    expect(await stored()).toMatchObject([Object.assign({}, ...inputs)])
    const rows = (await trail()).slice(1)
    expect(rows).toHaveLength(4)
    // Each began where the one before it had ended.
    expect(rows.slice(1).map(({ before }) => before)).toEqual(rows.slice(0, -1).map(({ after }) => after))
  })

  it('leaves requests that were made under the policy as they are', async () => {
    const { id } = await made({ actionKey: 'FEATURE_FLAG_DISABLE' })
    const flag = await seedFlag(db, tenant.project)
    const asked = await run(
      tenant.key,
      `mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) { ... on ApprovalRequiredError {
        changeRequest { id quorum }
      } } }`,
      { id: globalId('FeatureFlag', flag.id) },
    )
    const { changeRequest } = asked.data.updateFeatureFlag
    const read = async () =>
      (await run(tenant.key, 'query ($id: ID!) { node(id: $id) { ... on ChangeRequest { id quorum } } }', changeRequest)).data.node
    await ask(update, { id, quorum: 2 })
    expect(await read()).toEqual(changeRequest)
    expect((await ask(remove, { id })).deletedId).toBe(id)
    expect(await read()).toEqual(changeRequest)
  })
})

describe('deleteApprovalPolicy', () => {
  it('takes the policy away, leaves a row in the audit trail, and finds it no second time', async () => {
    const { id } = await made()
    expect(await ask(remove, { id })).toEqual({ __typename: 'DeleteApprovalPolicySuccess', deletedId: id })
    expect(await stored()).toEqual([])
    expect((await trail()).slice(1)).toMatchObject([
      { activity: 'deleteApprovalPolicy', policyId: number(id), before: { quorum: 1, actionKey: 'FEATURE_FLAG_UPDATE' }, after: {} },
    ])
    expect(await ask(remove, { id })).toMatchObject({ __typename: 'NotFoundError', message: 'Approval policy not found.' })
    expect(await trail()).toHaveLength(2)
    await made()
  })

  it('is done by one of several at once', async () => {
    const { id } = await made()
    const answers = await Promise.all(Array.from({ length: 3 }, () => ask(remove, { id })))
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['DeleteApprovalPolicySuccess', 'NotFoundError', 'NotFoundError'])
    expect(await trail()).toHaveLength(2)
  })
})

describe('approvalPolicies', () => {
  const list = `query ($projectId: ID!, $actionKey: GatedAction, $enabled: Boolean, $first: Int, $after: String, $last: Int) {
    approvalPolicies(projectId: $projectId, actionKey: $actionKey, enabled: $enabled, first: $first, after: $after, last: $last) {
      totalCount nodes { id } pageInfo { endCursor hasNextPage hasPreviousPage }
    }
  }`
  const read = (args: object = {}, key = tenant.key) => run(key, list, { projectId: String(tenant.project.id), ...args })
  const page = async (args: object = {}, key = tenant.key) => {
    const { data, errors } = await read(args, key)
    expect(errors).toBeUndefined()
    return data.approvalPolicies
  }
  const nodes = (policies: { id: number }[]) => policies.map(({ id }) => ({ id: globalId('ApprovalPolicy', id) }))
  const day = (n: number) => ({ createdAt: new Date(Date.UTC(2026, 9, n)) })

  it("are the project's own and the organization's, the newest first", async () => {
    const own = await seedPolicy(db, tenant, 'EXPERIMENT_PAUSE', [], day(2))
    const wide = await seedPolicy(db, tenant, 'EXPERIMENT_PAUSE', [], { projectId: null, ...day(3) })
    const off = await seedPolicy(db, tenant, 'EXPERIMENT_LAUNCH', [], { enabled: false, ...day(1) })
    const other = await seedProject(db, tenant.organization)
    await seedPolicy(db, { ...tenant, project: other }, 'EXPERIMENT_PAUSE', [])
    const stranger = await seedTenant(db)
    await seedPolicy(db, stranger, 'EXPERIMENT_PAUSE', [], { projectId: null })

    expect(await page()).toMatchObject({ totalCount: 3, nodes: nodes([wide, own, off]) })
    expect((await page({ actionKey: 'EXPERIMENT_PAUSE' })).nodes).toEqual(nodes([wide, own]))
    expect((await page({ enabled: false })).nodes).toEqual(nodes([off]))
    expect((await page({ enabled: true, actionKey: 'EXPERIMENT_LAUNCH' })).nodes).toEqual([])
    const first = await page({ first: 2 })
    expect(first).toMatchObject({ totalCount: 3, nodes: nodes([wide, own]), pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    expect(await page({ first: 2, after: first.pageInfo.endCursor })).toMatchObject({
      nodes: nodes([off]),
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    expect((await page({ last: 1 })).nodes).toEqual(nodes([off]))
    expect(getErrors(await read({ first: 2, last: 2 }))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])

    const { data } = await run(
      tenant.key,
      `{ project(id: ${tenant.project.id}) { approvalPolicies(first: 2) { totalCount nodes { id } } } }`,
    )
    expect(data.project.approvalPolicies).toEqual({ totalCount: 3, nodes: nodes([wide, own]) })
  })

  it('hold a policy as it is read by its id, and not to strangers', async () => {
    const { id } = await made({ bypassMembershipLevels: ['ADMIN'] })
    const document = `query ($id: ID!) {
      approvalPolicies(projectId: ${tenant.project.id}) { nodes { ${values} } }
      node(id: $id) { ... on ApprovalPolicy { ${values} } }
    }`
    const { data, errors } = await run(tenant.key, document, { id })
    expect(errors).toBeUndefined()
    expect(data.approvalPolicies.nodes).toEqual([data.node])
    expect((await run((await seedTenant(db)).key, document, { id })).data).toEqual({ approvalPolicies: null, node: null })
  })

  it('need their scope, the membership, and a key for the project', async () => {
    await made({ organizationWide: true })
    const unscoped = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    expect(await read({}, unscoped)).toMatchObject({
      data: { approvalPolicies: null },
      errors: [{ extensions: { code: 'FORBIDDEN', requiredScope: 'approvals:read' } }],
    })
    expect(getErrors(await read({}, (await seedTenant(db)).key))).toMatchObject([{ code: 'NOT_FOUND' }])
    const restricted = await seedKey(db, tenant.user, { scopedProjects: [tenant.project.id] })
    expect((await page({}, restricted)).totalCount).toBe(1)
  })

  it('take as many statements for many rows as for few', async () => {
    const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
    for (const actionKey of ['EXPERIMENT_PAUSE', 'EXPERIMENT_LAUNCH', 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_ENABLE'] as const) {
      const [named, passing] = [await role(`${actionKey} 1`), await role(`${actionKey} 2`)]
      const more = { approverRoleIds: [named.id], bypassRoleIds: [passing.id] }
      await seedPolicy(db, tenant, actionKey, [await seedColleague(db, tenant)], more)
    }
    const measure = (first: number) =>
      countStatements(async () => {
        const { data, errors } = await run(
          key,
          `{ approvalPolicies(projectId: ${tenant.project.id}, first: ${first}) { nodes { ${values} } } }`,
        )
        expect(errors).toBeUndefined()
        expect(data.approvalPolicies.nodes).toHaveLength(first)
      })
    expect(await measure(4), statements.join('\n')).toBe(await measure(1))
  })
})
