import { Agent, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { describe, expect, inject, it, vi } from 'vitest'
import { createClient } from '../../src/database/client.ts'
import { postgresClientOptions } from '../../src/database/postgres.ts'
import { readConfig } from '../../src/platform/config.ts'
import { programs, seen } from '../support/program.ts'
import { seedFlag } from '../support/seed.ts'
import { copyPostgres } from '../support/testDatabase.ts'
import { seedTenant } from '../support/testServer.ts'
import { holdLock, runningStatements, untilLocked } from './support/faultServer.ts'

// What clients see when the program is told to stop.

vi.setConfig({ testTimeout: 120_000 })

const { serve } = programs({ LOG_LEVEL: 'info', RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_PER_HOUR: '0' })

describe.skipIf(inject('serverUrl') === '')('SIGTERM', () => {
  async function running(settings: Record<string, string>) {
    const url = await copyPostgres()
    const db = createClient(postgresClientOptions(url, { ...readConfig({}), transactionTimeoutMs: 60_000, statementTimeoutMs: 0 }))
    const { key, project } = await seedTenant(db)
    const flag = await seedFlag(db, project)
    const program = await serve({ DATABASE_URL: url, ...settings })
    const ask = (query: string) =>
      fetch(program.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query }),
      })
    return { ...program, db, key, project, flag, ask }
  }

  it('under load: /ready fails at once, requests are answered while it drains, those under way finish, and the exit code is 0', async () => {
    const { child, url, db, ask, flag, exit } = await running({
      DRAIN_SECONDS: '2',
      LOCK_TIMEOUT_MS: '30000',
      STATEMENT_TIMEOUT_MS: '30000',
    })
    await vi.waitFor(async () => expect((await fetch(new URL('/ready', url))).status).toBe(200), 30_000)
    const release = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const underWay = ask(`mutation { updateFeatureFlag(input: { id: ${flag.id}, name: "last" }) { __typename } }`)
    await untilLocked(db)

    const figures = { answered: 0, failed: 0 }
    let stopped = false
    const load = async () => {
      while (!stopped) {
        const answered = await ask('{ viewer { scopes } }').then(
          (response) => response.status === 200,
          () => false,
        )
        if (answered) figures.answered++
        else if (!stopped) figures.failed++
      }
    }
    const loads = [load(), load()]
    const told = seen(child.stderr, 'Server stopping')
    child.kill('SIGTERM')
    await told
    const ready = await fetch(new URL('/ready', url))
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({ ready: false, checks: { stopping: true } })
    // A client that keeps its connections is told to open another one: elsewhere, by then.
    expect(await connectionHeader(url)).toBe('close')
    expect((await ask('{ viewer { scopes } }')).status).toBe(200)
    stopped = true
    await Promise.all(loads)
    await release()
    expect(await (await underWay).json()).toEqual({ data: { updateFeatureFlag: { __typename: 'FeatureFlag' } } })
    expect(await exit).toBe(0)
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: 'last' })
    console.log('SIGTERM under load:', figures)
    expect(figures.failed).toBe(0)
    await db.$disconnect()
  })

  it('with a request that does not end: it is cut when the time is over, and the exit code is 1', async () => {
    const { child, db, ask, flag, exit, output } = await running({
      SHUTDOWN_SECONDS: '1',
      LOCK_TIMEOUT_MS: '30000',
      STATEMENT_TIMEOUT_MS: '30000',
      TRANSACTION_TIMEOUT_MS: '30000',
      REQUEST_TIMEOUT_MS: '30000',
    })
    const release = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const underWay = ask(`mutation { updateFeatureFlag(input: { id: ${flag.id}, name: "cut" }) { __typename } }`)
    const cut = expect(underWay).rejects.toThrow()
    await untilLocked(db)
    child.kill('SIGTERM')
    expect(await exit).toBe(1)
    await cut
    expect(output()).toContain('Server stopped before everything had ended')
    await release()
    // The database sees that the program is gone, and writes nothing.
    await vi.waitFor(async () => expect(await runningStatements(db)).toEqual([]), 10_000)
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: flag.name })
    await db.$disconnect()
  })
})

function connectionHeader(url: string): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const agent = new Agent({ keepAlive: true })
  const asked = request(new URL('/health', url), { agent }, async (response) => {
    await buffer(response)
    resolve(response.headers.connection)
  })
  asked.on('error', reject)
  asked.end()
  return promise.finally(() => agent.destroy())
}
