import { beforeEach, describe, expect, it } from 'vitest'
import { getErrors } from '../../../support/lists.ts'
import { seedFlag, seedKey, seedOrganization, seedProject, seedUser } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, statements, time, countStatements } = await testServer()

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

const ask = (selection: string, { key = tenant.key, id = globalId('Organization', tenant.organization.id), variables = {} } = {}) =>
  run(key, `query ($id: ID!) { organization(id: $id) { ${selection} } }`, { id, ...variables })
async function read(selection: string, options: Parameters<typeof ask>[1] = {}) {
  const { data, errors } = await ask(selection, options)
  expect(errors).toBeUndefined()
  return data.organization
}
const memberId = (organization: { id: string }, user: { id: number }) => globalId('OrganizationMember', `${organization.id}:${user.id}`)
const day = (n: number) => new Date(Date.UTC(2026, 9, n))
const join = (organization: { id: string }, user: { id: number }, n: number, level = 1) =>
  db.organizationMembership.upsert({
    where: { organizationId_userId: { organizationId: organization.id, userId: user.id } },
    create: { organizationId: organization.id, userId: user.id, level, createdAt: day(n) },
    update: { level, createdAt: day(n) },
  })
const roleOf = (organization: { id: string }, name: string, ...members: { id: number }[]) =>
  db.role.create({ data: { organizationId: organization.id, name, members: { create: members.map(({ id }) => ({ userId: id })) } } })
const addScopes = (scopes: string[], more: object = {}) => seedKey(db, tenant.user, { scopes, ...more })

describe('an organization', () => {
  it('is found by its global id and by its UUID, as its own and that of its projects', async () => {
    const { organization, project, user } = tenant
    await join(organization, user, 1, 8)
    const expected = { id: globalId('Organization', organization.id), name: organization.name, viewerLevel: 'ADMIN' }
    for (const id of [expected.id, organization.id, organization.id.toUpperCase()]) {
      expect(await read('id name viewerLevel', { id })).toEqual(expected)
    }
    const { data } = await run(
      tenant.key,
      `query ($id: ID!) { node(id: $id) { ... on Organization { name } } project(id: ${project.id}) { organization { id name viewerLevel } } }`,
      { id: expected.id },
    )
    expect(data).toEqual({ node: { name: organization.name }, project: { organization: expected } })
  })

  it('of somebody else, and one that is missing, are not found', async () => {
    const stranger = await seedTenant(db)
    for (const id of [globalId('Organization', stranger.organization.id), '00000000-0000-4000-8000-00000000abcd']) {
      expect(getErrors(await ask('name', { id }))).toEqual([{ code: 'NOT_FOUND', argument: undefined }])
    }
    const { data } = await run(tenant.key, 'query ($id: ID!) { node(id: $id) { id } }', {
      id: globalId('Organization', stranger.organization.id),
    })
    expect(data.node).toBeNull()
    for (const id of ['1', 'nonsense', globalId('Project', 1), globalId('Organization', '1')]) {
      expect(getErrors(await ask('name', { id }))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'id' }])
    }
  })

  it('is seen with a key that is restricted to its projects or to it, and not with one for others', async () => {
    const other = await seedOrganization(db)
    await join(other, tenant.user, 1)
    const elsewhere = await seedProject(db, other)
    const sees = async (restriction: object) => (await ask('name', { key: await addScopes(['*'], restriction) })).data.organization !== null
    expect(await sees({ scopedProjects: [tenant.project.id] })).toBe(true)
    expect(await sees({ scopedOrganizations: [tenant.organization.id] })).toBe(true)
    expect(await sees({ scopedProjects: [elsewhere.id] })).toBe(false)
    expect(await sees({ scopedOrganizations: [other.id] })).toBe(false)
    await db.organization.update({ where: { id: tenant.organization.id }, data: { membersCanUsePersonalApiKeys: false } })
    expect(await sees({})).toBe(false)
  })

  it('needs its scope, also as that of a project, a role and a member', async () => {
    const key = await addScopes(['project:write', 'feature_flag:write', 'activity_log:read'])
    const forbidden = [{ extensions: { code: 'FORBIDDEN', requiredScope: 'organization_member:read' } }]
    expect((await ask('name', { key })).errors).toMatchObject(forbidden)
    const role = await roleOf(tenant.organization, 'Release')
    for (const [typename, id, selection] of [
      ['Project', tenant.project.id, 'organization { name }'],
      ['Role', role.id, 'organization { name }'],
      ['Role', role.id, 'members { totalCount }'],
      ['Role', role.id, 'memberCount'],
      ['OrganizationMember', `${tenant.organization.id}:${tenant.user.id}`, 'level'],
    ] as const) {
      const { errors } = await run(key, `query ($id: ID!) { node(id: $id) { ... on ${typename} { ${selection} } } }`, {
        id: globalId(typename, id),
      })
      expect(errors, selection).toMatchObject(forbidden)
    }
    const { data } = await run(key, 'query ($id: ID!) { node(id: $id) { ... on Role { name } } }', { id: globalId('Role', role.id) })
    expect(data.node).toEqual({ name: 'Release' })
  })
})

describe('projects', () => {
  it('are those that the key can read, by name, and found by a part of it', async () => {
    const { organization, project } = tenant
    await db.project.update({ where: { id: project.id }, data: { name: 'beta' } })
    const alpha = await seedProject(db, organization, { name: 'Alpha_1' })
    const gamma = await seedProject(db, organization, { name: 'Gamma' })
    await seedProject(db, await seedOrganization(db))
    const names = async (args: string, key = tenant.key) => {
      const { projects } = await read(`projects${args} { totalCount nodes { name } }`, { key })
      expect(projects.totalCount).toBe(projects.nodes.length)
      return projects.nodes.map(({ name }: { name: string }) => name)
    }
    expect(await names('')).toEqual(['Alpha_1', 'Gamma', 'beta'])
    expect(await names('(search: "A_")')).toEqual(['Alpha_1'])
    expect(await names('(search: "")')).toEqual(['Alpha_1', 'Gamma', 'beta'])
    const key = await addScopes(['*'], { scopedProjects: [alpha.id, gamma.id] })
    expect(await names('', key)).toEqual(['Alpha_1', 'Gamma'])
    const page = await read('projects(first: 1) { pageInfo { endCursor hasNextPage } }')
    const { endCursor } = page.projects.pageInfo
    expect((await read(`projects(first: 5, after: "${endCursor}") { nodes { name } }`)).projects.nodes).toEqual([
      { name: 'Gamma' },
      { name: 'beta' },
    ])
  })
})

describe('members', () => {
  it('joined last first; each with level, roles of this organization, and time', async () => {
    const { organization, user } = tenant
    const other = await seedOrganization(db)
    const ada = await seedUser(db, organization, { firstName: 'Ada' })
    await join(organization, user, 1, 15)
    await join(organization, ada, 2)
    await join(other, ada, 3)
    await seedUser(db, other)
    const [b, a] = [await roleOf(organization, 'B', ada), await roleOf(organization, 'A', ada)]
    await roleOf(other, 'Elsewhere', ada)
    const { members } = await read('members { totalCount nodes { id level joinedAt user { id firstName } roles { id name } } }')
    expect(members).toEqual({
      totalCount: 2,
      nodes: [
        {
          id: memberId(organization, ada),
          level: 'MEMBER',
          joinedAt: day(2).toISOString(),
          user: { id: globalId('User', ada.id), firstName: 'Ada' },
          roles: [a, b].map(({ id, name }) => ({ id: globalId('Role', id), name })),
        },
        expect.objectContaining({ level: 'OWNER', roles: [] }),
      ],
    })
    const { data } = await run(
      tenant.key,
      'query ($id: ID!) { node(id: $id) { ... on OrganizationMember { level user { firstName } } } }',
      {
        id: memberId(organization, ada),
      },
    )
    expect(data.node).toEqual({ level: 'MEMBER', user: { firstName: 'Ada' } })
  })

  it('are filtered by name or address, level and role, and by all at once', async () => {
    const { organization, user } = tenant
    await join(organization, user, 1)
    const ada = await seedUser(db, organization, { firstName: 'Ada', email: `lovelace-${user.id}@example.org`, level: 8 })
    const bob = await seedUser(db, organization, { firstName: 'Bob', level: 15 })
    for (const [n, person] of [ada, bob].entries()) await join(organization, person, n + 2, n === 0 ? 8 : 15)
    const role = await roleOf(organization, 'Release', bob, user)
    const other = await seedOrganization(db)
    const foreign = await roleOf(other, 'Theirs', ada)
    const find = async (args: string) =>
      (await read(`members(${args}) { nodes { user { databaseId } } }`)).members.nodes.map(
        (member: { user: { databaseId: number } }) => member.user.databaseId,
      )
    expect(await find('search: "LOVELACE"')).toEqual([ada.id])
    expect(await find('search: "bo"')).toEqual([bob.id])
    expect(await find('levels: [ADMIN, OWNER]')).toEqual([bob.id, ada.id])
    expect(await find('levels: []')).toEqual([])
    expect(await find(`roleId: "${role.id}"`)).toEqual([bob.id, user.id])
    expect(await find(`roleId: "${globalId('Role', role.id)}", levels: [OWNER], search: "Bob"`)).toEqual([bob.id])
    expect(await find(`roleId: "${globalId('Role', role.id)}", levels: [OWNER], search: "Ada"`)).toEqual([])
    // Of another organization: it tells nothing about who is in it.
    expect(await find(`roleId: "${foreign.id}"`)).toEqual([])
    expect(await find('roleId: "00000000-0000-4000-8000-000000000000"')).toEqual([])
  })

  it('of others are not read by id', async () => {
    const stranger = await seedTenant(db)
    const ids = [
      memberId(stranger.organization, stranger.user),
      memberId(tenant.organization, stranger.user),
      globalId('OrganizationMember', `${tenant.organization.id}:9999999999`),
      globalId('OrganizationMember', `${tenant.organization.id}:01`),
      globalId('OrganizationMember', tenant.organization.id),
      memberId(tenant.organization, tenant.user),
    ]
    const { data, errors } = await run(tenant.key, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
    expect(data.nodes).toEqual([null, null, null, null, null, { id: ids[5] }])
    expect(getErrors({ data, errors: errors ?? [] })).toEqual([
      { code: 'BAD_USER_INPUT', argument: 'ids' },
      { code: 'BAD_USER_INPUT', argument: 'ids' },
    ])
  })
})

describe('roles', () => {
  it('are listed by name, with the members of their own organization', async () => {
    const { organization, user } = tenant
    const ada = await seedUser(db, organization)
    const gone = await seedUser(db, await seedOrganization(db))
    await join(organization, user, 1)
    await join(organization, ada, 2)
    await roleOf(organization, 'release', ada, user, gone)
    await roleOf(organization, 'On call')
    await roleOf(await seedOrganization(db), 'Theirs', ada)
    const { roles } = await read(
      'roles { totalCount nodes { name memberCount organization { name } members(first: 1) { totalCount nodes { id } } } }',
    )
    const mine = { organization: { name: organization.name } }
    expect(roles).toEqual({
      totalCount: 2,
      nodes: [
        { ...mine, name: 'On call', memberCount: 0, members: { totalCount: 0, nodes: [] } },
        { ...mine, name: 'release', memberCount: 2, members: { totalCount: 2, nodes: [{ id: memberId(organization, ada) }] } },
      ],
    })
    expect((await read('roles(search: "CALL") { nodes { name } }')).roles.nodes).toEqual([{ name: 'On call' }])
    const page = await read('roles(first: 1) { pageInfo { endCursor } }')
    const rest = await read(
      `roles(first: 1, after: "${page.roles.pageInfo.endCursor}") { nodes { name } pageInfo { hasPreviousPage hasNextPage } }`,
    )
    expect(rest.roles).toEqual({ nodes: [{ name: 'release' }], pageInfo: { hasPreviousPage: true, hasNextPage: false } })
  })

  it('take no cursor whose id is of another kind', async () => {
    await roleOf(tenant.organization, 'Release')
    const cursor = (id: unknown) => Buffer.from(JSON.stringify(['roles by NAME ASC', 'A', id, null])).toString('base64url')
    for (const id of [1, 'x', "x'::uuid", null]) {
      expect(getErrors(await ask(`roles(after: "${cursor(id)}") { totalCount }`))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
    }
  })
})

describe('the keys of flags', () => {
  it('are each there once, with the flags of all projects that have them', async () => {
    const { organization, project } = tenant
    const second = await seedProject(db, organization)
    const shared = [await seedFlag(db, project, { key: 'shared' }), await seedFlag(db, second, { key: 'shared' })] as const
    await seedFlag(db, second, { key: 'Only-here', active: false, archived: true })
    await seedFlag(db, project, { key: 'gone', deleted: true })
    await seedFlag(db, await seedProject(db, await seedOrganization(db)), { key: 'theirs' })
    const find = async (args = '', key = tenant.key) => {
      const { featureFlagKeys } = await read(`featureFlagKeys${args} { totalCount nodes { key flags { id } } }`, { key })
      expect(featureFlagKeys.totalCount).toBe(featureFlagKeys.nodes.length)
      return featureFlagKeys.nodes.map(({ key: name, flags }: { key: string; flags: object[] }) => [name, flags.length])
    }
    expect(await find()).toEqual([
      ['Only-here', 1],
      ['shared', 2],
    ])
    expect(await find('(search: "HARE")')).toEqual([['shared', 2]])
    expect(await find(`(projectIds: [${second.id}])`)).toEqual([
      ['Only-here', 1],
      ['shared', 2],
    ])
    expect(await find('(projectIds: [])')).toEqual([])
    expect(await find(`(projectIds: ["${globalId('Project', project.id)}"])`)).toEqual([['shared', 2]])
    const key = await addScopes(['*'], { scopedProjects: [project.id] })
    expect(await find('', key)).toEqual([['shared', 1]])
    const { featureFlagKeys } = await read('featureFlagKeys(search: "shared") { nodes { flags { id key } } }')
    expect(featureFlagKeys.nodes[0].flags).toEqual(shared.map(({ id }) => ({ id: globalId('FeatureFlag', id), key: 'shared' })))
    const page = await read('featureFlagKeys(first: 1) { pageInfo { endCursor } }')
    const rest = await read(`featureFlagKeys(after: "${page.featureFlagKeys.pageInfo.endCursor}") { nodes { key } }`)
    expect(rest.featureFlagKeys.nodes).toEqual([{ key: 'shared' }])
  })

  it('need the scope of flags', async () => {
    const key = await addScopes(['organization_member:read'])
    expect((await ask('featureFlagKeys { totalCount }', { key })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', requiredScope: 'feature_flag:read' } },
    ])
  })
})

describe('the trail', () => {
  const entry = (projectId: number | null, n: number) =>
    db.activity.create({
      data: {
        projectId,
        organizationId: tenant.organization.id,
        activity: 'updateFeatureFlag',
        before: {},
        after: {},
        createdAt: day(n),
      },
    })

  it('is that of the organization and of its projects that the key can read', async () => {
    const { organization, project } = tenant
    const other = await seedProject(db, organization)
    const [mine, whole, theirs] = [await entry(project.id, 1), await entry(null, 2), await entry(other.id, 3)]
    const moved = await seedProject(db, await seedOrganization(db))
    await entry(moved.id, 4)
    const find = async (args = '', key = tenant.key) => {
      const { activity } = await read(`activity${args} { totalCount nodes { id project { databaseId } organization { name } } }`, { key })
      expect(activity.totalCount).toBe(activity.nodes.length)
      return activity.nodes.map(({ id }: { id: string }) => id)
    }
    const ids = (...entries: { id: number }[]) => entries.map(({ id }) => globalId('ActivityEntry', id))
    expect(await find()).toEqual(ids(theirs, whole, mine))
    expect(await find(`(projectIds: [${other.id}, ${moved.id}])`)).toEqual(ids(theirs))
    expect(await find(`(projectIds: [${other.id}], until: "${day(3).toISOString()}")`)).toEqual([])
    expect(await find('(projectIds: [])')).toEqual([])
    expect(await find('', await addScopes(['*'], { scopedProjects: [project.id] }))).toEqual(ids(mine))
    expect((await ask('activity { totalCount }', { key: await addScopes(['organization_member:read']) })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', requiredScope: 'activity_log:read' } },
    ])
  })
})

it.each([
  ['projects(search: "\\u0000")', 'search'],
  [`projects(search: "${'a'.repeat(401)}")`, 'search'],
  ['members(roleId: "1")', 'roleId'],
  [`members(levels: [${Array(21).fill('OWNER')}])`, 'levels'],
  ['roles(first: 101)', 'first'],
  ['featureFlagKeys(projectIds: ["x"])', 'projectIds'],
  [`featureFlagKeys(projectIds: [${Array(101).fill('1')}])`, 'projectIds'],
  ['activity(projectIds: ["x"])', 'projectIds'],
])('names a wrong argument: %s', async (field, argument) => {
  expect(getErrors(await ask(`${field} { totalCount }`))).toEqual([{ code: 'BAD_USER_INPUT', argument }])
})

it('takes as many statements for 50 members, roles, projects and keys as for one', async () => {
  const { organization, user } = tenant
  const key = await seedKey(db, user, { lastUsedAt: time.now })
  for (let n = 0; n < 50; n++) {
    const person = await seedUser(db, organization)
    await roleOf(organization, `Role ${n}`, person, user)
    const project = await seedProject(db, organization)
    await seedFlag(db, project, { key: `key-${n}` })
    await seedFlag(db, tenant.project, { key: `key-${n}` })
  }
  const measure = (first: number) => {
    const selection = `projects(first: ${first}) { nodes { name organization { name } } }
      members(first: ${first}) { nodes { level user { email } roles { name organization { name } } } }
      roles(first: ${first}) { nodes { name memberCount organization { name } members(first: 2) { totalCount nodes { user { email } } } } }
      featureFlagKeys(first: ${first}) { nodes { key flags { key projectId } } }`
    return countStatements(() => read(selection, { key }))
  }
  expect(await measure(50), statements.join('\n')).toBe(await measure(2))
})
