import fc from 'fast-check'
import { expect, it } from 'vitest'
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
