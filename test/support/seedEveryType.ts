import type { Db } from '../../src/database/client.ts'
import type { Prisma } from '../../src/database/generated/client.ts'
import { seedColleague, seedPolicy } from './approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedOrganization, seedProject, seedUser } from './seed.ts'
import { globalId, seedTenant } from './testServer.ts'

/** The number of rows in every list, unless a test asks for more. */
export const rows = 5

/** Objects of every type that can be listed, or read by id. */
export interface EveryType {
  /** `key` belongs to a viewer who may read everything, and `emptyKey` to one without any data. */
  key: string
  emptyKey: string
  /** The global ids of all objects, by type and by list. For a list field of a type, the first object has the full list. */
  ids: Record<string, string[]>
  /** What tells objects apart that have no id, by type. */
  parts: Record<string, (string | number)[]>
  /** For each type with lists, the global id of an object whose lists are empty. */
  empty: Record<string, string>
}

// Two objects share each day, so that lists must also sort by id.
const day = (n: number) => new Date(Date.UTC(2026, 9, 1 + Math.floor(n / 2)))

/** Makes so many rows, one after the other. */
async function repeat<Row>(count: number, make: (n: number) => Promise<Row>): Promise<Row[]> {
  const made: Row[] = []
  for (let n = 0; n < count; n++) made.push(await make(n))
  return made
}

/** @param count the number of rows in every list: at least 5 */
export async function seedEveryType(db: Db, count = rows): Promise<EveryType> {
  const times = <Row>(make: (n: number) => Promise<Row>) => repeat(count, make)
  const tenant = await seedTenant(db)
  const { organization, project, user, key } = tenant
  const colleague = await seedColleague(db, tenant)
  const [quiet, bare, linked, synced, ...more] = (await repeat(count - 1, () => seedProject(db, organization))) as [
    typeof project,
    typeof project,
    typeof project,
    typeof project,
  ]

  const people = [user, colleague.user]
  while (people.length < count) people.push(await seedUser(db, organization))
  // Names and times repeat, so that these lists must also sort by id.
  for (const [n, { id: userId }] of people.entries()) {
    const membership = { organizationId_userId: { organizationId: organization.id, userId } }
    await db.organizationMembership.update({ where: membership, data: { createdAt: day(n) } })
  }
  const organizations = [organization]
  while (organizations.length < count) organizations.push(await seedOrganization(db, { name: `Other ${organizations.length % 2}` }))
  await db.organizationMembership.createMany({ data: organizations.slice(1).map(({ id }) => ({ organizationId: id, userId: user.id })) })

  const by = { createdById: user.id }
  const cohort = (projectId: number, n: number) =>
    db.cohort.create({ data: { ...by, projectId, name: `Cohort ${n % 2}`, createdAt: day(n) } })
  const cohorts = await times((n) => cohort(project.id, n))
  const [firstCohort] = cohorts as [(typeof cohorts)[0]]
  await db.groupType.create({ data: { projectId: project.id, index: 0, name: 'company' } })
  const condition = { key: 'id', type: 'cohort', operator: 'in', value: firstCohort.id }
  const filters = { ...controlAndTest, groups: [{ properties: [condition], rollout_percentage: 100 }] }
  const flags = await times((n) =>
    seedFlag(db, project, { ...by, filters, name: `Flag ${n % 2}`, createdAt: day(n), lastModifiedById: user.id }),
  )
  const [flag] = flags as [(typeof flags)[0]]
  // All of them depend on the first, even itself.
  const dependency = { type: 'flag', key: flag.key, operator: 'flag_evaluates_to', value: true }
  const dependent = { ...filters, groups: [{ properties: [condition, dependency], rollout_percentage: 100 }] }
  // The first action is in every saved metric and every experiment. The experiments compare versions of the first prompt.
  const metrics = await seedMetrics(db, project.id, user.id, count)
  await db.featureFlag.update({ where: { id: flag.id }, data: { version: count } })
  const holdout = (projectId: number, n = 0) =>
    db.holdout.create({
      data: { ...by, projectId, name: `Holdout ${n % 2}`, filters: [{ rollout_percentage: 10 }], createdAt: day(n), updatedAt: day(n) },
    })
  const holdouts = await times((n) => holdout(project.id, n))
  const [firstHoldout] = holdouts as [(typeof holdouts)[0]]
  const inHoldout = { holdoutId: firstHoldout.id }
  const experiments = await times((n) =>
    seedExperiment(db, flag, {
      ...by,
      ...stages[n % stages.length],
      ...metrics.definition,
      ...inHoldout,
      name: `Experiment ${n % 2}`,
      createdAt: day(n),
    }),
  )
  const [experiment] = experiments as [(typeof experiments)[0]]

  const surveys = await times((n) => db.survey.create({ data: { projectId: project.id, name: `Survey ${n % 2}`, createdAt: day(n) } }))
  const tours = await times((n) => db.productTour.create({ data: { projectId: project.id, name: `Tour ${n % 2}`, createdAt: day(n) } }))
  const contexts = await times((n) =>
    db.evaluationContext.create({ data: { projectId: project.id, name: `context ${n}`, createdAt: day(n) } }),
  )
  const [context] = contexts as [(typeof contexts)[0]]
  await db.featureFlagEvaluationContext.createMany({
    data: flags.map(({ id }) => ({ featureFlagId: id, evaluationContextId: context.id })),
  })
  const emptyContext = await db.evaluationContext.create({ data: { projectId: quiet.id, name: 'empty' } })

  const members = { create: people.map(({ id }) => ({ userId: id })) }
  const roles = [
    await db.role.create({ data: { organizationId: organization.id, name: 'Release', members } }),
    await db.role.create({ data: { organizationId: organization.id, name: 'On call' } }),
    await db.role.create({ data: { organizationId: organization.id, name: 'Analysis' } }),
    await db.role.create({ data: { organizationId: organization.id, name: 'release' } }),
    await db.role.create({ data: { organizationId: organization.id, name: 'Web' } }),
    ...(await repeat(count - 5, (n) => db.role.create({ data: { organizationId: organization.id, name: `Role ${n}` } }))),
  ] as const
  // A project has one policy of an action.
  const policies = await repeat(Math.min(count, actions.length), (n) =>
    seedPolicy(db, tenant, actions[n] as (typeof actions)[number], [{ user }, colleague], {
      createdAt: day(n),
      approverRoleIds: [roles[0].id],
      bypassRoleIds: [roles[1].id],
    }),
  )
  const request = (projectId: number, n: number, featureFlagId: number | null = null, requester = user) =>
    db.changeRequest.create({
      data: {
        ...change,
        projectId,
        featureFlagId,
        resourceId: featureFlagId,
        targetKey: `${projectId} ${n}`,
        createdAt: day(n),
        requestedById: requester.id,
        // The viewer may decide their own.
        policySnapshot: { ...change.policySnapshot, users: requester === user ? [user.id] : [], allowSelfApprove: true },
      },
    })
  const requests = await times((n) => request(project.id, n, flag.id))
  const [firstRequest] = requests as [(typeof requests)[0]]
  // All flags carry the first holdout, and depend on the first flag.
  for (const { id } of flags) {
    const holdout = { id: firstHoldout.id, exclusion_percentage: 10 }
    await db.featureFlag.update({ where: { id }, data: { filters: { ...dependent, holdout } } })
  }
  const approvals = []
  for (const { id } of people.slice(1, 3)) {
    approvals.push(await db.approval.create({ data: { changeRequestId: firstRequest.id, createdById: id, decision: 'APPROVED' } }))
  }
  const about = { projectId: project.id, featureFlagId: flag.id, experimentId: experiment.id, changeRequestId: firstRequest.id }
  const entries = await times((n) =>
    db.activity.create({
      data: {
        ...about,
        organizationId: organization.id,
        activity: 'updateFeatureFlag',
        resourceType: 'FEATURE_FLAG',
        // Each made a version of the flag.
        flagVersion: n + 1,
        userId: user.id,
        before: { name: `Name ${n - 1}` },
        after: { name: `Name ${n}` },
        createdAt: day(n),
      },
    }),
  )

  // Links of projects that nothing else is in: mutations of the others stay here.
  for (const { id: projectId } of [linked, synced]) {
    const upstream = { mode: 'mirror', host: 'https://eu.posthog.com', upstreamProjectId: projectId } as const
    await db.projectLink.create({ data: { projectId, ...upstream, encryptedKey: 'sealed', keyHash: '0'.repeat(64) } })
  }
  const skipped = await times((n) =>
    db.linkSkippedRow.create({
      data: { projectId: linked.id, kind: `kind_${n}`, upstreamId: String(n), reason: 'key must not be blank', seenAt: day(n) },
    }),
  )

  // Another project has a flag with the key of the newest one, too.
  await seedFlag(db, quiet, { key: flags.at(-1)?.key ?? '' })
  const empty = {
    ProjectLink: synced,
    Organization: organizations[1] ?? organization,
    Role: roles[1],
    Project: bare,
    // Their keys are those of other flags, so that there are as many keys as flags in the first project.
    FeatureFlag: await seedFlag(db, quiet, { key: flags[0]?.key ?? '' }),
    Experiment: await seedExperiment(db, await seedFlag(db, quiet, { key: flags[1]?.key ?? '' }), { ...stages[2], archived: true }),
    Holdout: await holdout(quiet.id),
    Action: await db.action.create({ data: { projectId: quiet.id, name: 'Quiet' } }),
    SavedMetric: await db.savedMetric.create({ data: { projectId: quiet.id, name: 'Quiet', query: {} } }),
    Prompt: { id: (await db.prompt.create({ data: { projectId: quiet.id, name: 'Quiet', version: 1, prompt: 'Hush' } })).number },
    // Nobody's list has these two.
    ChangeRequest: await request(quiet.id, 0, null, colleague.user),
    Cohort: await cohort(quiet.id, 0),
    EvaluationContext: emptyContext,
  }
  const all = {
    Project: [project, quiet, bare, linked, synced, ...more],
    Organization: organizations,
    OrganizationMember: people.map(({ id }) => ({ id: `${organization.id}:${id}` })),
    User: people,
    FeatureFlag: flags,
    Experiment: experiments,
    Holdout: holdouts,
    Survey: surveys,
    ProductTour: tours,
    Role: roles,
    ApprovalPolicy: policies,
    ChangeRequest: requests,
    Approval: approvals,
    ActivityEntry: entries,
    Cohort: cohorts,
    EvaluationContext: contexts,
    ...metrics.listed,
    ProjectLink: [linked, synced],
  }
  await db.experimentSavedMetric.createMany({
    data: experiments.map(({ id }) => ({ experimentId: id, savedMetricId: metrics.listed.SavedMetric[0]?.id ?? 0 })),
  })
  return {
    key,
    emptyKey: await seedKey(db, await db.user.create({ data: { email: 'alone@example.com' } })),
    ids: Object.fromEntries(Object.entries(all).map(([type, of]) => [type, of.map(({ id }) => globalId(type, id))])),
    parts: {
      SkippedRow: skipped.map(({ kind }) => kind),
      FeatureFlagKey: flags.map(({ key }) => key),
      FeatureFlagVersion: [...Array(count).keys()].map((n) => n + 1),
    },
    empty: Object.fromEntries(Object.entries(empty).map(([type, { id }]) => [type, globalId(type, id)])),
  }
}

async function seedMetrics(db: Db, projectId: number, createdById: number, count: number) {
  const times = <Row>(make: (n: number) => Promise<Row>) => repeat(count, make)
  const made = (n: number) => ({ projectId, createdById, name: `Made ${n % 2}`, createdAt: day(n) })
  const actions = await times((n) => db.action.create({ data: { ...made(n), steps: [{ event: 'buy' }] } }))
  const source = { kind: 'ActionsNode', id: actions[0]?.id ?? 0 }
  const query = { kind: 'ExperimentMetric', metric_type: 'mean', uuid: '00000000-0000-4000-8000-000000000001', source }
  const savedMetrics = await times((n) => db.savedMetric.create({ data: { ...made(n), updatedAt: day(n), query } }))
  const prompt = (name: string, version: number, n: number) =>
    db.prompt.create({ data: { projectId, name, version, prompt: 'Hello', createdAt: day(n) } })
  const versions = await times((n) => prompt('greeter', n + 1, n))
  const others = await repeat(count - 1, (n) => prompt(`other-${n + 1}`, 1, n + 1))
  const numbers = (prompts: { number: number }[]) => prompts.map(({ number }) => ({ id: number }))
  return {
    listed: {
      Action: actions,
      SavedMetric: savedMetrics,
      Prompt: numbers([...versions.slice(0, 1), ...others]),
      PromptVersion: numbers(versions),
    },
    definition: {
      metrics: [{ ...query, uuid: '00000000-0000-4000-8000-000000000002' }],
      parameters: { prompt_metadata: { name: 'greeter' } },
    },
  }
}

const actions = [
  ...(['FEATURE_FLAG_ENABLE', 'FEATURE_FLAG_DISABLE', 'FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_DELETE', 'EXPERIMENT_LAUNCH'] as const),
  ...(['EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE', 'EXPERIMENT_HOLDOUT_UPDATE', 'EXPERIMENT_HOLDOUT_DELETE'] as const),
]

/** Drafts, and running and ended experiments. Some have no value for some sort orders. */
const stages: Partial<Prisma.ExperimentUncheckedCreateInput>[] = [
  {},
  { startDate: day(0), endDate: day(8) },
  { startDate: day(2), endDate: day(8) },
  {},
  // The newest one runs: its status depends on its flag.
  { startDate: day(2) },
]

const change = {
  actionKey: 'FEATURE_FLAG_UPDATE',
  resourceType: 'FEATURE_FLAG',
  operation: 'updateFeatureFlag',
  input: {},
  description: 'A change',
  before: {},
  after: {},
  preconditions: {},
  policySnapshot: {
    policyId: 1,
    quorum: 3,
    users: [],
    roles: [],
    allowSelfApprove: false,
    conditions: {},
    bypassMembershipLevels: [],
    bypassRoles: [],
  },
  expiresAt: new Date('2027-01-01T00:00:00Z'),
} satisfies Partial<Prisma.ChangeRequestUncheckedCreateInput>
