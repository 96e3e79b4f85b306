import { beforeEach, describe, expect, it } from 'vitest'
import { seedColleague } from '../../support/approvals.ts'
import { getErrors } from '../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey, seedOrganization, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, serverOn, time, statements, countStatements, ...database } = await testServer({ accessCacheSeconds: 0 })

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

async function read(selection: string, key = tenant.key) {
  const { data, errors } = await run(key, `{ viewer { ${selection} } }`)
  expect(errors).toBeUndefined()
  return data.viewer
}
const join = (organization: { id: string }, level = 1, createdAt = new Date()) =>
  db.organizationMembership.create({ data: { organizationId: organization.id, userId: tenant.user.id, level, createdAt } })
const soon = new Date('2026-11-21')
const later = new Date('2026-12-01')

describe('the organizations of the viewer', () => {
  it('are those that the key can read, by name; and so are the memberships', async () => {
    const [zoo, alpha] = [await seedOrganization(db, { name: 'Zoo' }), await seedOrganization(db, { name: 'Alpha' })]
    await db.organization.update({ where: { id: tenant.organization.id }, data: { name: 'Mine' } })
    await join(zoo, 15, new Date('2020-01-01'))
    await join(alpha, 8, new Date('2021-01-01'))
    await seedOrganization(db, { name: 'Theirs' })
    const all = 'organizations { totalCount nodes { name viewerLevel } } memberships { level }'
    const mine = { name: 'Mine', viewerLevel: 'MEMBER' }
    expect(await read(all)).toEqual({
      organizations: { totalCount: 3, nodes: [{ name: 'Alpha', viewerLevel: 'ADMIN' }, mine, { name: 'Zoo', viewerLevel: 'OWNER' }] },
      memberships: [{ level: 'OWNER' }, { level: 'ADMIN' }, { level: 'MEMBER' }],
    })
    const restricted = { organizations: { totalCount: 1, nodes: [mine] }, memberships: [{ level: 'MEMBER' }] }
    expect(await read(all, await seedKey(db, tenant.user, { scopedProjects: [tenant.project.id] }))).toEqual(restricted)
    expect(await read(all, await seedKey(db, tenant.user, { scopedOrganizations: [tenant.organization.id] }))).toEqual(restricted)
    const { organizations } = await read('organizations(first: 1) { pageInfo { endCursor } }')
    const rest = await read(`organizations(after: "${organizations.pageInfo.endCursor}") { nodes { name } }`)
    expect(rest.organizations.nodes).toEqual([{ name: 'Mine' }, { name: 'Zoo' }])
  })

  it('need their scope', async () => {
    const key = await seedKey(db, tenant.user, { scopes: ['project:read'] })
    for (const field of ['organizations { totalCount }', 'memberships { level }', 'key { onlyOrganizations { name } }']) {
      const { errors } = await run(key, `{ viewer { ${field} } }`)
      expect(errors, field).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'organization_member:read' } }])
    }
  })
})

describe('the key of the viewer', () => {
  const all = 'key { mask label scopes onlyProjects { databaseId } onlyOrganizations { name } }'

  it('says its name, scopes and restrictions', async () => {
    const stored = await db.personalApiKey.findFirstOrThrow({ where: { userId: tenant.user.id } })
    expect(await read(all)).toEqual({
      key: { mask: stored.mask, label: 'test', scopes: ['*'], onlyProjects: null, onlyOrganizations: null },
    })
    const scopes = ['project:read', 'organization_member:read']
    const foreign = await seedTenant(db)
    const restriction = {
      scopedProjects: [tenant.project.id, foreign.project.id, 2_000_000_000],
      scopedOrganizations: [tenant.organization.id, foreign.organization.id],
    }
    expect(await read(all, await seedKey(db, tenant.user, { scopes, label: '', ...restriction }))).toEqual({
      key: {
        mask: expect.stringMatching(/^phx_\.\.\./),
        label: null,
        scopes: scopes.toSorted(),
        onlyProjects: [{ databaseId: tenant.project.id }],
        onlyOrganizations: [{ name: tenant.organization.name }],
      },
    })
  })

  it('says what the operation costs and what is left', async () => {
    const limited = serverOn({ db, pubSub: database.pubSub, transactionSlots: null }, { costLimitPerMinute: 1_000 })
    const ask = async (body: object) => {
      const response = await limited.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.key}`, 'x-graphql-cost': '1' },
        body: JSON.stringify(body),
      })
      return response.json()
    }
    const query = '{ viewer { key { rateLimit { limit remaining resetAt cost } } projects(first: 7) { totalCount } } }'
    const first = await ask({ query })
    const { requested, limit, remaining, resetAt } = first.extensions.cost
    expect(first.data.viewer.key.rateLimit).toEqual({ cost: requested, limit, remaining, resetAt })
    expect([limit, remaining]).toEqual([1_000, 1_000 - requested])
    expect((await ask({ query })).data.viewer.key.rateLimit.remaining).toBe(1_000 - 2 * requested)
    expect((await read('key { rateLimit { limit remaining resetAt cost } }')).key.rateLimit).toEqual({
      ...{ limit: null, remaining: null, resetAt: null },
      cost: expect.any(Number),
    })
  })
})

let made = 0
function request(projectId: number, snapshot: object = {}, data: object = {}) {
  return db.changeRequest.create({
    data: {
      ...{ projectId, actionKey: 'FEATURE_FLAG_UPDATE', resourceType: 'FEATURE_FLAG', targetKey: `create:${made++}`, operation: 'none' },
      ...{ input: {}, description: 'Update a flag', before: {}, after: {}, preconditions: {}, expiresAt: later },
      policySnapshot: {
        ...{ policyId: 1, quorum: 2, users: [tenant.user.id], roles: [], allowSelfApprove: false, conditions: {} },
        ...{ bypassMembershipLevels: [], bypassRoles: [], ...snapshot },
      },
      ...data,
    },
  })
}
const idsOf = (...requests: { id: number }[]) => requests.map(({ id }) => globalId('ChangeRequest', id))

describe('the requests that wait for the viewer', () => {
  const find = async (args = '', key = tenant.key) => {
    const { changeRequestsToDecide: list } = await read(
      `changeRequestsToDecide${args} { totalCount nodes { id viewerCanApprove viewerDecision } }`,
      key,
    )
    expect(list.totalCount).toBe(list.nodes.length)
    for (const node of list.nodes) expect(node).toMatchObject({ viewerCanApprove: true, viewerDecision: null })
    return list.nodes.map(({ id }: { id: string }) => id)
  }

  it('are those of all projects, the nearest expiry first', async () => {
    const second = await seedProject(db, tenant.organization)
    const [slow, urgent] = [await request(tenant.project.id), await request(second.id, {}, { expiresAt: soon })]
    expect(await find()).toEqual(idsOf(urgent, slow))
    expect(await find(`(projectIds: [${tenant.project.id}])`)).toEqual(idsOf(slow))
    expect(await find('(projectIds: [])')).toEqual([])
    expect(await find('', await seedKey(db, tenant.user, { scopedProjects: [second.id] }))).toEqual(idsOf(urgent))
    const answer = await run(tenant.key, '{ viewer { changeRequestsToDecide(projectIds: ["x"]) { totalCount } } }')
    expect(getErrors(answer)).toEqual([{ code: 'BAD_USER_INPUT', argument: 'projectIds' }])
  })

  it('are not those that are closed, expired, voted on, the viewer’s own, or for others', async () => {
    const { project, user } = tenant
    const colleague = await seedColleague(db, tenant)
    await request(project.id, {}, { state: 'REJECTED' })
    await request(project.id, {}, { state: 'APPROVED' })
    await request(project.id, {}, { expiresAt: time.now })
    await request(project.id, {}, { requestedById: user.id })
    await request(project.id, { users: [colleague.user.id] })
    const voted = await request(project.id)
    await db.approval.create({ data: { changeRequestId: voted.id, createdById: user.id, decision: 'APPROVED' } })
    const stranger = await seedTenant(db)
    await request(stranger.project.id)
    expect(await find()).toEqual([])
    const own = await request(project.id, { allowSelfApprove: true }, { requestedById: user.id })
    const seconded = await request(project.id, {}, { expiresAt: soon })
    await db.approval.create({ data: { changeRequestId: seconded.id, createdById: colleague.user.id, decision: 'APPROVED' } })
    expect(await find()).toEqual(idsOf(seconded, own))
  })

  it('are also those of a role, while the viewer has it', async () => {
    const role = await db.role.create({
      data: { organizationId: tenant.organization.id, name: 'Release', members: { create: { userId: tenant.user.id } } },
    })
    const ofRole = await request(tenant.project.id, { users: [], roles: [role.id] })
    expect(await find()).toEqual(idsOf(ofRole))
    await db.roleMembership.deleteMany({ where: { roleId: role.id } })
    expect(await find()).toEqual([])
  })
})

describe('the requests of the viewer', () => {
  it('are their own in all projects that the key can read, the newest first, by state', async () => {
    const { project, user } = tenant
    const second = await seedProject(db, tenant.organization)
    const old = await request(project.id, {}, { requestedById: user.id, createdAt: new Date('2026-11-01'), state: 'CANCELED' })
    const recent = await request(second.id, {}, { requestedById: user.id, createdAt: new Date('2026-11-02') })
    await request(project.id)
    const left = await seedTenant(db)
    await request(left.project.id, {}, { requestedById: user.id })
    const find = async (args = '', key = tenant.key) => {
      const { changeRequests } = await read(`changeRequests${args} { totalCount nodes { id } }`, key)
      expect(changeRequests.totalCount).toBe(changeRequests.nodes.length)
      return changeRequests.nodes.map(({ id }: { id: string }) => id)
    }
    expect(await find()).toEqual(idsOf(recent, old))
    expect(await find('(states: [CANCELED])')).toEqual(idsOf(old))
    expect(await find('(states: [])')).toEqual([])
    expect(await find('', await seedKey(db, user, { scopedProjects: [project.id] }))).toEqual(idsOf(old))
  })
})

describe('the experiments of the viewer', () => {
  it('are those of all projects that the key can read, filtered and ordered', async () => {
    const second = await seedProject(db, tenant.organization)
    const flag = await seedFlag(db, tenant.project)
    const draft = await seedExperiment(db, flag, { name: 'Blue', createdAt: new Date('2026-11-01') })
    const running = await seedExperiment(db, await seedFlag(db, second), {
      ...{ name: 'green', createdAt: new Date('2026-11-02'), startDate: new Date('2026-11-03') },
    })
    await seedExperiment(db, flag, { archived: true, startDate: new Date('2026-11-03'), endDate: new Date('2026-11-04') })
    await seedExperiment(db, flag, { deleted: true })
    const stranger = await seedTenant(db)
    await seedExperiment(db, await seedFlag(db, stranger.project))
    const find = async (args = '', key = tenant.key) => {
      const { experiments } = await read(`experiments${args} { totalCount nodes { id name status } }`, key)
      expect(experiments.totalCount).toBe(experiments.nodes.length)
      return experiments.nodes.map(({ id }: { id: string }) => id)
    }
    const ids = (...experiments: { id: number }[]) => experiments.map(({ id }) => globalId('Experiment', id))
    expect(await find()).toEqual(ids(running, draft))
    expect(await find('(statuses: [DRAFT])')).toEqual(ids(draft))
    expect(await find('(statuses: [DRAFT, RUNNING, PAUSED])')).toEqual(ids(running, draft))
    expect(await find('(statuses: [])')).toEqual([])
    expect(await find('(search: "BLU")')).toEqual(ids(draft))
    expect(await find(`(projectIds: [${second.id}])`)).toEqual(ids(running))
    expect(await find('(orderBy: { field: NAME, direction: ASC })')).toEqual(ids(draft, running))
    expect(await find('', await seedKey(db, tenant.user, { scopedProjects: [second.id] }))).toEqual(ids(running))
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    for (const [field, scope] of [
      ['experiments', 'experiment:read'],
      ['changeRequests', 'approvals:read'],
      ['changeRequestsToDecide', 'approvals:read'],
    ]) {
      const { errors } = await run(key, `{ viewer { ${field} { totalCount } } }`)
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: scope } }])
    }
  })
})

it('takes as many statements for 50 rows of each list as for one', async () => {
  const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
  for (let n = 0; n < 50; n++) {
    const organization = await seedOrganization(db)
    await join(organization)
    const project = await seedProject(db, organization)
    await seedExperiment(db, await seedFlag(db, project))
    await request(project.id)
    await request(project.id, {}, { requestedById: tenant.user.id })
  }
  const measure = (first: number) => {
    const selection = `organizations(first: ${first}) { nodes { name } }
      experiments(first: ${first}) { nodes { name status createdBy { email } } }
      changeRequests(first: ${first}) { nodes { description project { name } } }
      changeRequestsToDecide(first: ${first}) { totalCount nodes { description project { name } viewerDecision } }`
    return countStatements(() => read(selection, key))
  }
  // The longer lists are of the same projects, which one statement reads.
  expect(await measure(50), statements.join('\n')).toBeLessThanOrEqual(await measure(2))
})
