import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureFlag } from '../../../../src/database/generated/client.ts'
import { getErrors } from '../../../support/lists.ts'
import { seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { createRecordingServer } from '../../../support/statementRecorder.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, ...server } = await testServer()

const query = 'query ($id: ID, $projectId: ID, $key: String) { featureFlag(id: $id, projectId: $projectId, key: $key) { databaseId key } }'
let tenant: Awaited<ReturnType<typeof seedTenant>>
let stranger: Awaited<ReturnType<typeof seedTenant>>
let live: FeatureFlag
let archived: FeatureFlag
let deleted: FeatureFlag
let theirs: FeatureFlag
beforeAll(async () => {
  tenant = await seedTenant(db)
  stranger = await seedTenant(db)
  live = await seedFlag(db, tenant.project, { key: 'live' })
  archived = await seedFlag(db, tenant.project, { key: 'archived', active: false, archived: true })
  deleted = await seedFlag(db, tenant.project, { key: 'live', deleted: true })
  theirs = await seedFlag(db, stranger.project, { key: 'theirs' })
})

const ask = (args: Record<string, unknown>, key = tenant.key) => run(key, query, args)
const found = async (args: Record<string, unknown>) => {
  const { data, errors } = await ask(args)
  expect(errors).toBeUndefined()
  return data.featureFlag.databaseId
}
const inProject = (key: string) => ({ projectId: String(tenant.project.id), key })

describe('a flag', () => {
  it('is found by its id, also when it is deleted', async () => {
    expect(await found({ id: globalId('FeatureFlag', live.id) })).toBe(live.id)
    expect(await found({ id: String(archived.id) })).toBe(archived.id)
    expect(await found({ id: String(deleted.id) })).toBe(deleted.id)
  })

  it('is found by its project and key, unless it is deleted', async () => {
    expect(await found(inProject('live'))).toBe(live.id)
    expect(await found({ projectId: globalId('Project', tenant.project.id), key: 'archived' })).toBe(archived.id)
    await db.featureFlag.create({ data: { projectId: tenant.project.id, key: 'gone', deleted: true } })
    expect(getErrors(await ask(inProject('gone')))).toEqual([{ code: 'NOT_FOUND', argument: undefined }])
  })

  it('is looked for by exactly this key', async () => {
    for (const key of ['Live', ' live', 'liv', 'live%', ''])
      expect(getErrors(await ask(inProject(key)))).toMatchObject([{ code: 'NOT_FOUND' }])
  })

  it('is found in its project', async () => {
    const nested = `query ($key: String!) { project(id: ${tenant.project.id}) { featureFlag(key: $key) { databaseId } } }`
    expect((await run(tenant.key, nested, { key: 'live' })).data.project.featureFlag).toEqual({ databaseId: live.id })
    const missing = await run(tenant.key, nested, { key: 'theirs' })
    expect([missing.data, getErrors(missing)]).toEqual([{ project: { featureFlag: null } }, [{ code: 'NOT_FOUND', argument: undefined }]])
  })

  it.each([
    ['id', {}],
    ['id', { id: null, projectId: null, key: null }],
    ['key', { projectId: '1' }],
    ['projectId', { key: 'live' }],
    ['projectId', { id: '1', projectId: '1' }],
    ['projectId', { id: '1', projectId: '1', key: 'live' }],
    ['key', { id: '1', key: 'live' }],
    ['id', { id: 'live' }],
    ['id', { id: globalId('Experiment', 1) }],
    ['projectId', { projectId: 'ours', key: 'live' }],
    ['key', { projectId: '1', key: 'a'.repeat(401) }],
    ['key', { projectId: '1', key: '\0' }],
  ])('is named in one way: BAD_USER_INPUT for %s with %j', async (argument, args) => {
    const answer = await ask(args)
    expect([answer.data, getErrors(answer)]).toEqual([{ featureFlag: null }, [{ code: 'BAD_USER_INPUT', argument }]])
  })

  it('of somebody else looks like one that does not exist', async () => {
    const answers = [
      await ask({ id: String(theirs.id) }),
      await ask({ id: '2000000000' }),
      await ask({ id: '9999999999' }),
      await ask({ projectId: String(stranger.project.id), key: 'theirs' }),
      await ask(inProject('theirs')),
    ]
    for (const answer of answers) {
      expect(answer.data).toEqual({ featureFlag: null })
      expect(getErrors(answer)).toEqual([{ code: 'NOT_FOUND', argument: undefined }])
    }
    expect(answers[0]?.errors?.[0]?.message).toBe(answers[1]?.errors?.[0]?.message)
  })

  it('needs the scope, and a project of the key', async () => {
    const without = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    for (const args of [{ id: String(live.id) }, { id: '2000000000' }, inProject('live'), inProject('no-such')]) {
      expect(getErrors(await ask(args, without))).toEqual([{ code: 'FORBIDDEN', argument: undefined }])
    }
    const elsewhere = await seedProject(db, tenant.organization)
    const restricted = await seedKey(db, tenant.user, { scopedProjects: [elsewhere.id] })
    expect(getErrors(await ask(inProject('live'), restricted))).toMatchObject([{ code: 'FORBIDDEN' }])
    expect(getErrors(await ask({ id: String(live.id) }, restricted))).toMatchObject([{ code: 'NOT_FOUND' }])
  })

  it('costs one statement, however many are looked up in a project', async () => {
    const record = createRecordingServer({ db, pubSub: server.pubSub, transactionSlots: null }, new Date('2026-11-20T12:00:00Z'))
    for (let n = 0; n < 20; n++) await seedFlag(db, tenant.project, { key: `many-${n}` })
    const counts = []
    for (const many of [1, 20]) {
      const fields = Array.from({ length: many }, (_, n) => `f${n}: featureFlag(key: "many-${n}") { key }`)
      const count = await server.countStatements(async () => {
        const { errors } = await record(tenant.key, `{ project(id: ${tenant.project.id}) { ${fields.join(' ')} } }`)
        expect(errors).toBeUndefined()
      })
      counts.push(count)
    }
    expect(counts[1]).toBe(counts[0])
  })

  it('costs no further statement for its creator, contexts and first experiments', async () => {
    const fields = ['name', 'name createdBy { email } evaluationContexts experiments { nodes { name createdAt } }']
    const [alone, together] = fields.map((selection) => `{ featureFlag(projectId: ${tenant.project.id}, key: "live") { ${selection} } }`)
    const count = (query = '') => server.countStatements(() => run(tenant.key, query))
    expect(await count(together)).toBe(await count(alone))
  })

  it('has all that each selection needs, where one flag is asked for several times', async () => {
    const flag = `featureFlag(projectId: ${tenant.project.id}, key: "live")`
    const { data, errors } = await run(
      tenant.key,
      `query ($yes: Boolean = true) {
        a: ${flag} { key } b: ${flag} { name experiments(first: 1) { nodes { id } } }
        project(id: ${tenant.project.id}) { featureFlag(key: "live") { description: name active ... @include(if: $yes) { createdBy { email } } } }
      }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      a: { key: 'live' },
      b: { name: live.name, experiments: { nodes: [] } },
      project: { featureFlag: { description: live.name, active: live.active, createdBy: null } },
    })
  })
})
