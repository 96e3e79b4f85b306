import { beforeEach, describe, expect, it } from 'vitest'
import { getErrors } from '../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, statements, time, countStatements } = await testServer()

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

const groups = (share: number) => ({ groups: [{ properties: [], rollout_percentage: share }] })
const update = async (id: string, input: object) => {
  const query =
    'mutation ($in: UpdateFeatureFlagInput!) { it: updateFeatureFlag(input: $in) { ... on FeatureFlag { version } ... on Error { message } } }'
  const { data } = await run(tenant.key, query, { in: { id, ...input } })
  expect(data.it.message).toBeUndefined()
}
async function create() {
  const query = 'mutation ($in: CreateFeatureFlagInput!) { it: createFeatureFlag(input: $in) { ... on FeatureFlag { id } } }'
  const { data } = await run(tenant.key, query, {
    in: { projectId: tenant.project.id, key: `banner-${tenant.project.id}`, filters: groups(10), evaluationContexts: ['web'], tags: ['a'] },
  })
  return data.it.id as string
}
const ask = (id: string, selection: string, key = tenant.key) =>
  run(key, `query ($id: ID!) { node(id: $id) { ... on FeatureFlag { ${selection} } } }`, { id })
async function read(id: string, selection: string) {
  const { data, errors } = await ask(id, selection)
  expect(errors).toBeUndefined()
  return data.node
}

describe('the versions of a flag', () => {
  it('are what it was after each change, the newest first', async () => {
    const id = await create()
    await update(id, { filters: groups(30), name: 'For all' })
    await update(id, { active: false, evaluationContexts: ['web', 'api'], tags: [] })
    const { versions } = await read(
      id,
      `versions { totalCount nodes { number current complete snapshot createdAt createdBy { id } changes { label before after guarded } } }`,
    )
    const made = { createdAt: time.now.toISOString(), createdBy: { id: globalId('User', tenant.user.id) }, complete: true }
    const first = {
      ...{
        key: `banner-${tenant.project.id}`,
        name: '',
        active: true,
        archived: false,
        deleted: false,
        tags: ['a'],
        evaluationRuntime: 'all',
      },
      ...{ bucketingIdentifier: 'distinct_id', ensureExperienceContinuity: false, evaluationContexts: ['web'], filters: groups(10) },
    }
    const second = { ...first, name: 'For all', filters: groups(30) }
    expect(versions.totalCount).toBe(3)
    expect(versions.nodes[0]).toMatchObject({
      ...{ ...made, number: 3, current: true },
      snapshot: { ...second, active: false, tags: [], evaluationContexts: ['api', 'web'] },
    })
    expect(versions.nodes[1]).toEqual({
      ...{ ...made, number: 2, current: false, snapshot: second },
      changes: [
        { label: 'Name', before: '', after: 'For all', guarded: false },
        { label: 'Condition 1: rollout', before: 10, after: 30, guarded: true },
      ],
    })
    expect(versions.nodes[2]).toMatchObject({ ...made, number: 1, snapshot: first })
    const { versionAt, none } = await read(id, 'versionAt(number: 2) { number snapshot } none: versionAt(number: 9) { number }')
    expect([versionAt, none]).toEqual([{ number: 2, snapshot: second }, null])
    const page = await read(id, 'versions(first: 1) { pageInfo { endCursor hasNextPage } }')
    const rest = await read(
      id,
      `versions(first: 5, after: "${page.versions.pageInfo.endCursor}") { nodes { number } pageInfo { hasPreviousPage } }`,
    )
    expect(rest.versions).toEqual({ nodes: [{ number: 2 }, { number: 1 }], pageInfo: { hasPreviousPage: true } })
  })

  it('are also those that an experiment made, and not those of requests', async () => {
    const flag = await seedFlag(db, tenant.project, { active: false })
    const experiment = await seedExperiment(db, flag)
    const launched = await run(tenant.key, 'mutation ($id: ID!) { launchExperiment(input: { id: $id }) { __typename } }', {
      id: globalId('Experiment', experiment.id),
    })
    expect(launched.data.launchExperiment.__typename).toBe('Experiment')
    const { versions } = await read(globalId('FeatureFlag', flag.id), 'versions { nodes { number complete changes { label } } }')
    expect(versions.nodes).toEqual([
      { number: 2, complete: true, changes: [{ label: 'On' }] },
      { number: 1, complete: true, changes: [] },
    ])
  })

  it('have no secrets, and are incomplete with them and after a write without an entry', async () => {
    const filters = { ...groups(10), payloads: { true: 'cipher' } }
    const secret = await seedFlag(db, tenant.project, { hasEncryptedPayloads: true, isRemoteConfiguration: true, filters })
    const one = await read(globalId('FeatureFlag', secret.id), 'versions { nodes { complete snapshot } }')
    expect(one.versions.nodes).toMatchObject([{ complete: false }])
    expect(JSON.stringify(one)).not.toContain('cipher')
    const id = await create()
    await db.featureFlag.update({ where: { id: Number(atob(id).split(':')[1]) }, data: { version: 5, name: 'Imported' } })
    const { versions } = await read(id, 'versions { nodes { number complete createdAt } }')
    expect(versions.nodes).toEqual([
      { number: 5, complete: true, createdAt: null },
      { number: 1, complete: false, createdAt: time.now.toISOString() },
    ])
  })

  it('need both scopes, and are refused with a wrong page', async () => {
    const id = await create()
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    for (const field of ['versions { totalCount }', 'versionAt(number: 1) { number }']) {
      expect((await ask(id, field, key)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'activity_log:read' } }])
    }
    expect(getErrors(await ask(id, 'versions(after: "x") { totalCount }'))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
    expect(getErrors(await ask(id, 'versions(first: 1, last: 1) { totalCount }'))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])
  })

  it('take as many statements for 50 flags as for one', async () => {
    const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
    for (let n = 0; n < 50; n++) {
      const { id } = await seedFlag(db, tenant.project, { version: 2 })
      const { organization, project, user } = tenant
      await db.activity.create({
        data: {
          ...{ projectId: project.id, organizationId: organization.id, activity: 'updateFeatureFlag', resourceType: 'FEATURE_FLAG' },
          ...{ featureFlagId: id, flagVersion: 2, userId: user.id, before: { name: 'a' }, after: { name: '' } },
        },
      })
    }
    const measure = (first: number) =>
      countStatements(async () => {
        const { errors } = await run(
          key,
          `{ eligibleFeatureFlags(projectId: ${tenant.project.id}, first: ${first}) { nodes { versions(first: 5) { nodes { number createdBy { email } } } } } }`,
        )
        expect(errors).toBeUndefined()
      })
    expect(await measure(50), statements.join('\n')).toBe(await measure(2))
  })
})
