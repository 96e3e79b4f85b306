import { describe, expect, it } from 'vitest'
import { expireChangeRequests, revalidateChangeRequests } from '../../../src/features/approvals/data/jobs.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// Callers that ask at once: on PostgreSQL in transactions that really run side by side, on the embedded database one after the other.
// Whoever wins, there is one winner, and the rows agree.

const { db, pubSub, run, time } = await testServer()
const log = createLogger({ logLevel: 'silent' })
const rounds = [1, 2, 3]

async function ask(
  key: string,
  mutation: string,
  input: object,
  selection = '',
): Promise<{ __typename: string; [field: string]: unknown }> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename ... on Error { message } ${selection} } }`
  const { data, errors } = await run(key, document, { input })
  expect(errors).toBeUndefined()
  return data[mutation]
}
const typenames = (answers: readonly { __typename: string }[]) => answers.map(({ __typename }) => __typename).sort()
const outcome = '... on ApproveChangeRequestSuccess { outcome { __typename } }'
const carried = '... on ApprovalRequiredError { changeRequest { id } } ... on ChangeRequestPendingError { changeRequest { id } }'

async function running() {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project)
  const experiment = await seedExperiment(db, flag, { startDate: new Date('2026-11-01') })
  return { ...tenant, flag, experiment, id: globalId('Experiment', experiment.id) }
}

/** A request to switch a flag off, with approvers. */
async function waiting(quorum: number) {
  const tenant = await seedTenant(db)
  const approvers = await Promise.all([1, 2, 3].map(() => seedColleague(db, tenant)))
  const flag = await seedFlag(db, tenant.project)
  await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', approvers, { quorum, expiresAfterSeconds: 60 })
  const refused = await ask(tenant.key, 'updateFeatureFlag', { id: globalId('FeatureFlag', flag.id), active: false }, carried)
  const { id } = refused.changeRequest as { id: string }
  return {
    ...tenant,
    approvers,
    flag,
    id,
    row: () => db.changeRequest.findFirstOrThrow({ where: { projectId: tenant.project.id }, include: { approvals: true } }),
  }
}

describe.each(rounds)('at once, round %i', () => {
  it('two launches: one launches', async () => {
    const { key, flag, experiment, id } = await running()
    await db.experiment.update({ where: { id: experiment.id }, data: { startDate: null } })
    await db.featureFlag.update({ where: { id: flag.id }, data: { active: false } })
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(key, 'launchExperiment', { id })))
    expect(typenames(answers)).toEqual(['Experiment', 'InvalidStateError', 'InvalidStateError', 'InvalidStateError'])
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toMatchObject({ active: true, version: 2 })
    expect(await db.activity.count({ where: { experimentId: experiment.id } })).toBe(1)
  })

  it('pause and end: the end finds what the pause left, or the pause is too late', async () => {
    const { key, flag, experiment, id } = await running()
    const [pause, end] = await Promise.all([ask(key, 'pauseExperiment', { id }), ask(key, 'endExperiment', { id })])
    expect(end.__typename).toBe('Experiment')
    const paused = pause.__typename === 'Experiment'
    if (!paused) expect(pause.message).toBe('Experiment has already ended.')
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active).toBe(!paused)
    expect((await db.experiment.findUniqueOrThrow({ where: { id: experiment.id } })).endDate).not.toBeNull()
    expect(await db.activity.count({ where: { experimentId: experiment.id } })).toBe(paused ? 2 : 1)
  })

  it('pauses of two experiments that share a flag, and a change of the flag: no deadlock', async () => {
    const { key, flag, id } = await running()
    const other = await seedExperiment(db, flag, { startDate: new Date('2026-11-01') })
    const answers = await Promise.all([
      ask(key, 'pauseExperiment', { id }),
      ask(key, 'pauseExperiment', { id: globalId('Experiment', other.id) }),
      ask(key, 'updateFeatureFlag', { id: globalId('FeatureFlag', flag.id), name: 'renamed' }),
    ])
    expect(typenames(answers)).toEqual(['Experiment', 'FeatureFlag', 'InvalidStateError'])
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toMatchObject({ active: false, name: 'renamed', version: 3 })
  })

  it('ten equal gated calls make one request', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    const input = { id: globalId('FeatureFlag', flag.id), active: false }
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(tenant.key, 'updateFeatureFlag', input, carried)))
    expect(typenames(answers)).toEqual(['ApprovalRequiredError', ...Array(9).fill('ChangeRequestPendingError')])
    expect(new Set(answers.map(({ changeRequest }) => (changeRequest as { id: string }).id)).size).toBe(1)
    expect(await db.changeRequest.count({ where: { projectId: tenant.project.id } })).toBe(1)
  })

  it('ten equal gated creations make one request, and ten ungated ones one flag', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [approver])
    const input = { projectId: tenant.project.id, key: 'new' }
    const create = () => ask(tenant.key, 'createFeatureFlag', input, carried)
    const gated = await Promise.all(Array.from({ length: 10 }, create))
    expect(typenames(gated)).toEqual(['ApprovalRequiredError', ...Array(9).fill('ChangeRequestPendingError')])
    await db.approvalPolicy.delete({ where: { id: policy.id } })
    const free = await Promise.all(Array.from({ length: 10 }, create))
    expect(typenames(free)).toEqual(['FeatureFlag', ...Array(9).fill('ValidationError')])
    expect(await db.featureFlag.count({ where: { projectId: tenant.project.id } })).toBe(1)
  })

  it('experiments from a prompt with made-up keys all get a key of their own', async () => {
    const tenant = await seedTenant(db)
    await db.prompt.createMany({ data: [1, 2].map((version) => ({ projectId: tenant.project.id, name: 'greeter', prompt: {}, version })) })
    const input = { projectId: tenant.project.id, promptName: 'greeter', versions: [1, 2], templates: ['COST'] }
    const answers = await Promise.all([1, 2, 3].map(() => ask(tenant.key, 'createExperimentFromPrompt', input)))
    expect(typenames(answers)).toEqual(['Experiment', 'Experiment', 'Experiment'])
    const keys = (await db.featureFlag.findMany({ where: { projectId: tenant.project.id } })).map(({ key }) => key)
    expect(keys.sort()).toEqual(['greeter-v1-v2-cost', 'greeter-v1-v2-cost-2', 'greeter-v1-v2-cost-3'])
  })

  it('duplicates of one experiment all get a name of their own', async () => {
    const { key, id, project } = await running()
    const answers = await Promise.all([1, 2, 3].map(() => ask(key, 'duplicateExperiment', { id })))
    expect(typenames(answers)).toEqual(['Experiment', 'Experiment', 'Experiment'])
    const names = (await db.experiment.findMany({ where: { projectId: project.id } })).map(({ name }) => name)
    expect(new Set(names).size).toBe(4)
  })

  it('two last votes: one applies, the other comes too late', async () => {
    const { approvers, id, flag, row } = await waiting(1)
    const answers = await Promise.all(approvers.map(({ key }) => ask(key, 'approveChangeRequest', { id }, outcome)))
    expect(typenames(answers)).toEqual(['ApproveChangeRequestSuccess', 'InvalidStateError', 'InvalidStateError'])
    const { state, approvals } = await row()
    expect([state, approvals.length]).toEqual(['APPLIED', 1])
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toMatchObject({ active: false, version: 2 })
  })

  it('votes that reach the quorum together: exactly one of them applies', async () => {
    const { approvers, id, flag, row } = await waiting(3)
    const answers = await Promise.all(approvers.map(({ key }) => ask(key, 'approveChangeRequest', { id }, outcome)))
    expect(answers.map((answer) => (answer.outcome as { __typename: string }).__typename).sort()).toEqual([
      'ChangeApplied',
      'VoteRecorded',
      'VoteRecorded',
    ])
    const { state, approvals } = await row()
    expect([state, approvals.length]).toEqual(['APPLIED', 3])
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).version).toBe(2)
  })

  it('one person who votes three times votes once', async () => {
    const { approvers, id, row } = await waiting(2)
    const key = approvers[0]?.key ?? ''
    const answers = await Promise.all([1, 2, 3].map(() => ask(key, 'approveChangeRequest', { id })))
    expect(typenames(answers)).toEqual(['AlreadyVotedError', 'AlreadyVotedError', 'ApproveChangeRequestSuccess'])
    expect((await row()).approvals).toHaveLength(1)
  })

  it('approve, reject and cancel: one of them decides', async () => {
    const { approvers, key, id, flag, row } = await waiting(1)
    const [yes, no] = approvers
    const answers = await Promise.all([
      ask(yes?.key ?? '', 'approveChangeRequest', { id }),
      ask(no?.key ?? '', 'rejectChangeRequest', { id, reason: 'no' }),
      ask(key, 'cancelChangeRequest', { id }),
    ])
    expect(typenames(answers).filter((name) => name === 'InvalidStateError')).toHaveLength(2)
    const { state } = await row()
    expect(['APPLIED', 'REJECTED', 'CANCELED']).toContain(state)
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active).toBe(state !== 'APPLIED')
  })

  it('a vote against an expiry: applied with the vote, or expired without', async () => {
    const { approvers, id, flag, row } = await waiting(1)
    const late = new Date(time.now.getTime() + 60_000)
    const [vote] = await Promise.all([
      ask(approvers[0]?.key ?? '', 'approveChangeRequest', { id }, outcome),
      expireChangeRequests({ db, pubSub, transactionSlots: null }, late, log),
      expireChangeRequests({ db, pubSub, transactionSlots: null }, late, log),
    ])
    const { state, approvals } = await row()
    expect(['APPLIED', 'EXPIRED']).toContain(state)
    expect(vote.__typename === 'ApproveChangeRequestSuccess').toBe(state === 'APPLIED')
    expect(approvals).toHaveLength(state === 'APPLIED' ? 1 : 0)
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active).toBe(state === 'EXPIRED')
    expect(await db.activity.count({ where: { changeRequestId: (await row()).id, activity: 'expireChangeRequest' } })).toBe(
      state === 'EXPIRED' ? 1 : 0,
    )
  })

  it('votes, revalidations and a change of the flag: no deadlock, and the change is whole', async () => {
    const { approvers, key, id, flag, row } = await waiting(1)
    const [vote, change] = await Promise.all([
      ask(approvers[0]?.key ?? '', 'approveChangeRequest', { id }, outcome),
      ask(key, 'updateFeatureFlag', { id: globalId('FeatureFlag', flag.id), name: 'renamed' }),
      revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log),
      revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log),
    ])
    expect(typenames([vote, change])).toEqual(['ApproveChangeRequestSuccess', 'FeatureFlag'])
    expect((await row()).state).toBe('APPLIED')
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toMatchObject({ active: false, name: 'renamed', version: 3 })
  })

  it('two policies for one action: one is made', async () => {
    const tenant = await seedTenant(db)
    const admin = await seedColleague(db, tenant, 8)
    const input = {
      projectId: tenant.project.id,
      actionKey: 'FEATURE_FLAG_ENABLE',
      quorum: 1,
      approverUserIds: [globalId('User', admin.user.id)],
    }
    const answers = await Promise.all(
      [false, false, true, true].map((organizationWide) => ask(admin.key, 'createApprovalPolicy', { ...input, organizationWide })),
    )
    expect(typenames(answers)).toEqual(['ApprovalPolicy', 'ApprovalPolicy', 'PolicyExistsError', 'PolicyExistsError'])
    expect(await db.approvalPolicy.count({ where: { organizationId: tenant.organization.id } })).toBe(2)
  })

  it('a vote on a copy against a change of its source: what was shown is made, or nothing', async () => {
    const { key, id, flag, project, experiment, ...tenant } = await running()
    const approver = await seedColleague(db, tenant)
    await seedPolicy(db, { project, ...tenant }, 'FEATURE_FLAG_UPDATE', [approver])
    const refused = await ask(key, 'duplicateExperiment', { id, featureFlagKey: 'copy' }, carried)
    const variants = [
      { key: 'control', rolloutPercentage: 1 },
      { key: 'test', rolloutPercentage: 99 },
    ]
    const [vote] = await Promise.all([
      ask(approver.key, 'approveChangeRequest', { id: (refused.changeRequest as { id: string }).id }, outcome),
      ask(key, 'updateExperiment', { id, variants }),
      ask(key, 'createExperiment', { projectId: project.id, name: `${experiment.name} (Copy)`, featureFlagKey: flag.key }),
    ])
    const copies = await db.featureFlag.findMany({ where: { projectId: project.id, key: 'copy' } })
    if (vote.__typename === 'ApproveChangeRequestSuccess' && (vote.outcome as { __typename: string }).__typename === 'ChangeApplied') {
      expect(copies).toMatchObject([{ filters: { multivariate: controlAndTest.multivariate } }])
      expect(await db.experiment.findFirstOrThrow({ where: { featureFlagId: copies[0]?.id ?? 0 } })).toMatchObject({
        name: `${experiment.name} (Copy)`,
      })
    } else {
      expect(copies).toEqual([])
    }
  })

  it('two requests for one new key, approved at once, and a third who takes it: one flag, and the others fail with the reason', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const create = async (action: 'FEATURE_FLAG_ENABLE' | 'FEATURE_FLAG_UPDATE', input: object) => {
      const policy = await seedPolicy(db, tenant, action, [approver])
      const refused = await ask(tenant.key, 'createFeatureFlag', { projectId: tenant.project.id, key: 'new', ...input }, carried)
      await db.approvalPolicy.delete({ where: { id: policy.id } })
      return (refused.changeRequest as { id: string }).id
    }
    const ids = [await create('FEATURE_FLAG_ENABLE', {}), await create('FEATURE_FLAG_UPDATE', { active: false, filters: controlAndTest })]
    const answers = await Promise.all([
      ...ids.map((id) => ask(approver.key, 'approveChangeRequest', { id }, outcome)),
      ask(tenant.key, 'createFeatureFlag', { projectId: tenant.project.id, key: 'new' }),
    ])
    const made = answers.map((answer) => (answer.outcome as { __typename: string } | undefined)?.__typename ?? answer.__typename)
    expect(made.filter((name) => name === 'ChangeApplied' || name === 'FeatureFlag')).toHaveLength(1)
    expect(made.filter((name) => name === 'ApplyFailed' || name === 'ValidationError')).toHaveLength(2)
    expect(await db.featureFlag.count({ where: { projectId: tenant.project.id, key: 'new' } })).toBe(1)
    expect(
      await db.changeRequest.count({ where: { projectId: tenant.project.id, state: 'FAILED', applyFailure: { not: 'PAYLOAD_INVALID' } } }),
    ).toBe(0)
  })

  it('a vote against the last other approver who leaves, and an admin who cancels: one of them decides', async () => {
    const { approvers, id, flag, row, ...tenant } = await waiting(3)
    const admin = await seedColleague(db, tenant, 8)
    const [first, second, third] = approvers
    await ask(first?.key ?? '', 'approveChangeRequest', { id })
    await db.user.update({ where: { id: third?.user.id ?? 0 }, data: { isActive: false } })
    const [vote, canceled] = await Promise.all([
      ask(second?.key ?? '', 'approveChangeRequest', { id }, outcome),
      ask(admin.key, 'cancelChangeRequest', { id }),
    ])
    expect(canceled.__typename).toBe('ChangeRequest')
    expect(['ApproveChangeRequestSuccess', 'InvalidStateError']).toContain(vote.__typename)
    expect((await row()).state).toBe('CANCELED')
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active).toBe(true)
  })
})
