import type { Db } from '../../src/database/client.ts'
import type { Prisma } from '../../src/database/generated/client.ts'
import { seedColleague, seedPolicy } from './approvals.ts'
import { seedExperiment, seedFlag, seedKey, seedOrganization, seedProject, seedUser } from './seed.ts'
import { globalId, seedTenant } from './testServer.ts'

/** The number of rows in every list. */
export const rows = 5

/** Objects of every type that can be listed, or read by id. */
export interface EveryType {
  /** `key` belongs to a viewer who may read everything, and `emptyKey` to one without any data. */
  key: string
  emptyKey: string
  /** The global ids of all objects, by type and by list. For a list field of a type, the first object has the full list. */
  ids: Record<string, string[]>
  /** For each type with lists, the global id of an object whose lists are empty. */
  empty: Record<string, string>
}

// Two objects share each day, so that lists must also sort by id.
const day = (n: number) => new Date(Date.UTC(2026, 9, 1 + Math.floor(n / 2)))
const times = <Row>(make: (n: number) => Promise<Row>): Promise<Row[]> =>
  [...Array(rows).keys()].reduce(async (made, n) => [...(await made), await make(n)], Promise.resolve<Row[]>([]))

export async function seedEveryType(db: Db): Promise<EveryType> {
  const tenant = await seedTenant(db)
  const { organization, project, user, key } = tenant
  const colleague = await seedColleague(db, tenant)
  const [quiet, bare, ...more] = [
    await seedProject(db, organization),
    await seedProject(db, organization),
    await seedProject(db, organization),
    await seedProject(db, organization),
  ] as const

  const by = { createdById: user.id }
  const flags = await times((n) => seedFlag(db, project, { ...by, name: `Flag ${n % 2}`, createdAt: day(n), lastModifiedById: user.id }))
  const [flag] = flags as [(typeof flags)[0]]
  const experiments = await times((n) => seedExperiment(db, flag, { ...by, ...stages[n], name: `Experiment ${n % 2}`, createdAt: day(n) }))
  const [experiment] = experiments as [(typeof experiments)[0]]

  const roles = [
    await db.role.create({ data: { organizationId: organization.id, name: 'Release' } }),
    await db.role.create({ data: { organizationId: organization.id, name: 'On call' } }),
  ] as const
  const policies = await times((n) =>
    seedPolicy(db, tenant, actions[n] ?? 'FEATURE_FLAG_ENABLE', [{ user }, colleague], {
      createdAt: day(n),
      approverRoleIds: [roles[0].id],
      bypassRoleIds: [roles[1].id],
    }),
  )
  const request = (projectId: number, n: number, featureFlagId: number | null = null) =>
    db.changeRequest.create({
      data: {
        ...change,
        projectId,
        featureFlagId,
        resourceId: featureFlagId,
        targetKey: `${projectId} ${n}`,
        createdAt: day(n),
        requestedById: user.id,
      },
    })
  const requests = await times((n) => request(project.id, n, flag.id))
  const [firstRequest] = requests as [(typeof requests)[0]]
  const approvals = []
  for (const { id } of [user, colleague.user]) {
    approvals.push(await db.approval.create({ data: { changeRequestId: firstRequest.id, createdById: id, decision: 'APPROVED' } }))
  }
  const about = { projectId: project.id, featureFlagId: flag.id, experimentId: experiment.id, changeRequestId: firstRequest.id }
  const entries = await times((n) =>
    db.activity.create({
      data: {
        ...about,
        organizationId: organization.id,
        activity: 'updateFeatureFlag',
        userId: user.id,
        before: {},
        after: {},
        createdAt: day(n),
      },
    }),
  )

  const empty = {
    Project: bare,
    FeatureFlag: await seedFlag(db, quiet),
    Experiment: await seedExperiment(db, await seedFlag(db, quiet)),
    ChangeRequest: await request(quiet.id, 0),
  }
  const all = {
    Project: [project, quiet, bare, ...more],
    User: [user, colleague.user],
    FeatureFlag: flags,
    Experiment: experiments,
    Role: roles,
    ApprovalPolicy: policies,
    ChangeRequest: requests,
    Approval: approvals,
    ActivityEntry: entries,
  }
  return {
    key,
    emptyKey: await seedKey(db, await seedUser(db, await seedOrganization(db))),
    ids: Object.fromEntries(Object.entries(all).map(([type, of]) => [type, of.map(({ id }) => globalId(type, id))])),
    empty: Object.fromEntries(Object.entries(empty).map(([type, { id }]) => [type, globalId(type, id)])),
  }
}

const actions = ['FEATURE_FLAG_ENABLE', 'FEATURE_FLAG_DISABLE', 'FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_DELETE', 'EXPERIMENT_LAUNCH'] as const

/** Drafts, and running and ended experiments. Some have no value for some sort orders. */
const stages: Partial<Prisma.ExperimentUncheckedCreateInput>[] = [
  {},
  { startDate: day(2) },
  { startDate: day(2), endDate: day(8) },
  {},
  { startDate: day(0), endDate: day(8) },
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
