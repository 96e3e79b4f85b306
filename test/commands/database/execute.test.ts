import { beforeEach, expect, it } from 'vitest'
import type { Actor } from '../../../src/auth/actor.ts'
import { ApprovalRequiredError, ChangeRequestPendingError, PolicyConflictError } from '../../../src/commands/approvalGate.ts'
import type { Command, CommandPlan, FlagChange } from '../../../src/commands/command.ts'
import { commitPlan, executeCommand } from '../../../src/commands/execute.ts'
import { LinkedReadOnlyError } from '../../../src/commands/linkedProject.ts'
import { noUpstream } from '../../../src/commands/upstreamWriter.ts'
import type { FeatureFlag, LinkMode } from '../../../src/database/generated/client.ts'
import { withTransaction } from '../../../src/database/transaction.ts'
import { approvalGate } from '../../../src/features/approvals/data/gate.ts'
import { InvalidStateError } from '../../../src/platform/domainErrors.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { seedFlag, seedProject } from '../../support/seed.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'
import { seedTenant } from '../../support/testServer.ts'

// What becomes of a plan: it is applied, it waits for approval, it is sent to PostHog, or it is refused.

const database = await openTestDatabase()
const { db } = database
let tenant: Awaited<ReturnType<typeof seedTenant>>
let flag: FeatureFlag
let actor: Actor
beforeEach(async () => {
  tenant = await seedTenant(db)
  flag = await seedFlag(db, tenant.project, { active: false })
  const { id, name } = tenant.organization
  actor = {
    ...{ user: tenant.user, organizations: [{ id, name, level: 1, allowsApiKeys: true }], scopedProjects: [], scopedOrganizations: [] },
    ...{ keyId: null, keyMask: null, now: new Date('2026-11-20T12:00:00Z') },
  }
})

/** Switches the flag on. */
const enable = (more: Partial<CommandPlan> = {}): Command<object> => ({
  name: 'enableIt',
  plan: async () => {
    const { id, key, filters } = flag
    const before = { active: false, deleted: false, archived: false, filters }
    const values = { before: { active: false }, after: { active: true } }
    const change = { id, key, before, after: { ...before, active: true }, createdForExperiment: false, expectedVersion: null }
    return {
      project: tenant.project,
      ...{ resource: { type: 'FEATURE_FLAG', id }, experimentName: null, rows: [], ...values },
      flag: { ...change, changedValues: { active: { before: false, after: true } } },
      apply: async (tx) => {
        const { version } = await tx.featureFlag.update({ where: { id }, data: { active: true, version: { increment: 1 } } })
        return { id, experimentId: null, featureFlagId: id, version }
      },
      ...more,
    }
  },
})
const execute = (command = enable()) => executeCommand({ database, approvalGate, upstream: noUpstream }, actor, command, {})
const isOn = async () => (await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active
const entries = () => db.activity.findMany({ where: { projectId: tenant.project.id }, orderBy: { id: 'asc' } })
const requests = () => db.changeRequest.count({ where: { projectId: tenant.project.id } })
const link = (mode: LinkMode, localApprovals = false) =>
  db.projectLink.create({
    data: {
      ...{ projectId: tenant.project.id, mode, localApprovals, host: 'https://posthog.example', upstreamProjectId: tenant.project.id },
      ...{ encryptedKey: 'sealed', keyHash: '0'.repeat(64) },
    },
  })
const guard = async (more: object = {}) => {
  await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [await seedColleague(db, tenant)], more)
}

it('is applied, with an entry under the name of the mutation', async () => {
  expect(await execute()).toEqual({ id: flag.id, experimentId: null, featureFlagId: flag.id, version: flag.version + 1 })
  expect(await isOn()).toBe(true)
  expect(await entries()).toMatchObject([{ activity: 'enableIt', changeRequestId: null, userId: tenant.user.id }])
})

it('is applied with an entry of the policy that was bypassed', async () => {
  await guard({ bypassMembershipLevels: [1] })
  await execute()
  expect(await isOn()).toBe(true)
  const { id } = await db.approvalPolicy.findFirstOrThrow({ where: { projectId: tenant.project.id } })
  const detail = `Bypassed the policy for FEATURE_FLAG_ENABLE by level member. Skipped 1 approval of: Enable feature flag '${flag.key}'.`
  expect(await entries()).toMatchObject([
    { activity: 'enableIt' },
    { activity: 'bypassPolicy', changeRequestId: null, policyId: id, detail },
  ])
})

it('waits for approval: only the request is stored', async () => {
  await guard()
  await expect(execute()).rejects.toThrow(ApprovalRequiredError)
  expect([await isOn(), await requests()]).toEqual([false, 1])
  expect(await entries()).toMatchObject([{ activity: 'requestChange' }])
})

/** Also changes the share of a condition set. */
const enableAndWiden = () => {
  const command = enable()
  const filters = (percentage: number) => ({ groups: [{ properties: [], rollout_percentage: percentage }] })
  const plan: typeof command.plan = async (...args) => {
    const planned = await command.plan(...args)
    const { before, after, ...change } = planned.flag as FlagChange
    const states = { before: { ...before, filters: filters(10) }, after: { ...after, filters: filters(20) } }
    return { ...planned, flag: { ...change, ...states } as FlagChange }
  }
  return { ...command, plan }
}

it('waits for approval with an entry of the policy that was bypassed, and asked again it has bypassed nothing', async () => {
  await guard({ bypassMembershipLevels: [1] })
  await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [await seedColleague(db, tenant)])
  await expect(execute(enableAndWiden())).rejects.toThrow(ApprovalRequiredError)
  const request = await db.changeRequest.findFirstOrThrow({ where: { projectId: tenant.project.id } })
  await expect(execute(enableAndWiden())).rejects.toThrow(ChangeRequestPendingError)
  expect(await entries()).toMatchObject([
    { activity: 'requestChange', changeRequestId: request.id },
    { activity: 'bypassPolicy', changeRequestId: request.id },
  ])
})

it('waits for no policy of another project of the organization, but for one of the organization', async () => {
  const project = await seedProject(db, tenant.organization)
  const approver = await seedColleague(db, tenant)
  await seedPolicy(db, { ...tenant, project }, 'FEATURE_FLAG_ENABLE', [approver])
  await execute()
  expect(await requests()).toBe(0)
  await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [approver], { projectId: null })
  await expect(execute()).rejects.toThrow(ApprovalRequiredError)
})

it('waits for approval although another person has a role that bypasses the policy', async () => {
  const role = await db.role.create({ data: { organizationId: tenant.organization.id, name: 'Release' } })
  const colleague = await seedColleague(db, tenant)
  await db.roleMembership.create({ data: { roleId: role.id, userId: colleague.user.id } })
  await guard({ bypassRoleIds: [role.id] })
  await expect(execute()).rejects.toThrow(ApprovalRequiredError)
  await db.roleMembership.create({ data: { roleId: role.id, userId: tenant.user.id } })
  await execute()
  expect(await isOn()).toBe(true)
  expect((await entries()).at(-1)?.detail).toContain("by role 'Release'")
})

it('is refused where several policies would have to approve it, and names them', async () => {
  await guard()
  await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [await seedColleague(db, tenant)])
  const refusal = await execute(enableAndWiden()).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(PolicyConflictError)
  expect(refusal).toMatchObject({ policies: [{ actionKey: 'FEATURE_FLAG_ENABLE' }, { actionKey: 'FEATURE_FLAG_UPDATE' }] })
  expect([await isOn(), await requests(), await entries()]).toEqual([false, 0, []])
})

it('waits for no policy where it changes no flag, but for one where it changes a holdout', async () => {
  for (const actionKey of ['FEATURE_FLAG_ENABLE', 'EXPERIMENT_HOLDOUT_UPDATE'] as const)
    await seedPolicy(db, tenant, actionKey, [await seedColleague(db, tenant)])
  await execute(enable({ flag: null }))
  expect([await isOn(), await requests()]).toEqual([true, 0])
  const { id } = await db.holdout.create({ data: { projectId: tenant.project.id, name: 'H', filters: [{ rollout_percentage: 5 }] } })
  const holdout = { id, name: 'H', before: 5, after: 10, experiments: 1, changesFlags: true }
  const resource = { type: 'EXPERIMENT_HOLDOUT' as const, id }
  await expect(execute(enable({ flag: null, resource, holdout }))).rejects.toThrow(ApprovalRequiredError)
  expect(await requests()).toBe(1)
})

it('is applied for a request, which its entry names', async () => {
  await guard()
  await execute().catch(() => null)
  const request = await db.changeRequest.findFirstOrThrow({ where: { projectId: tenant.project.id } })
  await withTransaction(database, async (unit) => {
    const plan = await enable().plan(unit.tx, actor, {}, crypto.randomUUID, undefined)
    await commitPlan(unit, actor, 'enableIt', plan, request.id)
  })
  expect(await isOn()).toBe(true)
  expect((await entries()).at(-1)).toMatchObject({ activity: 'enableIt', changeRequestId: request.id })
})

it('is refused where the caller sent an old version, and nothing is written', async () => {
  const versionConflict = new InvalidStateError('Somebody was faster.', 'version 2')
  await expect(execute(enable({ versionConflict }))).rejects.toBe(versionConflict)
  expect([await isOn(), await entries()]).toEqual([false, []])
})

it('waits for approval also where the caller sent an old version', async () => {
  await guard()
  await expect(execute(enable({ versionConflict: new InvalidStateError('Old.', '2') }))).rejects.toThrow(ApprovalRequiredError)
  expect(await requests()).toBe(1)
})

it('is undone if it fails half-way', async () => {
  const apply: CommandPlan['apply'] = async (tx) => {
    await tx.featureFlag.update({ where: { id: flag.id }, data: { active: true } })
    throw new Error('The power is gone.')
  }
  await expect(execute(enable({ apply }))).rejects.toThrow('The power is gone.')
  expect([await isOn(), await entries()]).toEqual([false, []])
})

it('is refused in a mirror, with the page of PostHog, and asks no policy', async () => {
  await link('mirror', true)
  await guard()
  const refusal = await execute().catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(LinkedReadOnlyError)
  expect(refusal).toMatchObject({ reason: 'MIRROR', url: expect.stringContaining('https://posthog.example/project/') })
  expect([await isOn(), await requests()]).toEqual([false, 0])
})

const sent = 'The project is linked, and there is nothing to send its writes with.'

it('is sent to PostHog in write-through, and no policy of this service is asked', async () => {
  await link('write_through')
  await guard()
  await expect(execute()).rejects.toThrow(sent)
  expect([await isOn(), await requests(), await entries()]).toEqual([false, 0, []])
})

it('waits for approval in write-through where policies of this service count', async () => {
  await link('write_through', true)
  await guard()
  await expect(execute()).rejects.toThrow(ApprovalRequiredError)
  expect(await requests()).toBe(1)
})
