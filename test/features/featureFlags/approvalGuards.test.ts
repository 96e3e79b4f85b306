import { describe, expect, it } from 'vitest'
import type { GatedAction } from '../../../src/features/approvals/rules/guardedChanges.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, time } = await testServer()

const fields = `approvalGuards { actionKey viewerBypasses requiredApprovers { quorum users { id } selfApprovalAllowed }
  policy { id project { id } } openRequest { id } }`
async function guards(key: string, ids: readonly number[], selection = fields) {
  const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on FeatureFlag { ${selection} } } }`
  const { data, errors } = await run(key, query, { ids: ids.map((id) => globalId('FeatureFlag', id)) })
  expect(errors).toBeUndefined()
  return data.nodes.map(({ approvalGuards }: { approvalGuards: unknown[] }) => approvalGuards)
}
const actions = async (key: string, id: number) =>
  (await guards(key, [id], 'approvalGuards { actionKey }'))[0].map(({ actionKey }: { actionKey: string }) => actionKey)
const all = [
  ...(['FEATURE_FLAG_ENABLE', 'FEATURE_FLAG_DISABLE', 'FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_DELETE'] as const),
  ...(['EXPERIMENT_LAUNCH', 'EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE'] as const),
] satisfies GatedAction[]

describe('FeatureFlag.approvalGuards', () => {
  it('names the policies of what can be done to the flag now', async () => {
    const tenant = await seedTenant(db)
    const { key, project } = tenant
    const approver = await seedColleague(db, tenant)
    const on = await seedFlag(db, project)
    expect(await actions(key, on.id)).toEqual([])
    for (const action of all) await seedPolicy(db, tenant, action, [approver])
    const off = await seedFlag(db, project, { active: false })
    const gone = await seedFlag(db, project, { deleted: true })
    const owned = await seedFlag(db, project)
    await seedExperiment(db, owned)
    const formerly = await seedFlag(db, project)
    await seedExperiment(db, formerly, { deleted: true })
    expect(await actions(key, on.id)).toEqual(['FEATURE_FLAG_DISABLE', 'FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_DELETE'])
    expect(await actions(key, off.id)).toEqual(['FEATURE_FLAG_ENABLE', 'FEATURE_FLAG_UPDATE'])
    expect(await actions(key, gone.id)).toEqual(['FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_ENABLE'])
    expect(await actions(key, owned.id)).toEqual(['EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_DELETE'])
    expect(await actions(key, formerly.id)).toEqual(['EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_DELETE'])
  })

  it('puts the policy of the project before that of the organization, which only counts where the other has a condition', async () => {
    const tenant = await seedTenant(db)
    const { key, project, organization } = tenant
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, project)
    const ofProject = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver], { quorum: 1 })
    const ofAll = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver], { projectId: null })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver], { enabled: false })
    const stranger = await seedTenant(db)
    await seedPolicy(db, stranger, 'FEATURE_FLAG_DISABLE', [approver], { projectId: null })
    const shown = {
      actionKey: 'FEATURE_FLAG_UPDATE',
      viewerBypasses: false,
      requiredApprovers: { quorum: 1, users: [{ id: globalId('User', approver.user.id) }], selfApprovalAllowed: false },
      openRequest: null,
    }
    const first = { ...shown, policy: { id: globalId('ApprovalPolicy', ofProject.id), project: { id: globalId('Project', project.id) } } }
    expect(await guards(key, [flag.id])).toEqual([[first]])
    await db.approvalPolicy.update({
      where: { id: ofProject.id },
      data: { conditions: { type: 'before_after', field: 'rollout_percentage', operator: '>', value: 50 } },
    })
    const second = { ...shown, policy: { id: globalId('ApprovalPolicy', ofAll.id), project: null } }
    expect(await guards(key, [flag.id])).toEqual([[first, second]])
    expect(organization.id).not.toBe(stranger.organization.id)
  })

  it('tells who bypasses, by level and by role, as the gate does', async () => {
    const tenant = await seedTenant(db)
    const { key, project, organization, user } = tenant
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, project)
    const role = await db.role.create({
      data: { organizationId: organization.id, name: 'Release', members: { create: { userId: user.id } } },
    })
    const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver], {
      bypassRoleIds: [role.id],
      bypassMembershipLevels: [15],
    })
    const bypasses = async (key: string) => (await guards(key, [flag.id]))[0][0].viewerBypasses
    expect([await bypasses(key), await bypasses(approver.key)]).toEqual([true, false])
    await db.approvalPolicy.update({ where: { id: policy.id }, data: { bypassMembershipLevels: [1], bypassRoleIds: [] } })
    expect([await bypasses(key), await bypasses(approver.key)]).toEqual([true, true])
  })

  it('shows the open request, until it expires', async () => {
    const tenant = await seedTenant(db)
    const { key, project } = tenant
    const approver = await seedColleague(db, tenant)
    const [flag, other] = [await seedFlag(db, project), await seedFlag(db, project)]
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    await run(key, 'mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) { __typename } }', { id: flag.id })
    const request = await db.changeRequest.findFirstOrThrow({ where: { featureFlagId: flag.id } })
    expect(await guards(key, [flag.id, other.id])).toMatchObject([
      [{ openRequest: { id: globalId('ChangeRequest', request.id) } }],
      [{ openRequest: null }],
    ])
    const { now } = time
    time.now = new Date(request.expiresAt.getTime() + 1)
    expect(await guards(key, [flag.id])).toMatchObject([[{ openRequest: null }]])
    time.now = now
  })

  it('keeps policies and requests from a key without the scope for approvals', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    const reader = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    const query =
      'query ($id: ID!) { node(id: $id) { ... on FeatureFlag { approvalGuards { actionKey policy { id } openRequest { id } } } } }'
    const { data, errors } = await run(reader, query, { id: globalId('FeatureFlag', flag.id) })
    expect(data.node.approvalGuards).toEqual([{ actionKey: 'FEATURE_FLAG_DISABLE', policy: null, openRequest: null }])
    expect(errors?.map(({ extensions }) => extensions.requiredScope)).toEqual(['approvals:read', 'approvals:read'])
  })
})
