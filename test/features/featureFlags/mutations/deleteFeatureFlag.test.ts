import { describe, expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { ownFlagValues, seedExperiment, seedFlag, seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run } = await testServer()

const blockers = 'kind message thing { id ... on Experiment { name } ... on FeatureFlag { key } }'
const titleCase = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const inUse = ['deleteFeatureFlag', 'archiveFeatureFlag']

async function ask(key: string, mutation: string, input: object) {
  const { data, errors } = await run(
    key,
    `mutation ($input: ${titleCase(mutation)}Input!) { result: ${mutation}(input: $input) {
      __typename ... on FeatureFlag { id key active archived deleted version }
      ... on Error { code message } ... on ValidationError { fieldErrors { path code message } } ... on InvalidStateError { state }
      ${inUse.includes(mutation) ? `... on InUseError { usedBy { ${blockers} } }` : ''}
    } }`,
    { input },
  )
  return { ...data?.result, errors }
}

async function scene(flag: object = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { key: 'checkout', ...flag })
  return {
    ...tenant,
    flag: row,
    id: globalId('FeatureFlag', row.id),
    row: () => db.featureFlag.findUniqueOrThrow({ where: { id: row.id } }),
    entries: () => db.activity.findMany({ where: { featureFlagId: row.id }, orderBy: { id: 'asc' } }),
  }
}
const dependingOn = (key: string) => ({
  groups: [{ properties: [{ key, type: 'flag', operator: 'flag_evaluates_to', value: true }], rollout_percentage: 100 }],
})
const blockersOf = async (key: string, ...ids: string[]) => {
  const { data, errors } = await run(
    key,
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on FeatureFlag { deletionBlockers { ${blockers} } } } }`,
    {
      ids,
    },
  )
  return { blockers: data?.nodes.map(({ deletionBlockers }: { deletionBlockers: object[] }) => deletionBlockers), errors }
}

describe('deleteFeatureFlag', () => {
  it('deletes a flag, frees its key, and leaves an entry; a second call changes nothing', async () => {
    const { key, id, flag, row, entries } = await scene()
    const deleted = { __typename: 'FeatureFlag', deleted: true, key: `checkout:deleted:${flag.id}`, version: 2 }
    expect(await ask(key, 'deleteFeatureFlag', { id })).toMatchObject(deleted)
    expect(await ask(key, 'deleteFeatureFlag', { id: flag.id })).toMatchObject(deleted)
    expect(await row()).toMatchObject({ deleted: true, active: true, version: 2 })
    expect(await entries()).toMatchObject([{ activity: 'deleteFeatureFlag', before: { deleted: false }, after: { deleted: true } }])
  })

  it('does it once when two ask at the same moment', async () => {
    const { key, id, row, entries } = await scene()
    const answers = await Promise.all([1, 2, 3].map(() => ask(key, 'deleteFeatureFlag', { id })))
    expect(answers.map(({ __typename, version }) => [__typename, version])).toEqual([1, 2, 3].map(() => ['FeatureFlag', 2]))
    expect(await row()).toMatchObject({ deleted: true, version: 2 })
    expect(await entries()).toHaveLength(1)
  })

  it('is refused by all that uses the flag, which `deletionBlockers` tells before', async () => {
    const { key, id, flag, project, row } = await scene({
      filters: { groups: [{ properties: [], rollout_percentage: 100 }], feature_enrollment: true },
    })
    const draft = await seedExperiment(db, flag, { name: 'Draft' })
    const running = await seedExperiment(db, flag, { name: 'Running', startDate: new Date('2026-11-01') })
    await seedExperiment(db, flag, { startDate: new Date('2026-11-01'), endDate: new Date('2026-11-10') })
    await seedExperiment(db, flag, { deleted: true })
    const byKey = await seedFlag(db, project, { key: 'by-key', filters: dependingOn('checkout') })
    const byId = await seedFlag(db, project, { key: 'by-id', filters: dependingOn(String(flag.id)) })
    await seedFlag(db, project, { key: 'off', active: false, filters: dependingOn('checkout') })
    await seedFlag(db, project, { key: 'gone', deleted: true, filters: dependingOn('checkout') })
    const stranger = await seedTenant(db)
    await seedFlag(db, stranger.project, { filters: dependingOn('checkout') })

    const uses = [
      {
        kind: 'EXPERIMENT',
        message: `The experiment "Draft" (ID: ${draft.id}) uses it. End or delete the experiment first.`,
        thing: { id: globalId('Experiment', draft.id), name: 'Draft' },
      },
      {
        kind: 'EXPERIMENT',
        message: `The experiment "Running" (ID: ${running.id}) uses it. End or delete the experiment first.`,
        thing: { id: globalId('Experiment', running.id), name: 'Running' },
      },
      {
        kind: 'EARLY_ACCESS_FEATURE',
        message: 'An early access feature uses it. Remove `feature_enrollment` from its filters first.',
        thing: null,
      },
      ...[byKey, byId].map(({ id, key }) => ({
        kind: 'DEPENDENT_FLAG',
        message: `The active flag "${key}" depends on it. Switch that flag off, or remove its condition on this one, first.`,
        thing: { id: globalId('FeatureFlag', id), key },
      })),
    ]
    expect((await blockersOf(key, id)).blockers).toEqual([uses])
    expect(await ask(key, 'deleteFeatureFlag', { id })).toMatchObject({ __typename: 'InUseError', code: 'IN_USE', usedBy: uses })
    expect(ownFlagValues(await row())).toEqual(ownFlagValues(flag))
  })

  it('is refused while session replay records by the flag, also by `updateFeatureFlag`', async () => {
    const { key, id, row } = await scene({ isUsedInReplaySettings: true, active: false })
    const message = 'The settings of session replay use it. Take it out of them first, in PostHog.'
    const uses = [{ kind: 'REPLAY_SETTINGS', message, thing: null }]
    expect((await blockersOf(key, id)).blockers).toEqual([uses])
    expect(await ask(key, 'deleteFeatureFlag', { id })).toMatchObject({ __typename: 'InUseError', usedBy: uses })
    expect(await ask(key, 'updateFeatureFlag', { id, deleted: true })).toMatchObject({ __typename: 'ValidationError', message })
    expect(await row()).toMatchObject({ deleted: false, version: 1 })
  })

  it('tells before that a request to delete the flag is open, to whom the policy stops', async () => {
    const tenant = await scene()
    const { key, id, flag } = tenant
    const colleague = await seedColleague(db, tenant)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DELETE', [colleague], { bypassMembershipLevels: [15] })
    expect((await blockersOf(key, id)).blockers).toEqual([[]])
    expect(await ask(key, 'deleteFeatureFlag', { id })).toMatchObject({ __typename: 'ApprovalRequiredError' })
    const request = await db.changeRequest.findFirstOrThrow({ where: { featureFlagId: flag.id } })
    const { blockers: told } = await blockersOf(key, id)
    expect(told).toMatchObject([[{ kind: 'OPEN_CHANGE_REQUEST', thing: { id: globalId('ChangeRequest', request.id) } }]])
    expect(told[0][0].message).toContain(request.description)
    expect(await ask(key, 'deleteFeatureFlag', { id })).toMatchObject({ __typename: 'ChangeRequestPendingError' })
    // Who bypasses the policy is not stopped by the request.
    const owner = await seedColleague(db, tenant, 15)
    expect((await blockersOf(owner.key, id)).blockers).toEqual([[]])
  })

  it('lets a flag go that is off, whatever depends on it, and a flag whose experiments have ended', async () => {
    const { key, id, flag, project } = await scene({ active: false })
    await seedFlag(db, project, { filters: dependingOn('checkout') })
    await seedExperiment(db, flag, { startDate: new Date('2026-11-01'), endDate: new Date('2026-11-10') })
    expect((await blockersOf(key, id)).blockers).toEqual([[]])
    expect(await ask(key, 'deleteFeatureFlag', { id })).toMatchObject({ deleted: true })
    expect((await blockersOf(key, id)).blockers).toEqual([[]])
  })

  it('tells a key without the scope for experiments that there is one, and not which', async () => {
    const { user, id, flag } = await scene()
    const { id: experimentId } = await seedExperiment(db, flag, { name: 'Secret' })
    const reader = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    const { data, errors } = await run(
      reader,
      `query ($id: ID!) { node(id: $id) { ... on FeatureFlag { deletionBlockers { ${blockers} } } } }`,
      {
        id,
      },
    )
    expect(data.node.deletionBlockers).toMatchObject([
      { kind: 'EXPERIMENT', message: `The experiment ${experimentId} uses it. End or delete the experiment first.`, thing: null },
    ])
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:read' } }])
    expect(JSON.stringify([data, errors])).not.toContain('Secret')
  })

  it('knows the version that was read', async () => {
    const { key, id, row } = await scene({ version: 5 })
    expect(await ask(key, 'deleteFeatureFlag', { id, version: 4 })).toMatchObject({ __typename: 'InvalidStateError', state: 'version 5' })
    expect((await row()).deleted).toBe(false)
    expect(await ask(key, 'deleteFeatureFlag', { id, version: 5 })).toMatchObject({ deleted: true, version: 6 })
  })

  it('finds no flag of others, and needs the scope', async () => {
    const { id, user, row } = await scene()
    const stranger = await seedTenant(db)
    for (const wrong of [id, 'nonsense', 999_999]) {
      expect(await ask(stranger.key, 'deleteFeatureFlag', { id: wrong })).toMatchObject({ __typename: 'NotFoundError' })
    }
    const reader = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    expect((await ask(reader, 'deleteFeatureFlag', { id })).errors[0].extensions).toMatchObject({ requiredScope: 'feature_flag:write' })
    expect((await row()).deleted).toBe(false)
  })
})

describe('restoreFeatureFlag', () => {
  it('gives a flag back as it was, with its key', async () => {
    const { key, id, flag } = await scene()
    await ask(key, 'deleteFeatureFlag', { id })
    const restored = { deleted: false, active: true, key: 'checkout', version: 3 }
    const answers = await Promise.all([1, 2].map(() => ask(key, 'restoreFeatureFlag', { id })))
    expect(answers).toMatchObject([restored, restored])
    expect(await db.activity.count({ where: { featureFlagId: flag.id, activity: 'restoreFeatureFlag' } })).toBe(1)
  })

  it('asks for another key when the old one is taken', async () => {
    const { key, id, project } = await scene()
    await ask(key, 'deleteFeatureFlag', { id })
    await seedFlag(db, project, { key: 'checkout' })
    expect(await ask(key, 'restoreFeatureFlag', { id })).toMatchObject({ fieldErrors: [{ path: ['key'], code: 'unique' }] })
    expect(await ask(key, 'restoreFeatureFlag', { id, key: 'a b' })).toMatchObject({
      fieldErrors: [{ path: ['key'], code: 'invalid_key' }],
    })
    expect(await ask(key, 'restoreFeatureFlag', { id, key: 'checkout-2' })).toMatchObject({ deleted: false, key: 'checkout-2' })
    // A second call is satisfied; with another key, it would be a rename.
    expect(await ask(key, 'restoreFeatureFlag', { id, key: 'checkout-2' })).toMatchObject({ version: 3 })
    expect(await ask(key, 'restoreFeatureFlag', { id, key: 'other' })).toMatchObject({ __typename: 'InvalidStateError', state: 'LIVE' })
  })
})

describe('archiveFeatureFlag and unarchiveFeatureFlag', () => {
  it('archive a flag that is off, and give it back off', async () => {
    const { key, id, entries } = await scene({ active: false })
    expect(await ask(key, 'archiveFeatureFlag', { id })).toMatchObject({ archived: true, active: false, key: 'checkout', version: 2 })
    expect(await ask(key, 'archiveFeatureFlag', { id, switchOff: true })).toMatchObject({ archived: true, version: 2 })
    expect(await ask(key, 'unarchiveFeatureFlag', { id })).toMatchObject({ archived: false, active: false, version: 3 })
    expect(await ask(key, 'unarchiveFeatureFlag', { id })).toMatchObject({ archived: false, version: 3 })
    expect((await entries()).map(({ activity }) => activity)).toEqual(['archiveFeatureFlag', 'unarchiveFeatureFlag'])
  })

  it('archive a flag that is on only with `switchOff`', async () => {
    const { key, id, row, flag } = await scene()
    for (const switchOff of [undefined, null, false]) {
      expect(await ask(key, 'archiveFeatureFlag', { id, switchOff })).toMatchObject({
        fieldErrors: [{ path: ['switchOff'], code: 'required' }],
      })
    }
    expect(await row()).toEqual(flag)
    expect(await ask(key, 'archiveFeatureFlag', { id, switchOff: true })).toMatchObject({ archived: true, active: false, version: 2 })
  })

  it('refuse to switch off what active flags depend on', async () => {
    const { key, id, project, flag, row } = await scene()
    const dependent = await seedFlag(db, project, { filters: dependingOn('checkout') })
    expect(await ask(key, 'archiveFeatureFlag', { id, switchOff: true })).toMatchObject({
      __typename: 'InUseError',
      usedBy: [{ kind: 'DEPENDENT_FLAG', thing: { id: globalId('FeatureFlag', dependent.id) } }],
    })
    expect(await row()).toEqual(flag)
  })
})

it('a request to delete that waits is judged by what uses the flag then', async () => {
  const { organization, project, key, id, flag, row } = await scene()
  const approver = await seedColleague(db, { organization })
  await seedPolicy(db, { organization, project }, 'FEATURE_FLAG_DELETE', [approver])
  expect(await ask(key, 'deleteFeatureFlag', { id })).toMatchObject({ __typename: 'ApprovalRequiredError' })
  await seedFlag(db, project, { filters: dependingOn(flag.key) })
  const request = await db.changeRequest.findFirstOrThrow({ where: { projectId: project.id } })
  await run(approver.key, `mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename } }`, {
    id: globalId('ChangeRequest', Number(request.id)),
  })
  expect((await row()).deleted).toBe(false)
})
