import { beforeAll, describe, expect, it } from 'vitest'
import { hashApiKey } from '../../src/auth/apiKey.ts'
import { recordKeyUsage } from '../../src/auth/authenticate.ts'
import type { Viewer } from '../../src/auth/viewer.ts'
import type { FeatureFlag, Organization, Project, User } from '../../src/database/generated/client.ts'
import { seedExperiment, seedFlag, seedKey, seedOrganization, seedProject, seedUser } from '../support/seed.ts'
import { type Answer, globalId, type TestServer, testServer } from '../support/testServer.ts'

let tested: TestServer
let db: TestServer['db']
let run: TestServer['run']

/** A member of `ours` with a key to everything; `second` is another project of theirs, `foreign` one of other people. */
let ours: Organization
let project: Project
let second: Project
let member: User
let key: string
let foreignOrganization: Organization
let foreign: Project

beforeAll(async () => {
  tested = await testServer()
  db = tested.db
  run = tested.run
  ours = await seedOrganization(db)
  project = await seedProject(db, ours)
  second = await seedProject(db, ours)
  member = await seedUser(db, ours)
  key = await seedKey(db, member)
  foreignOrganization = await seedOrganization(db)
  foreign = await seedProject(db, foreignOrganization)
})

/** No row of these tests gets so far. */
const missing = 2_000_000_000

/** Every question about a project by its number, with what it needs. */
const projectQuestions = [
  ['eligibleFeatureFlags', 'feature_flag:read', '{ totalCount nodes { id } }'],
  ['experiments', 'experiment:read', '{ totalCount nodes { id } }'],
  ['stats', 'experiment:read', '{ activeExperiments }'],
  ['promptTemplates', 'experiment:read', '{ key }'],
  ['requiresFlagImplementation', 'experiment:read', '{ required }'],
] as const

const flagsOf = (id: number | string) => `{ eligibleFeatureFlags(projectId: "${id}") { totalCount } }`

function refusal(code: string, message: string, more: object = {}) {
  return expect.objectContaining({ message, extensions: { code, ...more } })
}

async function expectRefusal(answer: Promise<Answer>, field: string, code: string, message: string, more: object = {}): Promise<void> {
  const { data, errors } = await answer
  expect(data).toEqual({ [field]: null })
  expect(errors).toEqual([refusal(code, message, more)])
}

describe('who is asking', () => {
  it('is nobody without credentials', async () => {
    const message = 'Authentication credentials were not provided.'
    await expectRefusal(run(null, '{ viewer { scopes } }'), 'viewer', 'UNAUTHENTICATED', message)
    await expectRefusal(run(null, flagsOf(project.id)), 'eligibleFeatureFlags', 'UNAUTHENTICATED', message)
  })

  it('is nobody with a key that does not exist', async () => {
    const message = 'Personal API key found in request Authorization header is invalid.'
    await expectRefusal(run('phx_nothing', '{ viewer { scopes } }'), 'viewer', 'UNAUTHENTICATED', message)
    await expectRefusal(run(`${key}x`, flagsOf(project.id)), 'eligibleFeatureFlags', 'UNAUTHENTICATED', message)
  })

  it('is nobody with what is stored of a key', async () => {
    const { secureValue } = await db.personalApiKey.findFirstOrThrow({ where: { userId: member.id } })
    expect((await run(secureValue, '{ viewer { scopes } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })

  it('is nobody with the key of a person who was deactivated', async () => {
    const person = await seedUser(db, ours)
    const theirs = await seedKey(db, person)
    expect((await run(theirs, '{ viewer { user { databaseId } } }')).data).toEqual({ viewer: { user: { databaseId: person.id } } })

    await db.user.update({ where: { id: person.id }, data: { isActive: false } })
    const message = 'Personal API key found in request Authorization header is invalid.'
    await expectRefusal(run(theirs, '{ viewer { user { databaseId } } }'), 'viewer', 'UNAUTHENTICATED', message)
  })

  it('is read from the header alone, not by the query string or the body', async () => {
    const json = { 'content-type': 'application/json' }
    const query = '{ viewer { scopes } }'
    const asked = [
      tested.server.fetch(`http://localhost/graphql?personal_api_key=${key}`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ query }),
      }),
      tested.server.fetch(`http://localhost/graphql?query=${encodeURIComponent(query)}&personal_api_key=${key}`),
      tested.server.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ query, personal_api_key: key }),
      }),
      tested.server.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ query, extensions: { personal_api_key: key }, variables: { personal_api_key: key } }),
      }),
    ]
    for (const response of await Promise.all(asked)) {
      const { data, errors } = (await response.json()) as Answer
      expect(data?.viewer ?? null).toBeNull()
      expect(['UNAUTHENTICATED', 'BAD_USER_INPUT']).toContain(errors?.[0]?.extensions.code)
    }
  })

  it('is read from a header with extra blanks', async () => {
    const response = await tested.server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `bearer    ${key}  ` },
      body: JSON.stringify({ query: '{ viewer { scopes } }' }),
    })
    expect(await response.json()).toEqual({ data: { viewer: { scopes: ['*'] } } })
  })
})

describe('the scopes of a key', () => {
  it.each(projectQuestions)('reject %s without %s, and name it', async (field, requiredScope, selection) => {
    const other = requiredScope === 'experiment:read' ? 'feature_flag:write' : 'experiment:write'
    const narrow = await seedKey(db, member, { scopes: [other] })
    const message = `API key missing required scope '${requiredScope}'`
    await expectRefusal(run(narrow, `{ ${field}(projectId: ${project.id}) ${selection} }`), field, 'FORBIDDEN', message, { requiredScope })
  })

  it.each(projectQuestions)('let %s be asked with %s alone', async (field, requiredScope, selection) => {
    const narrow = await seedKey(db, member, { scopes: [requiredScope] })
    const { data, errors } = await run(narrow, `{ ${field}(projectId: ${project.id}) ${selection} }`)
    expect(errors).toBeUndefined()
    expect(data[field]).not.toBeNull()
  })

  it.each(projectQuestions)('let %s be asked with the scope to write, which implies %s', async (field, requiredScope, selection) => {
    const narrow = await seedKey(db, member, { scopes: [requiredScope.replace(':read', ':write')] })
    const { data, errors } = await run(narrow, `{ ${field}(projectId: ${project.id}) ${selection} }`)
    expect(errors).toBeUndefined()
    expect(data[field]).not.toBeNull()
  })

  it('can be none: then only the viewer and the projects themselves can be read', async () => {
    const none = await seedKey(db, member, { scopes: [] })
    const { data, errors } = await run(
      none,
      `{ viewer { scopes } project(id: ${project.id}) { name experimentStats { percentChange } } experiments(projectId: ${project.id}) { totalCount } }`,
    )
    expect(data).toEqual({ viewer: { scopes: [] }, project: { name: project.name, experimentStats: null }, experiments: null })
    expect(errors).toHaveLength(2)
    for (const error of errors ?? []) expect(error.extensions).toEqual({ code: 'FORBIDDEN', requiredScope: 'experiment:read' })
  })

  it('are asked of each field by itself: its neighbours stand', async () => {
    const narrow = await seedKey(db, member, { scopes: ['experiment:read'] })
    const { data, errors } = await run(
      narrow,
      `query ($id: ID!) {
        first: stats(projectId: $id) { activeExperiments }
        eligibleFeatureFlags(projectId: $id) { totalCount }
        again: eligibleFeatureFlags(projectId: $id, first: 1) { nodes { key } }
        experiments(projectId: $id) { totalCount }
        missing: stats(projectId: ${missing}) { activeExperiments }
        project(id: $id) {
          databaseId
          experiments { totalCount }
          eligibleFeatureFlags { totalCount }
          experimentStats { percentChange }
          inverse: eligibleFeatureFlags(active: false) { totalCount }
        }
        last: promptTemplates(projectId: $id) { key }
      }`,
      { id: String(project.id) },
    )
    expect(data).toEqual({
      first: { activeExperiments: 0 },
      eligibleFeatureFlags: null,
      again: null,
      experiments: { totalCount: 0 },
      missing: null,
      project: {
        databaseId: project.id,
        experiments: { totalCount: 0 },
        eligibleFeatureFlags: null,
        experimentStats: { percentChange: 0 },
        inverse: null,
      },
      last: [{ key: expect.any(String) }, { key: expect.any(String) }, { key: expect.any(String) }],
    })
    const found = new Map(errors?.map(({ path, extensions }) => [path?.join('.'), extensions]))
    const forbidden = { code: 'FORBIDDEN', requiredScope: 'feature_flag:read' }
    expect(found).toEqual(
      new Map<string, object>([
        ['eligibleFeatureFlags', forbidden],
        ['again', forbidden],
        ['missing', { code: 'NOT_FOUND' }],
        ['project.eligibleFeatureFlags', forbidden],
        ['project.inverse', forbidden],
      ]),
    )
  })

  it("are asked of an experiment's flag, too", async () => {
    const home = await seedProject(db, ours)
    await seedExperiment(db, await seedFlag(db, home), { name: 'Mine' })
    const narrow = await seedKey(db, member, { scopes: ['experiment:read'] })
    const { data, errors } = await run(
      narrow,
      `{ names: experiments(projectId: ${home.id}) { nodes { name } } flags: experiments(projectId: ${home.id}) { nodes { featureFlag { key } } } }`,
    )
    expect(data).toEqual({ names: { nodes: [{ name: 'Mine' }] }, flags: null })
    expect(errors).toEqual([
      refusal('FORBIDDEN', "API key missing required scope 'feature_flag:read'", { requiredScope: 'feature_flag:read' }),
    ])
  })
})

describe('what a key is restricted to', () => {
  it('rejects another project by name of its number, and asks this before the scope', async () => {
    for (const scopes of [['*'], ['llm_prompt:read'], []]) {
      const narrow = await seedKey(db, member, { scopes, scopedProjects: [project.id] })
      const message = `API key does not have access to the requested project: ID ${second.id}.`
      for (const [field, , selection] of projectQuestions) {
        await expectRefusal(run(narrow, `{ ${field}(projectId: ${second.id}) ${selection} }`), field, 'FORBIDDEN', message)
      }
      await expectRefusal(run(narrow, `{ project(id: ${second.id}) { name } }`), 'project', 'FORBIDDEN', message)
    }
  })

  it('lets its own project be read, and no other be found', async () => {
    const narrow = await seedKey(db, member, { scopedProjects: [project.id] })
    const id = globalId('Project', second.id)
    const { data, errors } = await run(
      narrow,
      `{ project(id: ${project.id}) { name } viewer { projects { totalCount nodes { databaseId } } } node(id: "${id}") { id } }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      project: { name: project.name },
      viewer: { projects: { totalCount: 1, nodes: [{ databaseId: project.id }] } },
      node: null,
    })
  })

  it('rejects another organization by name of its id, and asks this before the scope', async () => {
    const both = await seedUser(db, ours)
    await db.organizationMembership.create({ data: { userId: both.id, organizationId: foreignOrganization.id } })
    for (const scopes of [['*'], []]) {
      const narrow = await seedKey(db, both, { scopes, scopedOrganizations: [foreignOrganization.id] })
      const message = `API key does not have access to the requested organization: ID ${ours.id}.`
      await expectRefusal(run(narrow, flagsOf(project.id)), 'eligibleFeatureFlags', 'FORBIDDEN', message)
      await expectRefusal(run(narrow, `{ project(id: ${project.id}) { name } }`), 'project', 'FORBIDDEN', message)
    }
    const narrow = await seedKey(db, both, { scopedOrganizations: [foreignOrganization.id] })
    const { data, errors } = await run(
      narrow,
      `{ project(id: ${foreign.id}) { name } viewer { projects { nodes { databaseId } } } node(id: "${globalId('Project', project.id)}") { id } }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({ project: { name: foreign.name }, viewer: { projects: { nodes: [{ databaseId: foreign.id }] } }, node: null })
  })

  it('names the project where both are wrong', async () => {
    const both = await seedUser(db, ours)
    await db.organizationMembership.create({ data: { userId: both.id, organizationId: foreignOrganization.id } })
    const narrow = await seedKey(db, both, { scopedProjects: [foreign.id], scopedOrganizations: [foreignOrganization.id] })
    const message = `API key does not have access to the requested project: ID ${project.id}.`
    await expectRefusal(run(narrow, flagsOf(project.id)), 'eligibleFeatureFlags', 'FORBIDDEN', message)
  })

  it('gives nothing that the person has not: a restriction to a foreign organization opens it to nobody', async () => {
    const greedy = await seedKey(db, member, { scopedProjects: [foreign.id], scopedOrganizations: [foreignOrganization.id] })
    await expectRefusal(run(greedy, flagsOf(foreign.id)), 'eligibleFeatureFlags', 'NOT_FOUND', 'Project not found.')
    const { data } = await run(greedy, `{ viewer { projects { totalCount } } node(id: "${globalId('Project', foreign.id)}") { id } }`)
    expect(data).toEqual({ viewer: { projects: { totalCount: 0 } }, node: null })
  })

  it('hides the people it does not lead to', async () => {
    const person = await seedUser(db, ours)
    await db.organizationMembership.create({ data: { userId: person.id, organizationId: foreignOrganization.id } })
    const colleague = await seedUser(db, ours)
    const foreigner = await seedUser(db, foreignOrganization)
    const people = `{ nodes(ids: ["${globalId('User', person.id)}", "${globalId('User', colleague.id)}", "${globalId('User', foreigner.id)}"]) { ... on User { databaseId } } }`
    const seen = async (restriction: object) => (await run(await seedKey(db, person, restriction), people)).data.nodes

    const everybody = [{ databaseId: person.id }, { databaseId: colleague.id }, { databaseId: foreigner.id }]
    expect(await seen({})).toEqual(everybody)
    expect(await seen({ scopedOrganizations: [ours.id] })).toEqual([everybody[0], everybody[1], null])
    expect(await seen({ scopedProjects: [foreign.id] })).toEqual([everybody[0], null, everybody[2]])
  })
})

describe("an organization that forbids its members' keys", () => {
  it.each([
    ['a member', 1, false],
    ['an admin', 8, true],
    ['an owner', 15, true],
  ])('answers %s accordingly', async (_who, level, allowed) => {
    const closed = await seedOrganization(db, { membersCanUsePersonalApiKeys: false })
    const home = await seedProject(db, closed)
    const flag = await seedFlag(db, home)
    const person = await seedUser(db, closed, { level })
    const theirs = await seedKey(db, person)

    if (allowed) {
      expect((await run(theirs, flagsOf(home.id))).data).toEqual({ eligibleFeatureFlags: { totalCount: 1 } })
    } else {
      const message =
        `Organization '${closed.name}' does not allow using personal API keys. ` +
        'Contact an admin to enable personal API keys for this organization.'
      await expectRefusal(run(theirs, flagsOf(home.id)), 'eligibleFeatureFlags', 'FORBIDDEN', message)
      await expectRefusal(run(theirs, `{ project(id: ${home.id}) { name } }`), 'project', 'FORBIDDEN', message)
      // Before the scope.
      const none = await seedKey(db, person, { scopes: [] })
      await expectRefusal(run(none, flagsOf(home.id)), 'eligibleFeatureFlags', 'FORBIDDEN', message)
    }
    const { data } = await run(
      theirs,
      `{ viewer { user { databaseId } projects { totalCount } } nodes(ids: ["${globalId('Project', home.id)}", "${globalId('FeatureFlag', flag.id)}"]) { id } }`,
    )
    expect(data.viewer).toEqual({ user: { databaseId: person.id }, projects: { totalCount: allowed ? 1 : 0 } })
    expect(data.nodes.map((node: unknown) => node !== null)).toEqual([allowed, allowed])
  })

  it('lets its members use their keys elsewhere', async () => {
    const closed = await seedOrganization(db, { membersCanUsePersonalApiKeys: false })
    await seedProject(db, closed)
    const person = await seedUser(db, closed)
    await db.organizationMembership.create({ data: { userId: person.id, organizationId: ours.id } })
    const { data, errors } = await run(await seedKey(db, person), flagsOf(project.id))
    expect(errors).toBeUndefined()
    expect(data.eligibleFeatureFlags).not.toBeNull()
  })
})

describe('what the viewer may not see', () => {
  /** Their numbers look like nothing else in an answer, and are as long as the missing one. */
  const hidden = 1_765_432_109
  let flag: FeatureFlag
  beforeAll(async () => {
    await seedProject(db, foreignOrganization, { id: hidden })
    flag = await seedFlag(db, { id: hidden }, { id: hidden })
    await seedExperiment(db, flag, { id: hidden })
    await seedExperiment(db, await seedFlag(db, project), { id: hidden + 1, deleted: true })
    const memberships = { create: { organizationId: foreignOrganization.id } }
    await db.user.create({ data: { id: hidden, email: 'hidden@example.com', memberships } })
    await seedFlag(db, { id: hidden }, { createdById: hidden })
    await db.action.create({ data: { id: hidden, projectId: hidden, name: 'Theirs', steps: [{ event: 'x' }] } })
  })

  /** The whole answer, with its status, and without the number that was asked for. */
  async function whole(token: string, query: string, id: number, type?: string): Promise<string> {
    const variables = { id: type === undefined ? String(id) : globalId(type, id), project: project.id }
    const response = await tested.server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: `query ($id: ID!${query.includes('$project') ? ', $project: ID!' : ''}) { ${query} }`, variables }),
    })
    return `${response.status} ${await response.text()}`.replaceAll(String(id), '<id>')
  }

  describe.each([
    ['every scope', () => ({ scopes: ['*'] })],
    ['no scope for it', () => ({ scopes: ['llm_prompt:read'] })],
    ['a restriction to a project', () => ({ scopedProjects: [project.id] })],
    ['a restriction to an organization', () => ({ scopedOrganizations: [ours.id] })],
  ])('with %s', (_what, restriction) => {
    let token: string
    beforeAll(async () => {
      token = await seedKey(db, member, restriction())
    })

    async function expectSame(query: string, { type, id = hidden }: { type?: string; id?: number } = {}): Promise<void> {
      const answer = await whole(token, query, id, type)
      expect(answer).toBe(await whole(token, query, missing, type))
      expect(answer).not.toContain('INTERNAL_SERVER_ERROR')
    }

    const node = 'node(id: $id) { __typename id }'
    const nodes = 'nodes(ids: [$id]) { __typename id } viewer { scopes }'

    it.each([
      'project(id: $id) { name timezone }',
      'project(id: $id) { name experiments { totalCount } }',
      ...projectQuestions.map(([field, , selection]) => `${field}(projectId: $id) ${selection}`),
    ])('a foreign project answers as a missing one: %s', async (query) => {
      await expectSame(query)
      await expectSame(query, { type: 'Project' })
    })

    it.each(['Project', 'FeatureFlag', 'Experiment', 'User'])(
      'a foreign %s answers as a missing one through node and nodes',
      async (type) => {
        await expectSame(node, { type })
        await expectSame(nodes, { type })
      },
    )

    it('a deleted experiment of ours answers as a missing one', async () => {
      await expectSame(node, { type: 'Experiment', id: hidden + 1 })
      await expectSame(nodes, { type: 'Experiment', id: hidden + 1 })
    })

    it.each([
      'experiments(projectId: $project, featureFlagId: $id) { totalCount nodes { id } }',
      'experiments(projectId: $project, createdByIds: [$id]) { totalCount nodes { id } }',
      'eligibleFeatureFlags(projectId: $project, createdByIds: [$id]) { totalCount nodes { id } }',
      'requiresFlagImplementation(projectId: $project, actionIds: [$id]) { required }',
    ])('what is foreign finds no more than what is missing: %s', async (query) => {
      await expectSame(query)
    })
  })

  it('is in no list', async () => {
    await seedFlag(db, foreign, { name: 'Theirs' })
    const { data } = await run(key, '{ viewer { projects(first: 100) { nodes { databaseId eligibleFeatureFlags { nodes { name } } } } } }')
    expect(data.viewer.projects.nodes.map(({ databaseId }: { databaseId: number }) => databaseId)).not.toContain(foreign.id)
    expect(JSON.stringify(data)).not.toContain('Theirs')
  })

  it('comes back with the membership', async () => {
    const person = await seedUser(db, ours)
    const theirs = await seedKey(db, person)
    await expectRefusal(run(theirs, flagsOf(foreign.id)), 'eligibleFeatureFlags', 'NOT_FOUND', 'Project not found.')
    await db.organizationMembership.create({ data: { userId: person.id, organizationId: foreignOrganization.id } })
    expect((await run(theirs, flagsOf(foreign.id))).errors).toBeUndefined()
  })

  it('still is named as the maker of what the viewer may see', async () => {
    const leaver = await seedUser(db, foreignOrganization, { firstName: 'Leaver' })
    const flag = await seedFlag(db, second, { createdById: leaver.id })
    const { data } = await run(
      key,
      `{ node(id: "${globalId('FeatureFlag', flag.id)}") { ... on FeatureFlag { createdBy { firstName } } } person: node(id: "${globalId('User', leaver.id)}") { id } }`,
    )
    expect(data).toEqual({ node: { createdBy: { firstName: 'Leaver' } }, person: null })
  })
})

describe('ids that cannot be', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  const ids = [
    '',
    ' ',
    '0',
    '-1',
    '+1',
    '1.5',
    '01',
    ' 1',
    '1 ',
    '1e3',
    '0x1',
    '١',
    '2147483648',
    '9007199254740993',
    '9999999999999999',
    '99999999999999999999',
    '9'.repeat(5000),
    'null',
    'x',
    '\0',
    '1\0',
    '\ud800',
    '😀',
    'x'.repeat(100_000),
    encoded('Project:0'),
    encoded('Project:-1'),
    encoded('Project:01'),
    encoded('Project:1e3'),
    encoded('Project:1.5'),
    encoded('Project:2147483648'),
    encoded('Project:9999999999999999'),
    encoded('Project:99999999999999999999'),
    encoded('Project:1\0'),
    encoded('Project:1:2'),
    encoded('Project:'),
    encoded('Project'),
    encoded(':1'),
    encoded('User:2147483648'),
    encoded('FeatureFlag:2147483648'),
    encoded('Experiment:9999999999999999'),
    encoded('Experiment:00000000-0000-0000-0000-000000000000'),
    encoded('Nothing:1'),
    encoded('Query:1'),
    encoded('Node:1'),
    encoded('constructor:1'),
    encoded('__proto__:1'),
    encoded(`Project:${'1'.repeat(100_000)}`),
  ]
  const fields = [
    'node(id: $id) { id }',
    'nodes(ids: [$id]) { id }',
    'project(id: $id) { id }',
    ...projectQuestions.map(([field, , selection]) => `${field}(projectId: $id) ${selection}`),
  ]
  const inProject = [
    'eligibleFeatureFlags(projectId: $project, createdByIds: [$id]) { totalCount nodes { id } }',
    'experiments(projectId: $project, createdByIds: [$id]) { totalCount nodes { id } }',
    'experiments(projectId: $project, featureFlagId: $id) { totalCount nodes { id } }',
    'requiresFlagImplementation(projectId: $project, actionIds: [$id]) { required }',
  ]

  it.each([...fields, ...inProject])('are told by %s', async (field) => {
    const project_ = field.includes('$project') ? ', $project: ID!' : ''
    for (const id of ids) {
      const { data, errors } = await run(key, `query ($id: ID!${project_}) { answer: ${field} }`, { id, project: String(project.id) })
      const what = JSON.stringify(id.slice(0, 40))
      for (const { message, extensions } of errors ?? []) {
        expect(['BAD_USER_INPUT', 'NOT_FOUND'], `${what}: ${message}`).toContain(extensions.code)
        if (extensions.code === 'BAD_USER_INPUT') expect(extensions.argument, `${what}: ${message}`).toEqual(expect.any(String))
        expect(message.length, what).toBeLessThan(400)
      }
      // Without an error it is the answer for something that is not there.
      if (errors === undefined) expect([null, [null], { totalCount: 0, nodes: [] }], what).toContainEqual(data.answer)
    }
  })

  it('are told wherever they stand, as numbers too', async () => {
    for (const id of [0, -1, 2_147_483_648, Number.MAX_SAFE_INTEGER, 1e20]) {
      const { data, errors } = await run(key, 'query ($id: ID!) { project(id: $id) { id } }', { id })
      expect(data?.project ?? null).toBeNull()
      expect(['BAD_USER_INPUT', 'NOT_FOUND']).toContain(errors?.[0]?.extensions.code)
    }
  })

  it('are told when null comes in a variable with a default', async () => {
    const { data, errors } = await run(key, 'query ($id: ID = "1") { project(id: $id) { id } }', { id: null })
    expect(data).toEqual({ project: null })
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'id' })
  })

  it('say which type an id is of, where another is wanted', async () => {
    const { errors } = await run(key, `{ project(id: "${globalId('FeatureFlag', 1)}") { id } }`)
    const message = "Argument 'id' must be the global id of a Project, or its number; this is the id of a FeatureFlag."
    expect(errors).toEqual([refusal('BAD_USER_INPUT', message, { argument: 'id' })])
  })

  it('are rejected by nodes when there are more than a hundred', async () => {
    const many = Array.from({ length: 101 }, (_, index) => globalId('Project', index + 1))
    const { errors } = await run(key, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: many })
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'ids' })
  })
})

describe('the last use of a key', () => {
  /** Sends a request and waits for what the server does after the answer. */
  async function use(token: string): Promise<void> {
    const after: (Promise<unknown> | unknown)[] = []
    await tested.server.fetch(
      'http://localhost/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ viewer { scopes } }' }),
      },
      { waitUntil: (work: Promise<unknown> | unknown) => void after.push(work) },
    )
    await Promise.all(after)
  }

  const lastUse = async (id: string) => (await db.personalApiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt?.toISOString() ?? null

  it('is written down at most once an hour, by the clock of the server', async () => {
    const token = await seedKey(db, member)
    const { id } = await db.personalApiKey.findFirstOrThrow({ where: { userId: member.id }, orderBy: { createdAt: 'desc' } })
    expect(await lastUse(id)).toBeNull()

    const at = async (time: string) => {
      tested.time.now = new Date(time)
      tested.clearStatements()
      await use(token)
      return lastUse(id)
    }
    expect(await at('2026-11-20T12:00:00Z')).toBe('2026-11-20T12:00:00.000Z')
    expect(await at('2026-11-20T12:59:59Z')).toBe('2026-11-20T12:00:00.000Z')
    expect(tested.statements.filter((sql) => sql.startsWith('UPDATE'))).toEqual([])
    expect(await at('2026-11-20T13:00:00Z')).toBe('2026-11-20T12:00:00.000Z')
    expect(tested.statements.filter((sql) => sql.startsWith('UPDATE'))).toEqual([])
    expect(await at('2026-11-20T13:00:01Z')).toBe('2026-11-20T13:00:01.000Z')
  })

  it('is written down for no other key, and not by a request that knows less than the row', async () => {
    const person = await seedUser(db, ours)
    const [used, other] = [await seedKey(db, person), await seedKey(db, person)]
    const idOf = async (token: string) => (await db.personalApiKey.findUniqueOrThrow({ where: { secureValue: hashApiKey(token) } })).id
    const viewer = { keyId: await idOf(used), keyLastUsedAt: null }
    await recordKeyUsage(db, { ...viewer } as Viewer, new Date('2026-11-20T12:00:00Z'))
    await recordKeyUsage(db, { ...viewer } as Viewer, new Date('2026-11-20T12:30:00Z'))
    expect(await lastUse(viewer.keyId)).toBe('2026-11-20T12:00:00.000Z')
    expect(await lastUse(await idOf(other))).toBeNull()
  })

  it('is not written for a key that is not valid', async () => {
    tested.clearStatements()
    await use('phx_nothing')
    expect(tested.statements.filter((sql) => sql.startsWith('UPDATE'))).toEqual([])
  })
})
