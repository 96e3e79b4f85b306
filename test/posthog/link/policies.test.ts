import { expect, it } from 'vitest'
import { linkStage } from './support.ts'

// A change of a policy is a change of who may do what: it leaves an entry, wherever it was made.

const { posthog, db, round, copied } = await linkStage({ settings: { hosted: false } })
const { state, person, owner } = posthog
const approver_config = { quorum: 1, users: [owner.id] }
person.createPolicy({ action_key: 'feature_flag.disable', approver_config })
const { id: projectId } = await copied()
const entries = async () =>
  (
    await db.activity.findMany({ where: { projectId, resourceType: 'APPROVAL_POLICY' }, orderBy: { id: 'asc' }, include: { user: true } })
  ).map(({ activity, resourceName, user, before, after }) => ({ activity, resourceName, email: user?.email, before, after }))

it('the first copy leaves no entries, as of other rows', async () => {
  await round(301)
  expect(await db.approvalPolicy.count({ where: { projectId } })).toBe(1)
  expect(await entries()).toEqual([])
})

it('policies that are made, changed and deleted in PostHog leave entries', async () => {
  const policy = person.createPolicy({ action_key: 'feature_flag.enable', approver_config })
  await round(301)
  state.policies.update(policy, { enabled: false, updated_at: state.now() })
  await round(301)
  // Nothing that anybody decided.
  state.policies.update(policy, { updated_at: state.now() })
  await round(301)
  state.policies.remove(policy)
  await round(301)
  await round(301)
  const resourceName = 'FEATURE_FLAG_ENABLE'
  expect(await entries()).toEqual([
    {
      ...{ activity: 'posthog.create', resourceName, email: owner.email, before: {} },
      after: expect.objectContaining({ actionKey: 'FEATURE_FLAG_ENABLE', quorum: 1, enabled: true }),
    },
    { activity: 'posthog.update', resourceName, email: undefined, before: { enabled: true }, after: { enabled: false } },
    { activity: 'posthog.delete', resourceName, email: undefined, before: { deleted: false }, after: { deleted: true } },
  ])
})

it('a policy that takes the place of another one leaves entries of both', async () => {
  const before = (await entries()).length
  for (const row of state.policies.where(() => true)) state.policies.remove(row)
  person.createPolicy({ action_key: 'feature_flag.disable', approver_config: { ...approver_config, quorum: 2 } })
  await round(301)
  expect((await entries()).slice(before).map(({ activity, resourceName }) => [activity, resourceName])).toEqual([
    ['posthog.delete', 'FEATURE_FLAG_DISABLE'],
    ['posthog.create', 'FEATURE_FLAG_DISABLE'],
  ])
  await round(301)
  await round(301)
  expect(await entries()).toHaveLength(before + 2)
  expect(await db.approvalPolicy.findMany({ where: { projectId } })).toMatchObject([{ quorum: 2 }])
})
