import { inject } from 'vitest'
import type { Database, Db } from '../../src/database/open.ts'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { encodeGlobalId } from '../../src/platform/globalId.ts'
import { createLogger, type Logger } from '../../src/platform/logger.ts'
import { createServer, type Server } from '../../src/server/createServer.ts'
import { seedKey, seedOrganization, seedProject, seedUser } from './seed.ts'
import { openTestDatabase, type TestDatabase } from './testDatabase.ts'

/** What comes back over HTTP. Tests know the shape of what they asked for. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the test's own query
  data: any
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

/** Which executor the suite runs on. */
const compiledExecutor = process.env.TEST_COMPILED_EXECUTOR !== 'false'
/** The embedded database tells of a change before whoever made it goes on; PostgreSQL's word may come a moment later. */
const accessCacheSeconds = inject('archive') === '' ? 0 : 5

export interface TestServer extends TestDatabase {
  server: Server
  /** The clock of the server: set it to stand on another day. */
  time: { now: Date }
  /** Another server on a database, with the same settings unless others are given, and the same clock. */
  serverOn(database: Database, others?: Partial<Config>): Server
  /** Sends an operation, with this key; without one when it is null. */
  run(key: string | null, query: string, variables?: Record<string, unknown>): Promise<Answer>
}

/** A server of this test file's own, on a database of its own. */
export async function testServer(settings: Partial<Config> = {}, log?: Logger): Promise<TestServer> {
  const database = await openTestDatabase()
  const config = { ...readConfig({}), rateLimitPerMinute: 0, rateLimitPerHour: 0, compiledExecutor, accessCacheSeconds, ...settings }
  const time = { now: new Date('2026-11-20T12:00:00Z') }
  const serverOn = (database: Database, others: Partial<Config> = {}) =>
    createServer({
      database,
      config: { ...config, ...others },
      clock: () => time.now,
      log: log ?? createLogger({ logLevel: 'silent' }),
      demoKey: null,
    })
  const server = serverOn(database)
  return {
    ...database,
    server,
    serverOn,
    time,
    run: async (key, query, variables = {}) => {
      const response = await server.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
        body: JSON.stringify({ query, variables }),
      })
      return (await response.json()) as Answer
    },
  }
}

/** An organization with a project and a member whose key may do everything. */
export async function seedTenant(db: Db, project: { timezone?: string } = {}) {
  const organization = await seedOrganization(db)
  const user = await seedUser(db, organization)
  return { organization, user, key: await seedKey(db, user), project: await seedProject(db, organization, project) }
}

export const globalId = encodeGlobalId
