import type { Db } from '../../src/database/open.ts'
import type { GatedAction } from '../../src/features/approvals/rules/guardedChanges.ts'
import { seedKey, seedUser } from './seed.ts'
import type { seedTenant } from './testServer.ts'

type Tenant = Awaited<ReturnType<typeof seedTenant>>

/** A member of the tenant's organization beside its first, with a key of their own. */
export async function seedColleague(db: Db, { organization }: Pick<Tenant, 'organization'>, level = 1) {
  const user = await seedUser(db, organization, { level })
  return { user, key: await seedKey(db, user) }
}

/** A policy of the tenant's project: every such change, one approval. */
export function seedPolicy(
  db: Db,
  { organization, project }: Pick<Tenant, 'organization' | 'project'>,
  actionKey: GatedAction,
  approvers: readonly { user: { id: number } }[],
  more: object = {},
) {
  return db.approvalPolicy.create({
    data: {
      organizationId: organization.id,
      projectId: project.id,
      actionKey,
      quorum: 1,
      approverUserIds: approvers.map(({ user }) => user.id),
      ...more,
    },
  })
}

/** What of the database a gated write must leave as it is. */
export async function snapshotFlagsAndExperiments(db: Db) {
  return JSON.stringify([
    await db.featureFlag.findMany({ orderBy: { id: 'asc' } }),
    await db.experiment.findMany({ orderBy: { id: 'asc' } }),
  ])
}
