import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Organization, Project, User } from '../../src/database/generated/client.ts'
import { createSecretBox } from '../../src/platform/secrets/secretBox.ts'
import { schema } from '../../src/schema/schema.ts'
import { seedPolicy } from '../support/approvals.ts'
import { linkSettings } from '../support/linkedServer.ts'
import { type PostHog, startPostHog } from '../support/posthog/startPostHog.ts'
import { controlAndTest, seedEvent, seedExperiment, seedFlag, seedKey, seedOrganization, seedProject, seedUser } from '../support/seed.ts'
import { globalId, type TestServer, testServer } from '../support/testServer.ts'

// A key may be limited to projects. Each mutation and each query is tried with a key for one project, for two, and for others: what is
// written must land in the project that the input names, and nowhere else.

let tested: TestServer
let db: TestServer['db']
let organization: Organization
let owner: User
let colleague: User
let posthog: PostHog

afterAll(async () => {
  await tested.server.stopListening()
  await posthog.close()
})

beforeAll(async () => {
  tested = await testServer(linkSettings)
  posthog = await startPostHog({ settings: { throttling: false } })
  db = tested.db
  organization = await seedOrganization(db)
  owner = await seedUser(db, organization, { level: 15 })
  colleague = await seedUser(db, organization)
})

const running = { startDate: new Date('2026-11-01') }
const ended = { startDate: new Date('2026-11-01'), endDate: new Date('2026-11-10') }
const flagId = async (project: Project, flag: object = {}) => ({ id: globalId('FeatureFlag', (await seedFlag(db, project, flag)).id) })
const experimentId = async (project: Project, experiment: object = {}, flag: object = {}) => ({
  id: globalId('Experiment', (await seedExperiment(db, await seedFlag(db, project, flag), experiment)).id),
})

const holdoutId = async ({ id: projectId }: Project) => {
  const holdout = await db.holdout.create({ data: { projectId, name: `holdout-of-${projectId}`, filters: [{ rollout_percentage: 10 }] } })
  return { id: globalId('Holdout', holdout.id) }
}

const numberOf = (id: string) => Number(atob(id).split(':')[1])

/** An experiment of the project, and a saved metric that it uses. */
async function savedMetricUse(project: Project) {
  const { id: experiment } = await experimentId(project)
  const { id } = await db.savedMetric.create({ data: { projectId: project.id, name: 'Stored', query: {} } })
  await db.experimentSavedMetric.create({ data: { experimentId: numberOf(experiment), savedMetricId: id } })
  return { experimentId: experiment, savedMetricId: globalId('SavedMetric', id) }
}

/** A link of the project. */
async function link({ id: projectId }: Project) {
  const encryptedKey = createSecretBox(linkSettings.linkEncryptionKey ?? null).seal(projectId, posthog.key.token)
  const upstream = { host: posthog.origin, upstreamProjectId: posthog.addProject().id }
  await db.projectLink.create({ data: { projectId, mode: 'mirror', ...upstream, encryptedKey, keyHash: '0'.repeat(64) } })
  return { projectId: globalId('Project', projectId) }
}

/** A request to switch off a flag of the project. */
async function requestId(project: Project, requester: User, stored: object = {}) {
  await seedPolicy(db, { organization, project }, 'FEATURE_FLAG_DISABLE', [{ user: owner }, { user: colleague }])
  const flag = await flagId(project)
  const query = `mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) {
    ... on ApprovalRequiredError { changeRequest { id } } } }`
  const { data } = await tested.run(await seedKey(db, requester), query, flag)
  const { id } = data.updateFeatureFlag.changeRequest
  await db.changeRequest.update({ where: { id: numberOf(id) }, data: stored })
  return { id }
}

/** An input for each mutation that makes or changes a row of `project`. Copies are made from the other project. */
const inputs: Record<string, (project: Project, other: Project) => Promise<object>> = {
  createFeatureFlag: async (project) => ({ projectId: globalId('Project', project.id), key: 'made' }),
  updateFeatureFlag: async (project) => ({ ...(await flagId(project)), name: 'Changed' }),
  deleteFeatureFlag: (project) => flagId(project),
  restoreFeatureFlag: (project) => flagId(project, { deleted: true }),
  archiveFeatureFlag: (project) => flagId(project, { active: false }),
  unarchiveFeatureFlag: (project) => flagId(project, { active: false, archived: true }),
  copyFeatureFlag: async (project, other) => ({ ...(await flagId(other)), targetProjectIds: [globalId('Project', project.id)] }),
  createExperiment: async (project) => ({ projectId: globalId('Project', project.id), name: 'Made', featureFlagKey: 'made' }),
  createExperimentFromPrompt: async (project) => {
    const prompts = [1, 2].map((version) => ({ projectId: project.id, name: 'greeter', prompt: 'Hello', version }))
    await db.prompt.createMany({ data: prompts })
    return { projectId: globalId('Project', project.id), promptName: 'greeter', versions: [1, 2], templates: ['COST'] }
  },
  updateExperiment: async (project) => ({ ...(await experimentId(project)), name: 'Changed' }),
  launchExperiment: (project) => experimentId(project, {}, { active: false }),
  pauseExperiment: (project) => experimentId(project, running),
  resumeExperiment: (project) => experimentId(project, running, { active: false }),
  endExperiment: (project) => experimentId(project, running),
  shipExperimentVariant: async (project) => ({ ...(await experimentId(project, running)), variantKey: 'test' }),
  archiveExperiment: (project) => experimentId(project, ended),
  unarchiveExperiment: (project) => experimentId(project, { ...ended, archived: true }),
  freezeExposure: async (project) => {
    const input = await experimentId(project, running, { key: `frozen-${project.id}` })
    const properties = { $feature_flag: `frozen-${project.id}`, $feature_flag_response: 'test' }
    await seedEvent(db, project, '$feature_flag_called', '2026-11-02T00:00:00Z', properties)
    return input
  },
  unfreezeExposure: (project) => {
    const groups = [{ properties: [], exposure_frozen: true }]
    return experimentId(project, running, { filters: { ...controlAndTest, groups } })
  },
  resetExperiment: (project) => experimentId(project, ended),
  duplicateExperiment: (project) => experimentId(project),
  copyExperimentToProject: async (project, other) => ({ ...(await experimentId(other)), targetProjectId: globalId('Project', project.id) }),
  updateProjectSettings: async (project) => ({ projectId: globalId('Project', project.id), requireTags: true }),
  createSavedMetric: async (project) => ({
    projectId: globalId('Project', project.id),
    name: 'Made',
    metric: { mean: { source: { anyEvent: true } } },
  }),
  updateSavedMetric: async (project) => ({ id: (await savedMetricUse(project)).savedMetricId, name: 'Changed' }),
  deleteSavedMetric: async (project) => ({ id: (await savedMetricUse(project)).savedMetricId, detach: true }),
  linkSavedMetric: async (project) => ({ ...(await savedMetricUse(project)), role: 'SECONDARY' }),
  unlinkSavedMetric: (project) => savedMetricUse(project),
  createHoldout: async (project) => ({ projectId: globalId('Project', project.id), name: 'Made', exclusionPercentage: 10 }),
  updateHoldout: async (project) => ({ ...(await holdoutId(project)), exclusionPercentage: 20 }),
  deleteHoldout: (project) => holdoutId(project),
  createApprovalPolicy: async (project) => ({
    projectId: globalId('Project', project.id),
    actionKey: 'FEATURE_FLAG_ENABLE',
    quorum: 1,
    approverUserIds: [globalId('User', owner.id)],
    allowSelfApprove: true,
  }),
  updateApprovalPolicy: async (project) => {
    const policy = await seedPolicy(db, { organization, project }, 'FEATURE_FLAG_ENABLE', [{ user: owner }, { user: colleague }])
    return { id: globalId('ApprovalPolicy', policy.id), enabled: false }
  },
  deleteApprovalPolicy: async (project) => {
    const policy = await seedPolicy(db, { organization, project }, 'FEATURE_FLAG_ENABLE', [{ user: owner }, { user: colleague }])
    return { id: globalId('ApprovalPolicy', policy.id) }
  },
  approveChangeRequest: (project) => requestId(project, colleague),
  rejectChangeRequest: async (project) => ({ ...(await requestId(project, colleague)), reason: 'No' }),
  cancelChangeRequest: (project) => requestId(project, owner),
  retryChangeRequest: async (project) => {
    const { id } = await requestId(project, colleague, { state: 'FAILED', applyError: 'It failed.' })
    await db.approval.create({ data: { changeRequestId: numberOf(id), createdById: owner.id, decision: 'APPROVED' } })
    return { id }
  },
  linkProject: async ({ id }) => {
    const upstream = { host: posthog.origin, upstreamProjectId: posthog.addProject().id, key: posthog.key.token }
    return { projectId: globalId('Project', id), ...upstream }
  },
  unlinkProject: link,
  resyncProject: link,
  updateProjectLink: async (project) => ({ ...(await link(project)), mode: 'WRITE_THROUGH' }),
  storeUpstreamKey: async (project) => ({ ...(await link(project)), key: posthog.key.token }),
  removeUpstreamKey: async (project) => {
    const input = await link(project)
    await db.upstreamKey.create({ data: { projectId: project.id, userId: owner.id, encryptedKey: 'sealed' } })
    return input
  },
}

/** Everything that a mutation can write, by project. */
async function rowsOf(projects: readonly Project[]): Promise<string[]> {
  const where = { projectId: { in: projects.map(({ id }) => id) } }
  const [flags, experiments, holdouts, requests, policies, activities, metrics, links] = await Promise.all([
    db.featureFlag.findMany({ where, orderBy: { id: 'asc' } }),
    db.experiment.findMany({ where, orderBy: { id: 'asc' } }),
    db.holdout.findMany({ where, orderBy: { id: 'asc' } }),
    db.changeRequest.findMany({ where, orderBy: { id: 'asc' }, include: { approvals: true } }),
    db.approvalPolicy.findMany({ where, orderBy: { id: 'asc' } }),
    db.activity.findMany({ where, orderBy: { id: 'asc' }, select: { id: true, projectId: true, activity: true } }),
    db.savedMetric.findMany({ where, orderBy: { id: 'asc' }, include: { experiments: true } }),
    db.projectLink.findMany({ where, orderBy: { projectId: 'asc' }, include: { keys: true } }),
  ])
  const all = [flags, experiments, holdouts, requests, policies, activities, metrics, links]
  return projects.map(({ id }) =>
    JSON.stringify(
      all.map((rows) => rows.filter(({ projectId }) => projectId === id)),
      (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    ),
  )
}

/** The projects that differ. */
const changed = (before: readonly string[], after: readonly string[]) =>
  before.flatMap((rows, index) => (rows === after[index] ? [] : [index]))

const titleCase = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
async function mutate(key: string, name: string, input: object): Promise<{ __typename: string; message?: string }> {
  const refusal = name === 'copyFeatureFlag' ? '... on CopyFeatureFlagSuccess { results { refusal { __typename message } } }' : ''
  const query = `mutation ($input: ${titleCase(name)}Input!) { ${name}(input: $input) { __typename ... on Error { message } ${refusal} } }`
  const { data, errors } = await tested.run(key, query, { input })
  expect(errors).toBeUndefined()
  return data[name].results?.[0].refusal ?? data[name]
}

/** Three projects of the owner's, and a key for those at the places named. */
async function projectsAndKey(places: readonly number[]) {
  const projects = [await seedProject(db, organization), await seedProject(db, organization), await seedProject(db, organization)] as const
  const key = await seedKey(db, owner, { scopedProjects: places.map((place) => projects[place as 0 | 1 | 2].id) })
  return { projects, key }
}

const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})

describe('mutations with a key that is limited to projects', () => {
  it('are all tried', () => {
    expect(Object.keys(inputs).sort()).toEqual([...mutations].sort())
  })

  const inputOf = (name: string, project: Project, other: Project) => inputs[name]?.(project, other) ?? {}

  // A copy goes to another project, so a key for one can make none.
  it.each(mutations.filter((name) => !['copyExperimentToProject', 'copyFeatureFlag'].includes(name)))(
    '%s writes into the only project of the key',
    async (name) => {
      const { projects, key } = await projectsAndKey([0])
      const input = await inputOf(name, projects[0], projects[1])
      const before = await rowsOf(projects)
      const answer = await mutate(key, name, input)
      expect(answer.message).toBeUndefined()
      expect(changed(before, await rowsOf(projects))).toEqual([0])
    },
  )

  describe.each(mutations)('%s', (name) => {
    it.each([
      [0, [0, 1]],
      [0, [1, 0]],
      [1, [0, 1]],
      [1, [1, 0]],
    ] as const)('writes into project %i with a key for %j', async (place, places) => {
      const { projects, key } = await projectsAndKey(places)
      const given = await inputOf(name, projects[place], projects[place === 0 ? 1 : 0])
      const before = await rowsOf(projects)
      const answer = await mutate(key, name, given)
      expect(answer.message).toBeUndefined()
      expect(changed(before, await rowsOf(projects))).toEqual([place])
    })

    it('writes nothing with a key for other projects', async () => {
      for (const places of [[2], [1, 2]]) {
        const { projects, key } = await projectsAndKey(places)
        const given = await inputOf(name, projects[0], projects[1])
        const before = await rowsOf(projects)
        const answer = await mutate(key, name, given)
        expect(['NotFoundError', 'PermissionDeniedError']).toContain(answer.__typename)
        expect(changed(before, await rowsOf(projects))).toEqual([])
      }
    })
  })
})

/** Each root field of a project, asked so that its answer names what it found; and what it finds in a project. */
const questions: Record<string, { ask(project: Project): string; found(project: Project): unknown }> = {
  project: { ask: ({ id }) => `project(id: ${id}) { name }`, found: ({ name }) => ({ name }) },
  eligibleFeatureFlags: {
    ask: ({ id }) => `eligibleFeatureFlags(projectId: ${id}, search: "flag-of-") { nodes { key } }`,
    found: ({ id }) => ({ nodes: [{ key: `flag-of-${id}` }] }),
  },
  featureFlag: {
    ask: ({ id }) => `featureFlag(projectId: ${id}, key: "flag-of-${id}") { key }`,
    found: ({ id }) => ({ key: `flag-of-${id}` }),
  },
  featureFlags: {
    ask: ({ id }) => `featureFlags(projectId: ${id}, search: "flag-of-") { nodes { key } }`,
    found: ({ id }) => ({ nodes: [{ key: `flag-of-${id}` }] }),
  },
  surveys: { ask: ({ id }) => `surveys(projectId: ${id}) { nodes { name } }`, found: ({ id }) => ({ nodes: [{ name: `of ${id}` }] }) },
  productTours: {
    ask: ({ id }) => `productTours(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `of ${id}` }] }),
  },
  evaluationContexts: {
    ask: ({ id }) => `evaluationContexts(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `of ${id}` }] }),
  },
  experiments: {
    ask: ({ id }) => `experiments(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `experiment-of-${id}` }] }),
  },
  holdouts: {
    ask: ({ id }) => `holdouts(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `holdout-of-${id}` }] }),
  },
  promptTemplates: { ask: ({ id }) => `promptTemplates(projectId: ${id}) { __typename }`, found: () => expect.any(Array) },
  requiresFlagImplementation: {
    ask: ({ id }) => `requiresFlagImplementation(projectId: ${id}, events: ["e"]) { required }`,
    found: () => ({ required: true }),
  },
  stats: { ask: ({ id }) => `stats(projectId: ${id}) { activeExperiments }`, found: () => ({ activeExperiments: 1 }) },
  changeRequests: { ask: ({ id }) => `changeRequests(projectId: ${id}) { totalCount }`, found: () => ({ totalCount: 1 }) },
  evaluateFeatureFlags: {
    ask: ({ id }) => `evaluateFeatureFlags(projectId: ${id}, keys: ["flag-of-${id}"], distinctId: "somebody") { key enabled }`,
    found: ({ id }) => [{ key: `flag-of-${id}`, enabled: true }],
  },
  cohorts: {
    ask: ({ id }) => `cohorts(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `cohort-of-${id}` }] }),
  },
  activity: { ask: ({ id }) => `activity(projectId: ${id}) { totalCount }`, found: () => ({ totalCount: 1 }) },
  actions: {
    ask: ({ id }) => `actions(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `action-of-${id}` }] }),
  },
  savedMetrics: {
    ask: ({ id }) => `savedMetrics(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `metric-of-${id}` }] }),
  },
  prompts: {
    ask: ({ id }) => `prompts(projectId: ${id}) { nodes { name } }`,
    found: ({ id }) => ({ nodes: [{ name: `prompt-of-${id}` }] }),
  },
  approvalPolicies: { ask: ({ id }) => `approvalPolicies(projectId: ${id}) { totalCount }`, found: () => ({ totalCount: 1 }) },
}
/** Root fields that name no project. */
const withoutProject = [
  'node',
  'nodes',
  'organization',
  'viewer',
  'experiment',
  'savedMetric',
  '_entities',
  '_service',
  'changeRequest',
  'approvalPolicy',
  'holdout',
]

describe('queries with a key that is limited to projects', () => {
  it('are all tried', () => {
    const fields = Object.keys(schema.getQueryType()?.getFields() ?? {})
    expect([...Object.keys(questions), ...withoutProject].sort()).toEqual(fields.sort())
  })

  it.each(Object.entries(questions))('%s finds what is of the project, with a key for it', async (field, { ask, found }) => {
    for (const places of [[0], [0, 1], [1, 0], [2], [1, 2]]) {
      const { projects, key } = await projectsAndKey(places)
      for (const project of projects) {
        const flag = await seedFlag(db, project, { key: `flag-of-${project.id}` })
        await seedExperiment(db, flag, { name: `experiment-of-${project.id}`, ...running })
        await db.cohort.create({ data: { projectId: project.id, name: `cohort-of-${project.id}` } })
        await db.action.create({ data: { projectId: project.id, name: `action-of-${project.id}` } })
        await db.savedMetric.create({ data: { projectId: project.id, name: `metric-of-${project.id}`, query: {} } })
        await db.prompt.create({ data: { projectId: project.id, name: `prompt-of-${project.id}`, version: 1, prompt: 'Hello' } })
        await holdoutId(project)
        const named = { projectId: project.id, name: `of ${project.id}` }
        await db.survey.create({ data: named })
        await db.productTour.create({ data: named })
        await db.evaluationContext.create({ data: named })
      }
      await requestId(projects[0], colleague)
      const { data, errors } = await tested.run(key, `{ ${ask(projects[0])} }`)
      if (places.includes(0)) expect(data).toEqual({ [field]: found(projects[0]) })
      else {
        expect(data).toEqual({ [field]: null })
        expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
      }
    }
  })

  it('node, nodes, organization and viewer find what is of the projects of the key', async () => {
    const { projects, key } = await projectsAndKey([0, 1])
    const ids: string[] = []
    for (const project of projects) {
      const flag = await seedFlag(db, project)
      const experiment = await seedExperiment(db, flag)
      ids.push(globalId('Project', project.id), globalId('FeatureFlag', flag.id), globalId('Experiment', experiment.id))
    }
    const query = `query ($ids: [ID!]!, $references: [_Any!]!, $organization: ID!) {
      nodes(ids: $ids) { id } viewer { projects { totalCount } } organization(id: $organization) { projects { totalCount } } _entities(representations: $references) { ... on FeatureFlag { id } } }`
    const references = [1, 4, 7].map((place) => ({ __typename: 'FeatureFlag', id: ids[place] }))
    const { data } = await tested.run(key, query, { ids, references, organization: organization.id })
    expect(data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([...ids.slice(0, 6), null, null, null])
    expect(data.viewer).toEqual({ projects: { totalCount: 2 } })
    expect(data.organization).toEqual({ projects: { totalCount: 2 } })
    expect(data._entities).toEqual([{ id: ids[1] }, { id: ids[4] }, null])
    for (const [index, id] of ids.entries()) {
      const one = await tested.run(key, 'query ($id: ID!) { node(id: $id) { id } }', { id })
      expect(one.data).toEqual({ node: index < 6 ? { id } : null })
      if (index % 3 !== 2) continue
      const { data } = await tested.run(key, 'query ($id: ID!) { experiment(id: $id) { id } }', { id })
      expect(data).toEqual({ experiment: index < 6 ? { id } : null })
    }
  })
})
