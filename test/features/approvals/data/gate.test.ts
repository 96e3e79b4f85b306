import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { seedFlag } from '../../../support/seed.ts'
import { seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run } = await testServer()

const filtersOf = (percentage: number) => ({ groups: [{ properties: [], rollout_percentage: percentage }] })
const update = `mutation ($id: ID!, $filters: JSON) { updateFeatureFlag(input: { id: $id, filters: $filters }) { __typename } }`

const operators = {
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
}
const percentage = fc.integer({ min: 0, max: 100 })
const condition = fc.option(
  fc.record({
    type: fc.constantFrom('before_after', 'change_amount', 'crosses_threshold'),
    operator: fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])),
    value: percentage,
  }),
)

it('under any policy, lets no guarded change through and stops no other', async () => {
  const tenant = await seedTenant(db)
  const approver = await seedColleague(db, tenant)
  const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
  await fc.assert(
    fc.asyncProperty(percentage, percentage, condition, fc.subarray([1, 8, 15]), async (from, to, wanted, bypassMembershipLevels) => {
      const conditions = wanted === null ? {} : { field: 'rollout_percentage', ...wanted }
      await db.approvalPolicy.update({ where: { id: policy.id }, data: { conditions, bypassMembershipLevels } })
      const flag = await seedFlag(db, tenant.project, { filters: filtersOf(from) })
      const { data } = await run(tenant.key, update, { id: String(flag.id), filters: filtersOf(to) })

      const holds = (value: number) => wanted === null || operators[wanted.operator](value, wanted.value)
      const guards = { before_after: holds(to), change_amount: holds(Math.abs(to - from)), crosses_threshold: holds(to) && !holds(from) }
      const guarded = from !== to && (wanted === null || guards[wanted.type as keyof typeof guards]) && !bypassMembershipLevels.includes(1)
      expect(data.updateFeatureFlag.__typename).toBe(guarded ? 'ApprovalRequiredError' : 'FeatureFlag')
      const stored = await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })
      expect(stored).toEqual(guarded || from === to ? flag : { ...stored, filters: filtersOf(to), version: 2 })
      expect(await db.changeRequest.count({ where: { featureFlagId: flag.id } })).toBe(guarded ? 1 : 0)
    }),
    { numRuns: 60 },
  )
})

it('rejects when it cannot judge, and nothing is written', async () => {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project, { filters: filtersOf(10) })
  await db.$executeRaw`ALTER TABLE approval_policies RENAME TO lost_policies`
  try {
    const { data, errors } = await run(tenant.key, update, { id: String(flag.id), filters: filtersOf(90) })
    expect(data).toBeNull()
    expect(errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR')
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toEqual(flag)
  } finally {
    await db.$executeRaw`ALTER TABLE lost_policies RENAME TO approval_policies`
  }
})

describe('a bypass', () => {
  const change = `mutation ($id: ID!, $filters: JSON) { updateFeatureFlag(input: { id: $id, active: true, filters: $filters }) {
    __typename ... on ApprovalRequiredError { changeRequest { id activity { nodes { activity detail } } } } } }`
  const bypassesOf = (featureFlagId: number) =>
    db.activity.findMany({ where: { activity: 'bypassPolicy', featureFlagId }, orderBy: { id: 'asc' } })

  it('beside another policy that applies leaves an entry with the request: policy, reason and what it skipped', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const enable = await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [approver], { bypassMembershipLevels: [1], quorum: 1 })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
    const flag = await seedFlag(db, tenant.project, { filters: filtersOf(10), active: false })
    const ask = () => run(tenant.key, change, { id: String(flag.id), filters: filtersOf(90) })
    const { changeRequest } = (await ask()).data.updateFeatureFlag
    const [entry, ...others] = await bypassesOf(flag.id)
    expect(others).toEqual([])
    expect(entry).toMatchObject({
      policyId: enable.id,
      userId: tenant.user.id,
      projectId: tenant.project.id,
      changeRequestId: expect.any(Number),
      detail: `Bypassed the policy for FEATURE_FLAG_ENABLE by level member. Skipped 1 approval of: Enable feature flag '${flag.key}'.`,
      after: { active: true, 'filters.groups': filtersOf(90).groups },
    })
    expect(changeRequest.activity.nodes).toContainEqual({ activity: 'bypassPolicy', detail: entry?.detail })
    // A second call finds the open request. It makes nothing, so it bypasses nothing.
    expect((await ask()).data.updateFeatureFlag.__typename).toBe('ChangeRequestPendingError')
    expect(await bypassesOf(flag.id)).toHaveLength(1)
  })

  it('of two policies leaves two entries, by level and by role', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const role = await db.role.create({ data: { organizationId: tenant.organization.id, name: 'Release' } })
    await db.roleMembership.create({ data: { roleId: role.id, userId: tenant.user.id } })
    const enable = await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [approver], { bypassMembershipLevels: [1] })
    const updatePolicy = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver], { bypassRoleIds: [role.id], quorum: 2 })
    const flag = await seedFlag(db, tenant.project, { filters: filtersOf(10), active: false })
    await run(tenant.key, change, { id: String(flag.id), filters: filtersOf(90) })
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toMatchObject({ active: true, filters: filtersOf(90) })
    expect(await bypassesOf(flag.id)).toMatchObject([
      { policyId: enable.id, changeRequestId: null, detail: expect.stringContaining('FEATURE_FLAG_ENABLE by level member') },
      {
        policyId: updatePolicy.id,
        changeRequestId: null,
        detail:
          "Bypassed the policy for FEATURE_FLAG_UPDATE by role 'Release'. Skipped 2 approvals of: " +
          `Update feature flag '${flag.key}': groups[0].rollout_percentage 10% -> 90%.`,
      },
    ])
  })
})
