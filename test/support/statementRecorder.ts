import type { Database } from '../../src/database/database.ts'
import { Prisma } from '../../src/database/generated/client.ts'
import type { Statement } from '../../src/database/statements/statementTemplate.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createServer } from '../../src/server/createServer.ts'
import { noRateLimits, requestTimeoutMs } from './testServer.ts'

/** A function that runs a query with a key, and returns the response with the hand-written statements that the server sent for it. */
export function createRecordingServer({ db, pubSub }: Database, now: Date) {
  let statements: Prisma.Sql[] = []
  const recordingDb = new Proxy(db, {
    get: (client, name) => {
      if (name !== '$queryRaw' && name !== 'queryRows') return Reflect.get(client, name, client)
      return (statement: Prisma.Sql) => {
        statements.push(toSql(statement))
        return client[name](statement)
      }
    },
  })
  const config = { ...readConfig({}), ...noRateLimits, requestTimeoutMs, accessCacheSeconds: 0 }
  const server = createServer({
    database: { db: recordingDb, pubSub, transactionSlots: null },
    config,
    clock: () => now,
    log: createLogger({ logLevel: 'silent' }),
    demoKey: null,
  })

  return async (key: string, query: string) => {
    statements = []
    const response = await server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = await response.json()
    return { data, errors, statements: statements }
  }
}

/** A statement in the form that can be joined with others, as EXPLAIN needs it. */
const toSql = (statement: Statement) =>
  statement instanceof Prisma.Sql ? statement : new Prisma.Sql(statement.text.split(/\$\d+/), statement.values)
