import type { GraphQLInterfaceType, GraphQLUnionType } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../../src/schema/schema.ts'
import { seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, statements, time, countStatements } = await testServer()

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
  const holdouts = await db.holdout.createManyAndReturn({ data: numbers.map((n) => ({ projectId, name: `Holdout ${n}` })) })
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
  const cohorts = await db.cohort.createManyAndReturn({ data: numbers.map((n) => ({ projectId, name: `Cohort ${n}` })) })
  const named = (what: string) => ({ data: numbers.map((n) => ({ projectId, name: `${what} ${n}` })) })
  const metrics = await db.savedMetric.createManyAndReturn({ data: named('Metric').data.map((row) => ({ ...row, query: {} })) })
  const actions = await db.action.createManyAndReturn(named('Action'))
  const prompts = await db.prompt.createManyAndReturn({
    data: named('Prompt').data.map((row) => ({ ...row, prompt: 'Hello', version: 1, isLatest: true })),
  })
  const surveys = await db.survey.createManyAndReturn(named('Survey'))
  const tours = await db.productTour.createManyAndReturn(named('Tour'))
  const contexts = await db.evaluationContext.createManyAndReturn(named('context'))
  const votes = await db.approval.createManyAndReturn({
    data: requests.map(({ id }) => ({ changeRequestId: id, createdById: tenant.user.id, decision: 'APPROVED' as const })),
  })
  const entries = await db.activity.createManyAndReturn({
    data: numbers.map(() => ({ projectId, organizationId, activity: 'updateFeatureFlag', before: {}, after: {} })),
  })
  const links = await db.projectLink.createManyAndReturn({
    data: projects.map(({ id }) => ({
      projectId: id,
      mode: 'mirror' as const,
      host: 'https://eu.posthog.com',
      upstreamProjectId: id,
      encryptedKey: '',
      keyHash: '0'.repeat(64),
    })),
  })
  const roles = await db.role.createManyAndReturn({ data: numbers.map((n) => ({ organizationId, name: `Role ${n}` })) })
  const organizations = await db.organization.createManyAndReturn({ data: numbers.map((n) => ({ name: `Organization ${n}` })) })
  await db.organizationMembership.createMany({
    data: organizations.map((organization) => ({ organizationId: organization.id, userId: tenant.user.id })),
  })
  const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
  return {
    ...{ ...tenant, key, projects, flags, experiments, holdouts, users, policies, requests, cohorts, metrics, actions, surveys, tours },
    ...{ contexts, votes, entries, roles, organizations, links: links.map((link) => ({ id: link.projectId })) },
    prompts: prompts.map(({ number }) => ({ id: number })),
    members: users.map(({ id }) => ({ id: `${organizationId}:${id}` })),
  }
}

interface Row {
  id: number | string
}
const byId = (type: string, list: Row[]) => list.map(({ id }) => ({ __typename: type, id: globalId(type, id) }))
const byNumber = (type: string, list: Row[]) => list.map(({ id }) => ({ __typename: type, databaseId: id }))

type Seeded = Awaited<ReturnType<typeof seedAll>>

/** Every key of every entity, and the references that name these rows by it. */
const keys: Record<string, (of: Seeded) => Reference[]> = {
  'Project by id': ({ projects }) => byId('Project', projects),
  'Project by databaseId': ({ projects }) => byNumber('Project', projects),
  'Holdout by id': ({ holdouts }) => byId('Holdout', holdouts),
  'Holdout by databaseId': ({ holdouts }) => byNumber('Holdout', holdouts),
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
  'User by databaseId': ({ users }) => byNumber('User', users),
  'ChangeRequest by id': ({ requests }) => byId('ChangeRequest', requests),
  'ApprovalPolicy by id': ({ policies }) => byId('ApprovalPolicy', policies),
  'Cohort by id': ({ cohorts }) => byId('Cohort', cohorts),
  'Cohort by databaseId': ({ cohorts }) => byNumber('Cohort', cohorts),
  'SavedMetric by id': ({ metrics }) => byId('SavedMetric', metrics),
  'SavedMetric by databaseId': ({ metrics }) => byNumber('SavedMetric', metrics),
  'Action by id': ({ actions }) => byId('Action', actions),
  'Action by databaseId': ({ actions }) => byNumber('Action', actions),
  'Prompt by id': ({ prompts }) => byId('Prompt', prompts),
  'PromptVersion by id': ({ prompts }) => byId('PromptVersion', prompts),
  'Survey by id': ({ surveys }) => byId('Survey', surveys),
  'ProductTour by id': ({ tours }) => byId('ProductTour', tours),
  'EvaluationContext by id': ({ contexts }) => byId('EvaluationContext', contexts),
  'Approval by id': ({ votes }) => byId('Approval', votes),
  'ActivityEntry by id': ({ entries }) => byId('ActivityEntry', entries),
  'ProjectLink by id': ({ links }) => byId('ProjectLink', links),
  'Organization by id': ({ organizations }) => byId('Organization', organizations),
  'OrganizationMember by id': ({ members }) => byId('OrganizationMember', members),
  'Role by id': ({ roles }) => byId('Role', roles),
}
const rowsOf = (name: string, of: Seeded): Row[] => {
  const lists: Record<string, Row[]> = {
    ...{ Project: of.projects, FeatureFlag: of.flags, Experiment: of.experiments, Holdout: of.holdouts, User: of.users },
    ...{ ChangeRequest: of.requests, Approval: of.votes, ApprovalPolicy: of.policies, Cohort: of.cohorts, SavedMetric: of.metrics },
    ...{ Action: of.actions, Prompt: of.prompts, PromptVersion: of.prompts, Survey: of.surveys, ProductTour: of.tours },
    ...{ EvaluationContext: of.contexts, ActivityEntry: of.entries, ProjectLink: of.links, Organization: of.organizations },
    ...{ OrganizationMember: of.members, Role: of.roles },
  }
  return lists[name.split(' ')[0] ?? ''] ?? []
}
/** The scope of each entity that needs one. */
const scopes: Record<string, string> = {
  ...{ FeatureFlag: 'feature_flag:read', Cohort: 'feature_flag:read', Survey: 'feature_flag:read', ProductTour: 'feature_flag:read' },
  ...{ EvaluationContext: 'feature_flag:read', Experiment: 'experiment:read', Holdout: 'experiment:read', SavedMetric: 'experiment:read' },
  ...{ Action: 'experiment:read', Prompt: 'llm_prompt:read', PromptVersion: 'llm_prompt:read', ActivityEntry: 'activity_log:read' },
  ...{ ChangeRequest: 'approvals:read', Approval: 'approvals:read', ApprovalPolicy: 'approvals:read', ProjectLink: 'project:read' },
  ...{ Organization: 'organization_member:read', OrganizationMember: 'organization_member:read' },
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

it('has a case for every entity, which is every type that `node` reads', () => {
  const types = (schema.getType('_Entity') as GraphQLUnionType).getTypes().map(({ name }) => name)
  const nodes = schema.getPossibleTypes(schema.getType('Node') as GraphQLInterfaceType).map(({ name }) => name)
  expect([...types].sort()).toEqual(nodes.sort())
  expect([...new Set(Object.keys(keys).map((name) => name.split(' ')[0]))].sort()).toEqual(types.sort())
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
    // The access cache keeps the key from the first answer on.
    await read(ours.key, referencesTo(ours).slice(0, 1))
    for (const size of [1, rows]) {
      const count = await countStatements(async () => {
        const { data, errors } = await read(ours.key, referencesTo(ours).slice(0, size))
        expect(errors).toBeUndefined()
        expect(data._entities).toHaveLength(size)
      })
      counts.push(count)
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

  const scope = scopes[type]
  if (scope !== undefined) {
    it('is rejected in its place without its scope, whether it is there or not', async () => {
      const key = await seedKey(db, ours.user, { scopes: ['experiment_x:read'] })
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

const missingUuid = '00000000-0000-4000-8000-000000000000'
const missingIds: Record<string, string> = {
  ...{ Survey: missingUuid, ProductTour: missingUuid, EvaluationContext: missingUuid, Organization: missingUuid, Role: missingUuid },
  OrganizationMember: `${missingUuid}:1`,
}

/** The same reference, to what is not there. */
function renamed({ __typename, id, databaseId }: Reference): Reference {
  if (id !== undefined) return { id: globalId(String(__typename), missingIds[String(__typename)] ?? 2_000_000_000) }
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
      const count = await countStatements(async () => {
        const { data, errors } = await read(ours.key, references.slice(0, size), onward)
        expect(errors).toBeUndefined()
        expect(data._entities.at(-1).experiments.nodes).toEqual([
          { name: `Experiment ${size - 1}`, featureFlag: { key: `flag-${size - 1}` } },
        ])
      })
      counts.push(count)
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
