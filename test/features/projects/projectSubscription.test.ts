import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { createPostgresPubSub } from '../../../src/database/pubsub/postgresPubSub.ts'
import { createRedisPubSub } from '../../../src/database/pubsub/redisPubSub.ts'
import { readConfig } from '../../../src/platform/config.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { listen } from '../../support/listen.ts'
import { recordingLog } from '../../support/recordingLog.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { subscribe } from '../../support/subscribe.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const tested = await testServer({ subscriptionCheck: 1, maxSubscriptions: 3 })
const { db, run, serverOn, openSecondConnection: elsewhere } = tested
const url = await listen(tested.server)
const otherUrl = await listen(serverOn(elsewhere()))

const experiments = (project: { id: number }) =>
  `subscription { experimentUpdated(projectId: ${project.id}) { databaseId name status featureFlag { active } } }`
const requests = (project: { id: number }) =>
  `subscription { changeRequestUpdated(projectId: ${project.id}) { id state approvalCount viewerIsRequester } }`

/** An operation that must succeed. */
async function change(key: string, mutation: string) {
  const { data, errors } = await run(key, `mutation { ${mutation} { __typename ... on Error { message } } }`)
  expect(errors).toBeUndefined()
  return data
}
const rename = (experiment: { id: number }, name: string) =>
  `updateExperiment(input: { id: ${experiment.id}, name: ${JSON.stringify(name)} })`

async function seedDraft() {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project, { active: false })
  return { ...tenant, flag, experiment: await seedExperiment(db, flag) }
}

describe('experimentUpdated', () => {
  it('tells of each change as the experiment is then, on whichever server it was made', async () => {
    const { key, project, flag, experiment } = await seedDraft()
    const here = await subscribe(url, key, experiments(project))
    const there = await subscribe(otherUrl, key, experiments(project))
    for (const [mutation, seen] of [
      [rename(experiment, 'New name'), { name: 'New name', status: 'DRAFT' }],
      [`launchExperiment(input: { id: ${experiment.id} })`, { name: 'New name', status: 'RUNNING', featureFlag: { active: true } }],
      // By the flag alone: where an experiment stands depends on it.
      [`updateFeatureFlag(input: { id: ${flag.id}, active: false })`, { status: 'PAUSED', featureFlag: { active: false } }],
    ] as const) {
      await change(key, mutation)
      for (const stream of [here, there]) {
        expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { databaseId: experiment.id, ...seen } } })
      }
    }
    await Promise.all([here.end(), there.end()])
  })

  it('tells nothing of other projects, of what was rejected, and of what is deleted', async () => {
    const { key, organization, project, flag, experiment } = await seedDraft()
    const neighbour = await seedExperiment(db, await seedFlag(db, await seedProject(db, organization)))
    const deleted = await seedExperiment(db, flag)
    const stream = await subscribe(url, key, experiments(project))
    await change(key, rename(neighbour, 'Elsewhere'))
    await change(key, rename(experiment, ''))
    await change(key, `updateExperiment(input: { id: ${deleted.id}, deleted: true })`)
    await change(key, rename(experiment, 'At last'))
    expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { databaseId: experiment.id, name: 'At last' } } })
    await stream.end()
  })

  it('shows a slow reader the last of several changes', async () => {
    const { key, project, experiment } = await seedDraft()
    const stream = await subscribe(url, key, experiments(project))
    for (let n = 1; n <= 30; n++) await change(key, rename(experiment, `Name ${n}`))
    const seen: string[] = []
    while (seen.at(-1) !== 'Name 30') seen.push((await stream.next())?.data.experimentUpdated.name)
    // None that is older than one before it; one that is read with the news of the change before is shown once more with its own.
    const order = seen.map((name) => Number(name.slice(5)))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order.length).toBeLessThanOrEqual(30)
    await stream.end()
  })
})

describe('changeRequestUpdated', () => {
  it('tells of a request when it is made, voted on and applied; and the experiment’s list of open requests has changed', async () => {
    const tenant = await seedTenant(db)
    const { key, project } = tenant
    const [first, second] = [await seedColleague(db, tenant), await seedColleague(db, tenant)]
    const flag = await seedFlag(db, project, { active: false })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [first, second], { quorum: 2 })
    const stream = await subscribe(url, key, requests(project))
    const afar = await subscribe(otherUrl, first.key, requests(project))

    await change(key, `updateFeatureFlag(input: { id: ${flag.id}, active: true })`)
    const made = await stream.next()
    expect(made).toMatchObject({ data: { changeRequestUpdated: { state: 'PENDING', approvalCount: 0, viewerIsRequester: true } } })
    expect(await afar.next()).toMatchObject({ data: { changeRequestUpdated: { state: 'PENDING', viewerIsRequester: false } } })
    const id = made?.data.changeRequestUpdated.id as string
    for (const [voter, seen] of [
      [first, { state: 'PENDING', approvalCount: 1 }],
      [second, { state: 'APPLIED', approvalCount: 2 }],
    ] as const) {
      await change(voter.key, `approveChangeRequest(input: { id: "${id}" })`)
      expect(await stream.next()).toMatchObject({ data: { changeRequestUpdated: { id, ...seen } } })
      expect(await afar.next()).toMatchObject({ data: { changeRequestUpdated: { id, ...seen } } })
    }
    await Promise.all([stream.end(), afar.end()])
  })

  it('tells at once of a request that becomes stale, invalid or valid by the write of somebody else', async () => {
    const tenant = await seedTenant(db)
    const { key, project } = tenant
    const owner = await seedColleague(db, tenant, 15)
    const approver = await seedColleague(db, tenant)
    const bypass = { bypassMembershipLevels: [15] }
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver], bypass)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [approver], bypass)
    await seedPolicy(db, tenant, 'EXPERIMENT_LAUNCH', [approver], bypass)
    const flag = await seedFlag(db, project)
    const tested = await seedExperiment(db, await seedFlag(db, project, { active: false }))
    const stream = await subscribe(
      url,
      key,
      `subscription { changeRequestUpdated(projectId: ${project.id}) { id state validationStatus } }`,
    )
    const next = async () => (await stream.next())?.data.changeRequestUpdated
    const requested = async (mutation: string) => {
      await change(key, mutation)
      const { id, ...made } = await next()
      expect(made).toEqual({ state: 'PENDING', validationStatus: 'VALID' })
      return id as string
    }

    const off = await requested(`updateFeatureFlag(input: { id: ${flag.id}, active: false, tags: ["off"] })`)
    await change(owner.key, `updateFeatureFlag(input: { id: ${flag.id}, tags: ["other"] })`)
    expect(await next()).toEqual({ id: off, state: 'PENDING', validationStatus: 'STALE' })
    await change(owner.key, `updateFeatureFlag(input: { id: ${flag.id}, tags: [] })`)
    expect(await next()).toEqual({ id: off, state: 'PENDING', validationStatus: 'VALID' })
    const needs = `{ type: "flag", key: "${flag.id}", operator: "flag_evaluates_to", value: true }`
    const filters = `{ groups: [{ properties: [${needs}] }] }`
    await change(owner.key, `createFeatureFlag(input: { projectId: ${project.id}, key: "dependent", active: true, filters: ${filters} })`)
    expect(await next()).toEqual({ id: off, state: 'PENDING', validationStatus: 'STALE' })
    const dependent = await db.featureFlag.findFirstOrThrow({ where: { projectId: project.id, key: 'dependent' } })
    await change(owner.key, `updateFeatureFlag(input: { id: ${dependent.id}, active: false })`)
    expect(await next()).toEqual({ id: off, state: 'PENDING', validationStatus: 'VALID' })

    const create = `createFeatureFlag(input: { projectId: ${project.id}, key: "new" })`
    const creation = await requested(create)
    await change(owner.key, create)
    expect(await next()).toEqual({ id: creation, state: 'PENDING', validationStatus: 'INVALID' })

    const launch = await requested(`launchExperiment(input: { id: ${tested.id} })`)
    await change(owner.key, `updateExperiment(input: { id: ${tested.id}, deleted: true })`)
    expect(await next()).toEqual({ id: launch, state: 'PENDING', validationStatus: 'STALE' })
    await stream.end()
  })
})

describe('who may follow', () => {
  it.each([
    ['no valid key', async () => ({ key: 'phx_wrong', project: (await seedTenant(db)).project }), 'UNAUTHENTICATED'],
    [
      'a key of another organization',
      async () => ({ key: (await seedTenant(db)).key, project: (await seedTenant(db)).project }),
      'NOT_FOUND',
    ],
    ['a project that does not exist', async () => ({ key: (await seedTenant(db)).key, project: { id: 999_999 } }), 'NOT_FOUND'],
    [
      'a key without the scope',
      async () => {
        const { user, project } = await seedTenant(db)
        return { key: await seedKey(db, user, { scopes: ['feature_flag:read'] }), project }
      },
      'FORBIDDEN',
    ],
  ])('not %s', async (_name, given, code) => {
    const { key, project } = await given()
    for (const query of [experiments(project), requests(project)]) {
      const stream = await subscribe(url, key, query)
      expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code } }] })
      expect(await stream.next()).toBeNull()
    }
  })

  it('not more often at once than the settings allow; a stream that ended makes room', async () => {
    const { key, project } = await seedTenant(db)
    const streams = await Promise.all([1, 2, 3].map(() => subscribe(url, key, requests(project))))
    const refused = await subscribe(url, key, requests(project))
    expect(await refused.next()).toMatchObject({ errors: [{ extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }] })
    await Promise.all(streams.map(({ end }) => end()))
    // The server notices a connection that is gone when it gets to it.
    for (;;) {
      const answer = await fetchOnce(key, project)
      if (!answer.includes('OPERATION_TOO_EXPENSIVE')) break
    }
  })

  it('a key that is revoked in between ends the stream: at the next event, and also when nothing happens', async () => {
    const { user, key, project, experiment } = await seedDraft()
    for (const happens of [true, false]) {
      const revoked = await seedKey(db, user)
      const stream = await subscribe(url, revoked, experiments(project))
      await change(key, rename(experiment, `Before ${happens}`))
      expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { name: `Before ${happens}` } } })
      await db.personalApiKey.deleteMany({ where: { mask: { endsWith: revoked.slice(-4) }, userId: user.id } })
      if (happens) await change(key, rename(experiment, 'After'))
      expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
      expect(await stream.next()).toBeNull()
    }
  })

  it('a scope, a field’s scope and a project are asked for at each event', async () => {
    const { user, organization, key, project, experiment } = await seedDraft()
    const scopes = (names: string[]) => ({ data: { scopes: names }, where: { userId: user.id, label: 'narrowed' } })
    const narrowed = await seedKey(db, user, { label: 'narrowed' })
    const stream = await subscribe(url, narrowed, experiments(project))

    await db.personalApiKey.updateMany(scopes(['experiment:read']))
    await change(key, rename(experiment, 'Without flags'))
    expect(await stream.next()).toMatchObject({
      data: { experimentUpdated: null },
      errors: [{ path: ['experimentUpdated', 'featureFlag'], extensions: { code: 'FORBIDDEN', requiredScope: 'feature_flag:read' } }],
    })
    await db.personalApiKey.updateMany(scopes(['feature_flag:read']))
    await change(key, rename(experiment, 'Without the scope'))
    expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:read' } }] })
    expect(await stream.next()).toBeNull()

    const colleague = await seedColleague(db, { organization })
    const left = await subscribe(url, colleague.key, experiments(project))
    await db.organizationMembership.deleteMany({ where: { userId: colleague.user.id } })
    await change(key, rename(experiment, 'Without the colleague'))
    expect(await left.next()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    expect(await left.next()).toBeNull()
  })
})

it('takes the global id of a project too', async () => {
  const { key, project, experiment } = await seedDraft()
  const stream = await subscribe(url, key, experiments(project).replace(`${project.id}`, JSON.stringify(globalId('Project', project.id))))
  await change(key, rename(experiment, 'By global id'))
  expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { name: 'By global id' } } })
  await stream.end()
})

it('a server that stops ends its streams', async () => {
  const { key, project } = await seedTenant(db)
  const stopping = serverOn(elsewhere())
  const stream = await subscribe(await listen(stopping), key, requests(project))
  await stopping.stopListening()
  expect(await stream.next()).toBeNull()
})

it('a server that cannot listen to the others rejects the subscription, answers everything else, and forgets about it', async () => {
  // Where every connection is closed at once, as a database does that has none left.
  const full = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(full, 'listening')
  afterAll(() => void full.close())
  const deaf = serverOn(
    elsewhere(createPostgresPubSub(`postgres://postgres@127.0.0.1:${(full.address() as AddressInfo).port}/none`, readConfig({}))),
  )
  const deafUrl = await listen(deaf)
  const { key, project } = await seedTenant(db)
  // More than a key may have open: none of them is.
  for (let n = 0; n < 2; n++) {
    const streams = await Promise.all([1, 2, 3].map(() => subscribe(deafUrl, key, requests(project))))
    for (const stream of streams) {
      expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
      expect(await stream.next()).toBeNull()
    }
  }
  const response = await deaf.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: '{ viewer { scopes } }' }),
  })
  expect(await response.json()).toEqual({ data: { viewer: { scopes: ['*'] } } })
})

// The session that listens is the database's to end, and Redis is not on every machine.
it.runIf(process.env.TEST_DATABASE_URL)('a server that no longer hears the others ends its streams with an error', async () => {
  const { key, project, experiment } = await seedDraft()
  const stream = await subscribe(url, key, experiments(project))
  await db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'experiments-graph signals' AND datname = current_database()`
  expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
  expect(await stream.next()).toBeNull()

  const again = await subscribe(url, key, experiments(project))
  await change(key, rename(experiment, 'Heard again'))
  expect(await again.next()).toMatchObject({ data: { experimentUpdated: { name: 'Heard again' } } })
  await again.end()
})

it.runIf(process.env.TEST_REDIS_URL)('servers tell each other through Redis where there is one', async () => {
  const channel = `test-${randomUUID()}`
  const { log, lines } = recordingLog()
  const redis = () => createRedisPubSub(process.env.TEST_REDIS_URL ?? '', channel, log)
  const signals = [await redis(), await redis()] as const
  const [writing, reading] = [serverOn(elsewhere(signals[0])), serverOn(elsewhere(signals[1]))]
  const { key, project, experiment } = await seedDraft()
  const stream = await subscribe(await listen(reading), key, experiments(project))
  const unheard = await subscribe(url, key, experiments(project))

  const response = await writing.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: `mutation { ${rename(experiment, 'By Redis')} { __typename } }` }),
  })
  expect(await response.json()).toEqual({ data: { updateExperiment: { __typename: 'Experiment' } } })
  expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { name: 'By Redis' } } })
  expect(lines).toEqual([])

  await change(key, rename(experiment, 'By the database'))
  expect(await unheard.next()).toMatchObject({ data: { experimentUpdated: { name: 'By the database' } } })
  await Promise.all([stream.end(), unheard.end(), reading.stopListening()])
  await Promise.all(signals.map((each) => each.close()))
})

/** The first words of a subscription. */
async function fetchOnce(key: string, project: { id: number }): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: requests(project) }),
  })
  const reader = response.body?.getReader()
  let text = ''
  while (!text.includes('data:') && text.split(':\n\n').length < 3) {
    const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) break
    text += new TextDecoder().decode(value)
  }
  await reader?.cancel()
  return text
}
