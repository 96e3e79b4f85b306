import { inject } from 'vitest'
import type { Db } from '../../src/database/client.ts'
import type { Database } from '../../src/database/database.ts'
import type { Observer } from '../../src/platform/activity.ts'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { encodeGlobalId } from '../../src/platform/globalId.ts'
import { createLogger, type Logger } from '../../src/platform/logger.ts'
import { createServer, type Server } from '../../src/server/createServer.ts'
import { seedKey, seedOrganization, seedProject, seedUser } from './seed.ts'
import { openTestDatabase, type TestDatabase } from './testDatabase.ts'

/** A response over HTTP. Tests know the shape of their own query's data. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the test's own query
  data: any
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

/** Whether the suite runs on the compiled executor. */
const compiledExecutor = process.env.TEST_COMPILED_EXECUTOR !== 'false'
/** PGlite notifies of a change before the write returns. PostgreSQL may notify a moment later, so the access cache is off there. */
const accessCacheSeconds = inject('archive') === '' ? 0 : 5

export const noRateLimits = {
  rateLimitPerMinute: 0,
  rateLimitPerHour: 0,
  costLimitPerMinute: 0,
  mutationLimitPerMinute: 0,
  anonymousLimitPerMinute: 0,
}

/** A busy machine is slow. */
export const requestTimeoutMs = 100_000

export interface TestServer extends TestDatabase {
  server: Server
  /** The clock of the server. Set `now` to move it. */
  time: { now: Date }
  /** Another server on a database, with the same clock, and the same settings apart from `others`. */
  serverOn(database: Database, others?: Partial<Config>): Server
  /** Sends an operation, with a key unless it is null. */
  run(key: string | null, query: string, variables?: Record<string, unknown>): Promise<Answer>
}

/** A server for this test file, on its own database. */
export async function testServer(settings: Partial<Config> = {}, log?: Logger, observer?: Observer): Promise<TestServer> {
  const database = await openTestDatabase(observer)
  const config = { ...readConfig({}), ...noRateLimits, requestTimeoutMs, compiledExecutor, accessCacheSeconds, ...settings }
  const time = { now: new Date('2026-11-20T12:00:00Z') }
  const serverOn = (database: Database, others: Partial<Config> = {}) =>
    createServer({
      database,
      config: { ...config, ...others },
      clock: () => time.now,
      log: log ?? createLogger({ logLevel: 'silent' }),
      demoKey: null,
      observer,
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

/** An organization with a project, and a member with a key that holds every scope. */
export async function seedTenant(db: Db, project: { timezone?: string } = {}) {
  const organization = await seedOrganization(db)
  const user = await seedUser(db, organization)
  return { organization, user, key: await seedKey(db, user), project: await seedProject(db, organization, project) }
}

export const globalId = encodeGlobalId
