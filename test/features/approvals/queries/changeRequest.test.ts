import { beforeEach, describe, expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { getErrors } from '../../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, statements, time, countStatements } = await testServer()

let tenant: Awaited<ReturnType<typeof seedTenant>>
let approver: Awaited<ReturnType<typeof seedColleague>>
beforeEach(async () => {
  tenant = await seedTenant(db)
  approver = await seedColleague(db, tenant)
})

const two = (first: number, second: number) => ({
  groups: [
    { properties: [{ key: 'plan', value: 'pro', operator: 'exact', type: 'person' }], rollout_percentage: first },
    { properties: [], rollout_percentage: second },
  ],
})
/** Asks to change the share of the second condition set of a flag, and returns the id of the request. */
async function requestChange(more: object = {}, key = tenant.key) {
  const flag = await seedFlag(db, tenant.project, { filters: two(10, 20) })
  const { data } = await run(
    key,
    `mutation ($in: UpdateFeatureFlagInput!) { it: updateFeatureFlag(input: $in) { ... on ApprovalRequiredError {
      changeRequest { id resourceName changes { label guarded } }
    } } }`,
    { in: { id: globalId('FeatureFlag', flag.id), filters: two(10, 70), ...more } },
  )
  return { flag, ...data.it.changeRequest }
}
const read = async (selection: string, id: string, key = tenant.key) =>
  run(key, `query ($id: ID!) { changeRequest(id: $id) { ${selection} } }`, { id })

describe('a change request', () => {
  it('tells what it is about, under which policy, and what would change', async () => {
    const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
    const { flag, id } = await requestChange({ name: 'Renamed' })
    const selection = `resourceName policy { id } resource { __typename ... on FeatureFlag { key } ... on Experiment { name } }
      changes { path label before after guarded }`
    const { data, errors } = await read(selection, id)
    expect(errors).toBeUndefined()
    expect(data.changeRequest).toEqual({
      resourceName: flag.key,
      policy: { id: globalId('ApprovalPolicy', policy.id) },
      resource: { __typename: 'FeatureFlag', key: flag.key },
      changes: [
        { path: ['name'], label: 'Name', before: '', after: 'Renamed', guarded: false },
        {
          ...{ path: ['filters', 'groups', '1', 'rollout_percentage'], label: 'Condition 2: rollout' },
          ...{ before: 20, after: 70, guarded: true },
        },
      ],
    })
    expect((await read('id', atob(id).split(':')[1] ?? '')).data.changeRequest).toEqual({ id })
    await db.approvalPolicy.delete({ where: { id: policy.id } })
    expect((await read('policy { id }', id)).data.changeRequest).toEqual({ policy: null })
  })

  it('about an experiment names it, and marks what the policy for experiments guards', async () => {
    await seedPolicy(db, tenant, 'EXPERIMENT_PAUSE', [approver])
    const flag = await seedFlag(db, tenant.project)
    const experiment = await seedExperiment(db, flag, { name: 'Blue', startDate: new Date('2026-11-01') })
    const paused = await run(
      tenant.key,
      'mutation ($id: ID!) { it: pauseExperiment(input: { id: $id }) { ... on ApprovalRequiredError { changeRequest { id } } } }',
      { id: globalId('Experiment', experiment.id) },
    )
    const { id } = paused.data.it.changeRequest
    const selection = 'resourceName resource { __typename ... on Experiment { name } } changes { label before after guarded }'
    await db.experiment.update({ where: { id: experiment.id }, data: { name: 'Renamed' } })
    expect((await read(selection, id)).data.changeRequest).toEqual({
      resourceName: 'Blue',
      resource: { __typename: 'Experiment', name: 'Renamed' },
      changes: [{ label: 'Feature flag: On', before: true, after: false, guarded: true }],
    })
    await db.experiment.update({ where: { id: experiment.id }, data: { deleted: true } })
    expect((await read('resource { __typename }', id)).data.changeRequest).toEqual({ resource: null })
  })

  it('is told by the mutation that was stopped, also without the scope; its policy and resource need theirs', async () => {
    await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:write'] })
    const { flag, resourceName, changes } = await requestChange({}, key)
    expect(resourceName).toBe(flag.key)
    expect(changes).toEqual([{ label: 'Condition 2: rollout', guarded: true }])
    const { id } = await db.changeRequest.findFirstOrThrow({ where: { projectId: tenant.project.id } })
    const reader = await seedKey(db, tenant.user, { scopes: ['approvals:read'] })
    const { data, errors } = await read('resource { __typename } policy { quorum }', String(id), reader)
    expect(data.changeRequest).toEqual({ resource: null, policy: { quorum: 1 } })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'feature_flag:read' } }])
  })

  it('of others is not found; nor is a policy; both need their scope', async () => {
    const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
    const { id } = await requestChange()
    const stranger = await seedTenant(db)
    const byPolicy = (key: string, value: string) => run(key, 'query ($id: ID!) { approvalPolicy(id: $id) { id quorum } }', { id: value })
    const policyId = globalId('ApprovalPolicy', policy.id)
    expect((await byPolicy(tenant.key, policyId)).data.approvalPolicy).toEqual({ id: policyId, quorum: 1 })
    expect((await byPolicy(tenant.key, String(policy.id))).data.approvalPolicy).toEqual({ id: policyId, quorum: 1 })
    const elsewhere = await seedKey(db, tenant.user, { scopedOrganizations: [stranger.organization.id] })
    for (const key of [stranger.key, elsewhere]) {
      expect(getErrors(await read('id', id, key))).toMatchObject([{ code: 'NOT_FOUND' }])
      expect(getErrors(await byPolicy(key, policyId))).toMatchObject([{ code: 'NOT_FOUND' }])
    }
    for (const missing of ['2147483000', '99999999999', globalId('ChangeRequest', 2_147_483_000)]) {
      expect(getErrors(await read('id', missing))).toMatchObject([{ code: 'NOT_FOUND' }])
    }
    for (const wrong of ['', 'x', policyId]) {
      expect(getErrors(await read('id', wrong))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'id' }])
    }
    expect(getErrors(await byPolicy(tenant.key, id))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'id' }])
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:write'] })
    for (const answer of [await read('id', id, key), await byPolicy(key, policyId)]) {
      expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'approvals:read' } }])
    }
  })
})

it('an entry of the audit trail tells its changes and its policy', async () => {
  const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
  const { id } = await requestChange()
  await run(approver.key, 'mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename } }', { id })
  const { data, errors } = await run(
    tenant.key,
    `{ activity(projectId: ${tenant.project.id}) { nodes { activity policy { id } changes { label before after guarded } } } }`,
  )
  expect(errors).toBeUndefined()
  const share = { label: 'Condition 2: rollout', before: 20, after: 70 }
  const byName = Object.fromEntries(data.activity.nodes.map(({ activity, ...node }: { activity: string }) => [activity, node]))
  expect(byName).toEqual({
    requestChange: { policy: { id: globalId('ApprovalPolicy', policy.id) }, changes: [{ ...share, guarded: true }] },
    updateFeatureFlag: { policy: null, changes: [{ ...share, guarded: true }] },
    approveChangeRequest: { policy: null, changes: [{ label: 'State', before: 'PENDING', after: 'APPLIED', guarded: false }] },
  })
  const key = await seedKey(db, tenant.user, { scopes: ['activity_log:read'] })
  const trail = await run(key, `{ activity(projectId: ${tenant.project.id}) { nodes { changes { label } } } }`)
  expect(trail.errors).toBeUndefined()
})

it('takes as many statements for 50 requests as for one', async () => {
  const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
  const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
  for (let n = 0; n < 50; n++) {
    const flag = await seedFlag(db, tenant.project)
    await db.changeRequest.create({
      data: {
        ...{ projectId: tenant.project.id, actionKey: 'FEATURE_FLAG_UPDATE', resourceType: 'FEATURE_FLAG', resourceId: flag.id },
        ...{
          featureFlagId: flag.id,
          targetKey: String(flag.id),
          operation: 'updateFeatureFlag',
          input: {},
          description: '',
          preconditions: {},
        },
        ...{ before: { active: true }, after: { active: false }, expiresAt: new Date('2026-12-30') },
        policySnapshot: {
          ...{ policyId: policy.id, quorum: 1, users: [], roles: [], allowSelfApprove: false, conditions: {} },
          ...{ bypassMembershipLevels: [], bypassRoles: [] },
        },
      },
    })
  }
  const measure = (first: number) =>
    countStatements(async () => {
      const { errors } = await run(
        key,
        `{ changeRequests(projectId: ${tenant.project.id}, first: ${first}, search: "") { nodes {
          resourceName changes { label } policy { quorum } resource { ... on FeatureFlag { key } } } } }`,
      )
      expect(errors).toBeUndefined()
    })
  expect(await measure(50), statements.join('\n')).toBe(await measure(2))
})
