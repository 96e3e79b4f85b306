import type { Db } from '../../src/database/client.ts'
import type { GatedAction } from '../../src/features/approvals/rules/guardedChanges.ts'
import { seedKey, seedUser } from './seed.ts'
import type { seedTenant } from './testServer.ts'

type Tenant = Awaited<ReturnType<typeof seedTenant>>

/** Another member of the tenant's organization, with a key. */
export async function seedColleague(db: Db, { organization }: Pick<Tenant, 'organization'>, level = 1) {
  const user = await seedUser(db, organization, { level })
  return { user, key: await seedKey(db, user) }
}

/** A policy of the tenant's project that guards every change of the action, with a quorum of one. */
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

/** The rows that a guarded write must not change. */
export async function snapshotFlagsAndExperiments(db: Db) {
  return JSON.stringify([
    await db.featureFlag.findMany({ orderBy: { id: 'asc' } }),
    await db.experiment.findMany({ orderBy: { id: 'asc' } }),
  ])
}
