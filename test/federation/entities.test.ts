import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { seedExperiment, seedFlag, seedKey } from '../support/seed.ts'
import { globalId, seedTenant, testServer } from '../support/testServer.ts'

const { db, run, server, statements, forget, time } = await testServer()

type Reference = Record<string, unknown>
type Tenant = Awaited<ReturnType<typeof seedTenant>>

/** As many rows of every entity as one request is asked for below. */
const rows = 100
const numbers = Array.from({ length: rows }, (_, index) => index)

/** One of everything, and `rows` of everything. The use of the key is noted already: that would be one more statement. */
async function seedAll() {
  const tenant = await seedTenant(db)
  const projectId = tenant.project.id
  const organizationId = tenant.organization.id
  const projects = await db.project.createManyAndReturn({ data: numbers.map((n) => ({ name: `Project ${n}`, organizationId })) })
  const flags = await db.featureFlag.createManyAndReturn({ data: numbers.map((n) => ({ projectId, key: `flag-${n}` })) })
  const experiments = await db.experiment.createManyAndReturn({
    data: flags.map(({ id }, n) => ({ projectId, featureFlagId: id, name: `Experiment ${n}` })),
  })
  const users = await db.user.createManyAndReturn({ data: numbers.map((n) => ({ email: `${organizationId}-${n}@example.com` })) })
  await db.organizationMembership.createMany({ data: users.map(({ id }) => ({ organizationId, userId: id })) })
  const policies = await db.approvalPolicy.createManyAndReturn({
    data: projects.map(({ id }) => ({
      organizationId,
      projectId: id,
      actionKey: 'FEATURE_FLAG_UPDATE',
      quorum: 1,
      approverUserIds: [tenant.user.id],
    })),
  })
  const policySnapshot = { policyId: 1, quorum: 1, users: [], roles: [], allowSelfApprove: false }
  const requests = await db.changeRequest.createManyAndReturn({
    data: flags.map(({ id }) => ({
      projectId,
      actionKey: 'FEATURE_FLAG_UPDATE',
      resourceType: 'FEATURE_FLAG',
      resourceId: id,
      featureFlagId: id,
      targetKey: `flag ${id}`,
      operation: 'updateFeatureFlag',
      input: {},
      description: 'A change',
      before: {},
      after: {},
      preconditions: {},
      policySnapshot: { ...policySnapshot, conditions: {}, bypassMembershipLevels: [], bypassRoles: [] },
      expiresAt: new Date('2026-12-01'),
    })),
  })
  const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
  return { ...tenant, key, projects, flags, experiments, users, policies, requests }
}

const byId = (type: string, list: { id: number }[]) => list.map(({ id }) => ({ __typename: type, id: globalId(type, id) }))
const byNumber = (type: string, list: { id: number }[]) => list.map(({ id }) => ({ __typename: type, databaseId: id }))

type Seeded = Awaited<ReturnType<typeof seedAll>>

/** Every key of every entity, and the references that name these rows by it. */
const keys: Record<string, (of: Seeded) => Reference[]> = {
  'Project by id': ({ projects }) => byId('Project', projects),
  'Project by databaseId': ({ projects }) => byNumber('Project', projects),
  'FeatureFlag by id': ({ flags }) => byId('FeatureFlag', flags),
  'FeatureFlag by databaseId': ({ flags }) => byNumber('FeatureFlag', flags),
  'FeatureFlag by projectId and key': ({ flags }) =>
    flags.map(({ key, projectId }) => ({ __typename: 'FeatureFlag', projectId: globalId('Project', projectId), key })),
  "FeatureFlag by its project's number and key": ({ flags }) =>
    flags.map(({ key, projectId }) => ({ __typename: 'FeatureFlag', projectId, key })),
  "FeatureFlag by its project's number as text, and key": ({ flags }) =>
    flags.map(({ key, projectId }) => ({ __typename: 'FeatureFlag', projectId: String(projectId), key })),
  'Experiment by id': ({ experiments }) => byId('Experiment', experiments),
  'Experiment by databaseId': ({ experiments }) => byNumber('Experiment', experiments),
  'User by id': ({ users }) => byId('User', users),
  'ChangeRequest by id': ({ requests }) => byId('ChangeRequest', requests),
  'ApprovalPolicy by id': ({ policies }) => byId('ApprovalPolicy', policies),
}
const rowsOf = (name: string, of: Seeded): { id: number }[] => {
  const { projects, flags, experiments, users, requests, policies } = of
  const lists = {
    Project: projects,
    FeatureFlag: flags,
    Experiment: experiments,
    User: users,
    ChangeRequest: requests,
    ApprovalPolicy: policies,
  }
  return lists[name.split(' ')[0] as keyof typeof lists]
}

const entities = `query ($references: [_Any!]!) {
  _entities(representations: $references) { __typename ... on Node { id } }
}`
const read = (key: string | null, references: unknown, query = entities) => run(key, query, { references })

let ours: Seeded
let theirs: Seeded
beforeAll(async () => {
  ours = await seedAll()
  theirs = await seedAll()
})

describe.each(Object.entries(keys))('%s', (name, referencesTo) => {
  const type = name.split(' ')[0] ?? ''

  it('is read, in the order of the references', async () => {
    const references = referencesTo(ours).toReversed()
    const { data, errors } = await read(ours.key, references)
    expect(errors).toBeUndefined()
    expect(data._entities).toEqual(
      rowsOf(name, ours)
        .toReversed()
        .map(({ id }) => ({ __typename: type, id: globalId(type, id) })),
    )
  })

  it('takes for 100 references the statements that it takes for one', async () => {
    const counts: number[] = []
    for (const size of [1, rows]) {
      forget()
      const { data, errors } = await read(ours.key, referencesTo(ours).slice(0, size))
      expect(errors).toBeUndefined()
      expect(data._entities).toHaveLength(size)
      counts.push(statements.length)
    }
    expect(counts[1], statements.join('\n')).toBe(counts[0])
    // The key's, and the rows'.
    expect(counts[1]).toBeLessThanOrEqual(2)
  })

  it('is null where it is missing, and where it is hidden, in its own place', async () => {
    const [mine] = referencesTo(ours)
    const [hidden] = referencesTo(theirs)
    const { key } = await seedTenant(db)
    const missing = { ...mine, ...renamed(mine ?? {}) }
    for (const absent of [hidden, missing]) {
      const { data, errors } = await read(ours.key, [absent, mine, absent])
      expect(errors).toBeUndefined()
      expect(data._entities).toEqual([null, { __typename: type, id: expect.any(String) }, null])
      expect(await read(key, [absent])).toEqual({ data: { _entities: [null] } })
    }
  })

  if (!['Project', 'User'].includes(type)) {
    it('is refused in its place without its scope, whether it is there or not', async () => {
      const scope = { FeatureFlag: 'feature_flag:read', Experiment: 'experiment:read' }[type] ?? 'approvals:read'
      const key = await seedKey(db, ours.user, { scopes: ['llm_prompt:read'] })
      const [mine] = referencesTo(ours)
      const [hidden] = referencesTo(theirs)
      const project = { __typename: 'Project', databaseId: ours.project.id }
      const answers = []
      for (const reference of [mine, hidden, { ...mine, ...renamed(mine ?? {}) }]) {
        const answer = await read(key, [project, reference])
        expect(answer.data._entities).toEqual([{ __typename: 'Project', id: globalId('Project', ours.project.id) }, null])
        expect(answer.errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'FORBIDDEN', requiredScope: scope } }])
        answers.push(answer)
      }
      expect(answers[1]).toEqual(answers[0])
      expect(answers[2]).toEqual(answers[0])
    })
  }
})

/** The same reference, to what is not there. */
function renamed({ __typename, id, databaseId }: Reference): Reference {
  if (id !== undefined) return { id: globalId(String(__typename), 2_000_000_000) }
  return databaseId === undefined ? { key: 'no-such-flag' } : { databaseId: 2_000_000_000 }
}

describe('references of all sorts', () => {
  it('are read together, several keys of one row as that row', async () => {
    const [flag] = ours.flags
    const references = Object.values(keys).map((of) => of(ours)[0])
    const { data, errors } = await read(ours.key, references)
    expect(errors).toBeUndefined()
    expect(data._entities.map(({ __typename }: Reference) => __typename)).toEqual(references.map((reference) => reference?.__typename))
    const ids = data._entities.filter(({ __typename }: Reference) => __typename === 'FeatureFlag').map(({ id }: Reference) => id)
    expect(new Set(ids)).toEqual(new Set([globalId('FeatureFlag', flag?.id ?? 0)]))
  })

  it('lead on into the graph, with the statements of one', async () => {
    const onward = `query ($references: [_Any!]!) { _entities(representations: $references) {
      ... on FeatureFlag { project { name } createdBy { email } experiments(first: 2) { nodes { name featureFlag { key } } } }
    } }`
    const references = keys['FeatureFlag by projectId and key']?.(ours) ?? []
    const counts: number[] = []
    for (const size of [1, 20]) {
      forget()
      const { data, errors } = await read(ours.key, references.slice(0, size), onward)
      expect(errors).toBeUndefined()
      expect(data._entities.at(-1).experiments.nodes).toEqual([
        { name: `Experiment ${size - 1}`, featureFlag: { key: `flag-${size - 1}` } },
      ])
      counts.push(statements.length)
    }
    expect(counts[1]).toBe(counts[0])
  })

  it('find a flag by its key in its own project only, and no deleted one by a key that it had', async () => {
    const tenant: Tenant = await seedTenant(db)
    const here = await seedFlag(db, tenant.project, { key: 'twice' })
    const deleted = await seedFlag(db, tenant.project, { key: 'gone', deleted: true })
    const reference = (projectId: number, key: string) => ({ __typename: 'FeatureFlag', projectId, key })
    const { data, errors } = await read(tenant.key, [
      reference(tenant.project.id, 'twice'),
      reference(ours.project.id, 'twice'),
      reference(tenant.project.id, 'TWICE'),
      reference(tenant.project.id, ''),
      reference(tenant.project.id, 'gone'),
      { __typename: 'FeatureFlag', databaseId: deleted.id },
    ])
    expect(errors).toBeUndefined()
    expect(data._entities.map((flag: Reference | null) => flag?.id ?? null)).toEqual([
      globalId('FeatureFlag', here.id),
      null,
      null,
      null,
      null,
      globalId('FeatureFlag', deleted.id),
    ])
  })

  it('show no deleted experiment, and nothing of a project that the key is not for', async () => {
    const tenant = await seedTenant(db)
    const flag = await seedFlag(db, tenant.project)
    const deleted = await seedExperiment(db, flag, { deleted: true })
    expect(await read(tenant.key, byNumber('Experiment', [deleted]))).toEqual({ data: { _entities: [null] } })

    const elsewhere = await seedKey(db, tenant.user, { scopedProjects: [ours.project.id] })
    const references = [...byNumber('FeatureFlag', [flag]), { __typename: 'FeatureFlag', projectId: tenant.project.id, key: flag.key }]
    expect(await read(elsewhere, references)).toEqual({ data: { _entities: [null, null] } })
  })
})

describe('a reference that is none', () => {
  const flag = { __typename: 'FeatureFlag' }
  const id = globalId('FeatureFlag', 1)

  it.each<[string, unknown]>([
    ['no object', 'FeatureFlag'],
    ['a number', 5],
    ['a list', [flag]],
    ['an object without a type', { id }],
    ['a type that is no text', { __typename: 5, id }],
    ['a type that is a list', { __typename: ['FeatureFlag'], id }],
    ['an unknown type', { __typename: 'Page', id: globalId('Page', 1) }],
    ['a type that is no entity', { __typename: 'Role', id: globalId('Role', 'a') }],
    ['a union', { __typename: '_Entity', id }],
    ['an interface', { __typename: 'Node', id }],
    ['a root type', { __typename: 'Query', id }],
    ['a scalar', { __typename: 'Int', id }],
    ['a property of every object', { __typename: 'constructor', id }],
    ['__proto__', { ...JSON.parse('{"__proto__": 1}'), __typename: '__proto__', id }],
    ['no key', flag],
    ['an id of another type', { ...flag, id: globalId('Experiment', 1) }],
    ['an id of another subgraph', { ...flag, id: globalId('Page', 1) }],
    ['an id that is null', { ...flag, id: null }],
    ['an id that is a number', { ...flag, id: 1 }],
    ['an id that is an object', { ...flag, id: { eq: id } }],
    ['an id that is not base64', { ...flag, id: '!!!' }],
    ['an id without a number', { ...flag, id: globalId('FeatureFlag', 'x') }],
    ['an endless id', { ...flag, id: 'A'.repeat(100_000) }],
    ['a negative number', { ...flag, databaseId: -1 }],
    ['a number of 0', { ...flag, databaseId: 0 }],
    ['a fraction', { ...flag, databaseId: 1.5 }],
    ['a number beyond all', { ...flag, databaseId: 1e300 }],
    ['a number as text', { ...flag, databaseId: '1' }],
    ['a number in a list', { ...flag, databaseId: [1] }],
    ['a number where the type has no such key', { __typename: 'User', databaseId: 1 }],
    ['a key without a project', { ...flag, key: 'a' }],
    ['a project without a key', { ...flag, projectId: '1' }],
    ['a project that is an object', { ...flag, projectId: { id: 1 }, key: 'a' }],
    ['a project that is a flag', { ...flag, projectId: id, key: 'a' }],
    ['a project that is nonsense', { ...flag, projectId: 'shop', key: 'a' }],
    ['a project that is a fraction', { ...flag, projectId: 1.5, key: 'a' }],
    ['a key that is an object', { ...flag, projectId: 1, key: { not: '' } }],
    ['a key that is null', { ...flag, projectId: 1, key: null }],
  ])('is told in its own place: %s', async (_name, reference) => {
    const sound = { __typename: 'Project', databaseId: ours.project.id }
    const { data, errors } = await read(ours.key, [reference, sound])
    expect(data._entities).toEqual([null, { __typename: 'Project', id: globalId('Project', ours.project.id) }])
    expect(errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT', argument: 'representations' } }])
    expect(errors?.[0]?.message.length).toBeLessThan(300)
  })

  it.each<[string, Reference]>([
    ['a number that no row can have', { databaseId: 2_147_483_648 }],
    ['an id that no row can have', { id: globalId('FeatureFlag', 2_147_483_648) }],
    ['a project that no row can have', { projectId: 9_999_999_999, key: 'a' }],
    ['a key with a NUL', { projectId: 1, key: 'a\0b' }],
    ['a key that is half a character', { projectId: 1, key: '\ud800' }],
    ['an endless key', { projectId: 1, key: 'a'.repeat(100_000) }],
    ['a key with signs of SQL', { projectId: 1, key: "'; DROP TABLE feature_flag; --%_" }],
  ])('is null where it is well-formed and names nothing: %s', async (_name, fields) => {
    expect(await read(ours.key, [{ ...flag, ...fields }])).toEqual({ data: { _entities: [null] } })
  })

  it('may carry more than its key', async () => {
    const [reference] = keys['FeatureFlag by id']?.(ours) ?? []
    const { data, errors } = await read(ours.key, [{ ...reference, name: 'x', deleted: { a: [1] }, __proto: 1, unknown: null }])
    expect(errors).toBeUndefined()
    expect(data._entities).toEqual([reference])
  })

  it('spoils the whole field where it is null, as any argument does', async () => {
    const { errors } = await read(ours.key, [null])
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('may stand in the operation itself', async () => {
    const [project] = ours.projects
    const { data, errors } = await run(
      ours.key,
      `{ _entities(representations: [{ __typename: "Project", databaseId: ${project?.id} }, { __typename: "Project", databaseId: 1.5 }]) {
        ... on Project { name }
      } }`,
    )
    expect(data._entities).toEqual([{ name: 'Project 0' }, null])
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

it('refuses more than 1,000 references, and answers 1,000', async () => {
  const [reference] = keys['Project by id']?.(ours) ?? []
  const many = (count: number) =>
    read(
      ours.key,
      Array.from({ length: count }, () => reference),
    )
  const full = await many(1000)
  expect(full.errors).toBeUndefined()
  expect(full.data._entities).toHaveLength(1000)

  const { data, errors } = await many(1001)
  expect(data?._entities ?? null).toBeNull()
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'representations' } }])
})

it('counts what references cost', async () => {
  const references = Array.from({ length: 1000 }, (_, index) => ({ __typename: 'FeatureFlag', databaseId: index + 1 }))
  const dear = `query ($references: [_Any!]!) { _entities(representations: $references) {
    ... on FeatureFlag { experiments(first: 100) { nodes { name } } }
  } }`
  const { errors } = await read(ours.key, references, dear)
  expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }])
})

it('answers nobody without a key, and tells so in each place, of each of the lists that a gateway asks for at once', async () => {
  const several = `query ($references: [_Any!]!) {
    one: _entities(representations: $references) { ... on Project { name } }
    two: _entities(representations: $references) { ... on FeatureFlag { key } }
  }`
  const references = [ours.projects[0], theirs.projects[0], { id: 2_000_000_000 }].map((row) => ({
    __typename: 'Project',
    databaseId: row?.id,
  }))
  for (const key of [null, 'phx_wrong']) {
    const { data, errors } = await read(key, references, several)
    expect(data).toEqual({ one: [null, null, null], two: [null, null, null] })
    expect(errors?.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`).sort()).toEqual(
      ['one', 'two'].flatMap((list) => [0, 1, 2].map((place) => `${list}.${place} UNAUTHENTICATED`)),
    )
  }
})

it('tells its schema to everybody, as it is committed', async () => {
  const { data, errors } = await run(null, '{ _service { sdl } }')
  expect(errors).toBeUndefined()
  expect(`${data._service.sdl}\n`).toBe(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))
  expect(data._service.sdl).not.toMatch(/_entities|_service|_Any|_Entity/)
})

it('tells it over GET too, as some composers ask', async () => {
  const response = await server.fetch(`http://localhost/graphql?query=${encodeURIComponent('{ _service { sdl } }')}`, {
    headers: { accept: 'application/json' },
  })
  expect(response.status).toBe(200)
})

it("reads nothing, and refuses nothing, by an id that may be another subgraph's", async () => {
  const [flag] = ours.flags
  const ids = [globalId('Page', 1), globalId('Blog_Post2', 'a:b/c é'), globalId('FeatureFlag', flag?.id ?? 0)]
  for (const id of ids.slice(0, 2))
    expect(await run(ours.key, 'query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ data: { node: null } })
  const { data, errors } = await run(ours.key, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
  expect(errors).toBeUndefined()
  expect(data.nodes).toEqual([null, null, { id: globalId('FeatureFlag', flag?.id ?? 0) }])
})
