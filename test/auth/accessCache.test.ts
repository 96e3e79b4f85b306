import fc from 'fast-check'
import { beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createAccessCache } from '../../src/auth/accessCache.ts'
import { hashApiKey } from '../../src/auth/apiKey.ts'
import type { PubSub } from '../../src/database/pubsub/pubSub.ts'
import { createLogger } from '../../src/platform/logger.ts'
import type { Server } from '../../src/server/createServer.ts'
import { patience } from '../support/patience.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { seedKey, seedProject } from '../support/seed.ts'
import { type Answer, seedTenant, type TestServer, testServer } from '../support/testServer.ts'

/** The embedded database has told of a change when it is made; PostgreSQL does a moment later. */
const toldAtOnce = inject('archive') !== ''

let tested: TestServer
let db: TestServer['db']
let tenant: Tenant

type Tenant = Awaited<ReturnType<typeof seedTenant>>

beforeAll(async () => {
  tested = await testServer({ accessCacheSeconds: 3600 })
  db = tested.db
  tenant = await seedTenant(db)
})

const question = (project: number) => `{ stats(projectId: ${project}) { activeExperiments } }`

async function codeOf(key: string, project: number): Promise<unknown> {
  return (await tested.run(key, question(project))).errors?.[0]?.extensions.code ?? null
}

/** Asks until nothing is read but what is asked for: from then on the access of the key is kept. */
async function keep({ key, project }: Pick<Tenant, 'key' | 'project'>): Promise<void> {
  await vi.waitFor(async () => {
    tested.clearStatements()
    expect(await codeOf(key, project.id)).toBeNull()
    expect(tested.statements).toHaveLength(1)
  }, patience)
}

describe('a key that asks again', () => {
  it('is not looked up again, nor is its project', async () => {
    await keep(tenant)
    expect(tested.statements[0]).toContain('experiments')
  })

  it('is noted as used once, and again an hour later', async () => {
    const key = await seedKey(db, tenant.user)
    const lastUsedAt = async () => (await db.personalApiKey.findUniqueOrThrow({ where: { secureValue: hashApiKey(key) } })).lastUsedAt
    await keep({ ...tenant, key })
    await vi.waitFor(async () => expect(await lastUsedAt()).toEqual(tested.time.now), patience)
    tested.time.now = new Date(tested.time.now.getTime() + 3_600_001)
    await tested.run(key, question(tenant.project.id))
    await vi.waitFor(async () => expect(await lastUsedAt()).toEqual(tested.time.now), patience)
    await keep({ ...tenant, key })
  })

  it('opens nothing to others', async () => {
    const stranger = await seedTenant(db)
    await keep(stranger)
    await keep(tenant)
    expect(await codeOf(stranger.key, tenant.project.id)).toBe('NOT_FOUND')
    expect(await codeOf(tenant.key, stranger.project.id)).toBe('NOT_FOUND')
    expect(await codeOf(`${tenant.key}x`, tenant.project.id)).toBe('UNAUTHENTICATED')
    expect(await codeOf(hashApiKey(tenant.key), tenant.project.id)).toBe('UNAUTHENTICATED')
  })

  it('is looked up for what it writes', async () => {
    await keep(tenant)
    tested.clearStatements()
    const { data } = await tested.run(
      tenant.key,
      `mutation { createFeatureFlag(input: { projectId: ${tenant.project.id}, key: "written" }) { __typename } }`,
    )
    expect(data.createFeatureFlag.__typename).toBe('FeatureFlag')
    expect(tested.statements.filter((sql) => sql.includes('FROM personal_api_keys'))).toHaveLength(1)
  })
})

/** What changes, and what the key is told from then on. */
const changes: Record<string, [(own: Tenant) => Promise<unknown>, string]> = {
  'the key is revoked': [({ key }) => db.personalApiKey.delete({ where: { secureValue: hashApiKey(key) } }), 'UNAUTHENTICATED'],
  'the key loses its scope': [
    ({ key }) => db.personalApiKey.update({ where: { secureValue: hashApiKey(key) }, data: { scopes: [] } }),
    'FORBIDDEN',
  ],
  'the key is restricted to another project': [
    async ({ key, organization }) => {
      const { id } = await seedProject(db, organization)
      await db.personalApiKey.update({ where: { secureValue: hashApiKey(key) }, data: { scopedProjects: [id] } })
    },
    'FORBIDDEN',
  ],
  'the person is deactivated, in SQL by hand': [
    ({ user }) => db.$executeRaw`UPDATE users SET is_active = false WHERE id = ${user.id}`,
    'UNAUTHENTICATED',
  ],
  'the person leaves the organization': [({ user }) => db.organizationMembership.deleteMany({ where: { userId: user.id } }), 'NOT_FOUND'],
  'the organization lets only admins use keys': [
    ({ organization }) => db.organization.update({ where: { id: organization.id }, data: { membersCanUsePersonalApiKeys: false } }),
    'FORBIDDEN',
  ],
  'the project goes to other people': [
    async ({ project }) => {
      const { organization } = await seedTenant(db)
      await db.project.update({ where: { id: project.id }, data: { organizationId: organization.id } })
    },
    'NOT_FOUND',
  ],
}

describe('what is kept is read anew when', () => {
  it.each(Object.entries(changes))('%s', async (_what, [change, code]) => {
    const own = await seedTenant(db)
    await keep(own)
    await change(own)
    const refused = async () => expect(await codeOf(own.key, own.project.id)).toBe(code)
    if (toldAtOnce) await refused()
    else await vi.waitFor(refused, patience)
  })

  it('nothing changes by a transaction that is given up', async () => {
    await keep(tenant)
    await expect(
      db.$transaction(async (tx) => {
        await tx.user.update({ where: { id: tenant.user.id }, data: { isActive: false } })
        throw new Error('given up')
      }),
    ).rejects.toThrow('given up')
    expect(await codeOf(tenant.key, tenant.project.id)).toBeNull()
  })
})

it.runIf(toldAtOnce)(
  'whatever changes between questions, the answers are those of a server that keeps nothing',
  { timeout: 180_000 },
  async () => {
    const plain = tested.serverOn(tested, { accessCacheSeconds: 0 })
    const tenants = [await seedTenant(db), await seedTenant(db)]
    const keys = await Promise.all(
      tenants.flatMap(({ user }) => [seedKey(db, user), seedKey(db, user, { scopes: ['feature_flag:read'] }), seedKey(db, user)]),
    )
    const projects = tenants.map(({ project }) => project.id)
    const organizationIds = tenants.map(({ organization }) => organization.id)
    const key = fc.constantFrom(...keys, 'phx_nobody').map((token) => ({ secureValue: hashApiKey(token) }))
    const user = fc.constantFrom(...tenants.map((one) => one.user.id))
    const organization = fc.constantFrom(...organizationIds)
    const project = fc.constantFrom(...projects)
    const change: fc.Arbitrary<() => Promise<unknown>> = fc.oneof(
      fc.tuple(key, fc.subarray(['experiment:read', 'feature_flag:read', '*'])).map(
        ([where, scopes]) =>
          () =>
            db.personalApiKey.updateMany({ where, data: { scopes } }),
      ),
      fc.tuple(key, fc.subarray(projects)).map(
        ([where, scopedProjects]) =>
          () =>
            db.personalApiKey.updateMany({ where, data: { scopedProjects } }),
      ),
      fc.tuple(key, fc.subarray(organizationIds)).map(
        ([where, scopedOrganizations]) =>
          () =>
            db.personalApiKey.updateMany({ where, data: { scopedOrganizations } }),
      ),
      fc.tuple(user, fc.boolean()).map(
        ([id, isActive]) =>
          () =>
            db.user.update({ where: { id }, data: { isActive } }),
      ),
      fc.tuple(user, organization).map(
        ([userId, organizationId]) =>
          () =>
            db.organizationMembership.deleteMany({ where: { userId, organizationId } }),
      ),
      fc.tuple(user, organization).map(
        ([userId, organizationId]) =>
          () =>
            db.organizationMembership.createMany({ data: { userId, organizationId, level: 8 }, skipDuplicates: true }),
      ),
      fc.tuple(organization, fc.boolean()).map(
        ([id, membersCanUsePersonalApiKeys]) =>
          () =>
            db.organization.update({ where: { id }, data: { membersCanUsePersonalApiKeys } }),
      ),
      fc.tuple(project, organization, fc.constantFrom('UTC', 'Asia/Tokyo')).map(
        ([id, organizationId, timezone]) =>
          () =>
            db.project.update({ where: { id }, data: { organizationId, timezone } }),
      ),
    )
    const begin = async () => {
      await db.personalApiKey.updateMany({ data: { scopes: ['*'], scopedProjects: [], scopedOrganizations: [] } })
      await db.user.updateMany({ data: { isActive: true } })
      await db.organization.updateMany({ data: { membersCanUsePersonalApiKeys: true } })
      for (const own of tenants) {
        const { id } = own.organization
        await db.organizationMembership.deleteMany({ where: { organizationId: id } })
        await db.organizationMembership.create({ data: { organizationId: id, userId: own.user.id } })
        await db.project.update({ where: { id: own.project.id }, data: { organizationId: id } })
      }
    }
    let [answered, refused] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (steps) => {
        // Each time from the same beginning: everybody may read what is theirs.
        for (const step of [begin, ...steps]) {
          await step()
          for (const token of keys) {
            for (const id of projects) {
              const query = `{ viewer { scopes user { email } } stats(projectId: ${id}) { activeExperiments } project(id: "${id}") { timezone } }`
              const [kept, read] = [await answerFrom(tested.server, token, query), await answerFrom(plain, token, query)]
              expect(kept).toEqual(read)
              if (kept.errors === undefined) answered++
              else refused++
            }
          }
        }
      }),
      { numRuns: 25 },
    )
    expect(Math.min(answered, refused)).toBeGreaterThan(50)
  },
)

/** A server whose word from the database goes through this. */
function serverWith(listen: (real: PubSub['subscribe']) => PubSub['subscribe']) {
  const real = tested.pubSub
  const server = tested.serverOn(tested.openSecondConnection({ ...real, subscribe: listen((...given) => real.subscribe(...given)) }))
  return { server, codeOf: (key: string, project: number) => codeFrom(server, key, project) }
}

async function answerFrom(server: Server, key: string, query: string): Promise<Answer> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as Answer
}

async function codeFrom(server: Server, key: string, project: number): Promise<unknown> {
  return (await answerFrom(server, key, question(project))).errors?.[0]?.extensions.code ?? null
}

/** A cache that has project 1, and what the database can tell it. */
async function filledCache(log = createLogger({ logLevel: 'silent' })) {
  const real = tested.pubSub
  let hear: (text: string) => void = () => {}
  let lose: (error: Error) => void = () => {}
  const listen: PubSub['subscribe'] = (heard, lost) => {
    hear = heard
    lose = lost
    return real.subscribe(heard, lost)
  }
  const access = createAccessCache(db, { ...real, subscribe: listen }, 3600, log)
  const read = vi.fn(() => Promise.resolve(tenant.project))
  const isKept = async () => {
    read.mockClear()
    await access.project(1, read)
    return read.mock.calls.length === 0
  }
  await vi.waitFor(async () => expect(await isKept()).toBe(true), patience)
  return { access, isKept, hear: (text: string) => hear(text), lose: (error: Error) => lose(error) }
}

it('what is kept stays through other news, and through many keys that nobody has', async () => {
  const { access, isKept, hear } = await filledCache()
  hear('something else changed')
  expect(await isKept()).toBe(true)
  await Promise.all(Array.from({ length: 10_000 }, (_, at) => access.project(at + 2, () => Promise.resolve(null))))
  expect(await isKept()).toBe(true)
  hear('access changed')
  expect(await isKept()).toBe(false)
  await access.close()
})

it('a lost connection is logged with its reason', async () => {
  const { log, lines } = recordingLog()
  const { access, isKept, lose } = await filledCache(log)
  lose(new Error('gone'))
  expect(await isKept()).toBe(false)
  expect(lines).toMatchObject([{ msg: 'Access cache off: the LISTEN connection was lost. Retrying.', err: { message: 'gone' } }])
  await access.close()
})

it('what was being read while something changed is not cached', async () => {
  const { access, hear } = await filledCache()
  const old = { ...tenant.project, name: 'old' }
  const now = { ...tenant.project, name: 'now' }
  const asking = access.project(2, async () => {
    hear('access changed')
    return old
  })
  expect(await asking).toBe(old)
  expect(await access.project(2, () => Promise.resolve(now))).toBe(now)
  expect(await access.project(2, () => Promise.resolve(old))).toBe(now)
  await access.close()
})

it('what was read before the server listened is not cached', async () => {
  const real = tested.pubSub
  const listening = Promise.withResolvers<void>()
  const listen: PubSub['subscribe'] = (heard, lost) =>
    real.subscribe((text) => {
      heard(text)
      if (text.startsWith('probe ')) listening.resolve()
    }, lost)
  const access = createAccessCache(db, { ...real, subscribe: listen }, 3600, createLogger({ logLevel: 'silent' }))
  const [old, now] = [
    { ...tenant.project, name: 'old' },
    { ...tenant.project, name: 'now' },
  ]
  // Its row may have changed between the read and the first message that could tell of it.
  expect(await access.project(1, () => listening.promise.then(() => old))).toBe(old)
  expect(await access.project(1, () => Promise.resolve(now))).toBe(now)
  expect(await access.project(1, () => Promise.resolve(old))).toBe(now)
  await access.close()
})

describe('nothing is kept', () => {
  const revoke = (key: string) => db.personalApiKey.delete({ where: { secureValue: hashApiKey(key) } })

  it('where the database is never heard, as through a pooler that lets nobody listen', async () => {
    const deaf = serverWith(() => async () => async () => {})
    const key = await seedKey(db, tenant.user)
    for (let turn = 0; turn < 3; turn++) expect(await deaf.codeOf(key, tenant.project.id)).toBeNull()
    await revoke(key)
    expect(await deaf.codeOf(key, tenant.project.id)).toBe('UNAUTHENTICATED')
  })

  it('where listening fails', async () => {
    const refused = serverWith(() => () => Promise.reject(new Error('no connection to be had')))
    const key = await seedKey(db, tenant.user)
    for (let turn = 0; turn < 3; turn++) expect(await refused.codeOf(key, tenant.project.id)).toBeNull()
    await revoke(key)
    expect(await refused.codeOf(key, tenant.project.id)).toBe('UNAUTHENTICATED')
  })

  it('any more, once the connection is lost', async () => {
    let lose: (error: Error) => void = () => {}
    let heardAll = true
    let words = 0
    const losing = serverWith((real) => (heard, lost) => {
      lose = lost
      return real((text) => {
        words++
        if (heardAll) heard(text)
      }, lost)
    })
    const key = await seedKey(db, tenant.user)
    const until = (done: () => Promise<void>) => vi.waitFor(done, patience)
    // It listens from the first request on.
    await losing.codeOf(key, tenant.project.id)
    await until(async () => expect(words).toBeGreaterThan(0))
    // Until it is kept, as nothing tells it of the scopes that change meanwhile. The word of a change may come long after it.
    await until(async () => {
      heardAll = true
      const before = words
      await scopes(key, ['*'])
      await until(async () => expect(words).toBeGreaterThan(before))
      expect(await losing.codeOf(key, tenant.project.id)).toBeNull()
      heardAll = false
      await scopes(key, [])
      expect(await losing.codeOf(key, tenant.project.id)).toBeNull()
    })
    lose(new Error('gone'))
    expect(await losing.codeOf(key, tenant.project.id)).toBe('FORBIDDEN')
  })

  const scopes = (key: string, held: string[]) =>
    db.personalApiKey.update({ where: { secureValue: hashApiKey(key) }, data: { scopes: held } })

  it('after the server was told to stop', async () => {
    const { server } = serverWith((real) => real)
    const key = await seedKey(db, tenant.user)
    for (let turn = 0; turn < 3; turn++) expect(await codeFrom(server, key, tenant.project.id)).toBeNull()
    await server.stopListening()
    await revoke(key)
    expect(await codeFrom(server, key, tenant.project.id)).toBe('UNAUTHENTICATED')
  })
})
