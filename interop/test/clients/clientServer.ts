import { readConfig } from '../../../src/platform/config.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createServer } from '../../../src/server/createServer.ts'
import { listen } from '../../../test/support/listen.ts'
import { seedFlag } from '../../../test/support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../test/support/testServer.ts'

/** Starts a server that clients reach over a port. */
export async function clientServer() {
  const server = await testServer()
  const { db, pubSub, time } = server
  const config = { ...readConfig({}), rateLimitPerMinute: 1, rateLimitPerHour: 0 }
  const limited = createServer({
    database: { db, pubSub, transactionSlots: null },
    config,
    clock: () => time.now,
    log: createLogger({ logLevel: 'silent' }),
    demoKey: null,
  })
  return {
    ...server,
    url: await listen(server.server),
    /** The same server, but each key may send one request per minute. */
    limitedUrl: await listen(limited),
    /** Creates a project with this many eligible flags. Returns its global id, and the keys in order. */
    seedShop: async (flags = 12) => {
      const tenant = await seedTenant(db)
      const keys = Array.from({ length: flags }, (_, index) => `flag-${String(index).padStart(2, '0')}`)
      for (const key of keys.toReversed()) await seedFlag(db, tenant.project, { key, createdById: tenant.user.id })
      return { ...tenant, keys, projectId: globalId('Project', tenant.project.id) }
    },
  }
}
