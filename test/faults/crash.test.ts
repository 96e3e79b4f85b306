import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject, it, vi } from 'vitest'
import type { Db } from '../../src/database/client.ts'
import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { programs } from '../support/program.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { copyPostgres } from '../support/testDatabase.ts'
import { gatedWrites, noFigures } from './support/gatedWrites.ts'

// The program is killed while it writes. What it acknowledged is there afterwards, and nothing is there by half. FAULT_WRITES sets the number of writes.

vi.setConfig({ testTimeout: 900_000 })

const writes = Number(process.env.FAULT_WRITES ?? 100)
const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-crash-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const onPostgres = inject('serverUrl') !== ''
const place = onPostgres ? { DATABASE_URL: await copyPostgres() } : { DATA_DIR: join(folder, 'data') }
const noRateLimits = {
  RATE_LIMIT_PER_MINUTE: '0',
  RATE_LIMIT_PER_HOUR: '0',
  COST_LIMIT_PER_MINUTE: '0',
  MUTATION_LIMIT_PER_MINUTE: '0',
}
const { serve } = programs({ ...place, DEMO_DATA: 'false', LOG_LEVEL: 'fatal', ...noRateLimits })

/** Opens the database while no program serves it. */
async function withDatabase<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
  const { db, close } = await openDatabase(readConfig(place), recordingLog().log)
  return work(db).finally(close)
}

it(`loses no acknowledged write of ${writes}, and leaves none half done, when it is killed three times`, async () => {
  const gated = await withDatabase((db) => gatedWrites(db, writes))
  const figures = noFigures()
  let next = 0
  for (let life = 1; next < writes; life++) {
    const startedAt = performance.now()
    const program = await serve()
    let answers = 0
    const dead = once(program.child, 'exit')
    const writer = async () => {
      while (next < writes && program.child.exitCode === null && program.child.signalCode === null) {
        const acknowledged = await gated.send(program.url, next++, figures)
        if (acknowledged && answers++ === 0) figures.secondsToRecover.push(Math.round((performance.now() - startedAt) / 100) / 10)
        // While other writes are under way.
        if (life <= 3 && answers >= writes / 5) program.child.kill('SIGKILL')
      }
    }
    await Promise.all([writer(), writer(), writer(), writer()])
    program.child.kill('SIGKILL')
    await dead
  }
  await withDatabase((db) => gated.inspect(db, figures))
  console.log(`Killed while writing, on ${onPostgres ? 'PostgreSQL' : 'PGlite'}:`, JSON.stringify(figures))
  expect(figures).toMatchObject({ lost: 0, halfDone: 0 })
  expect(figures.answered).toBeGreaterThan(writes / 2)
})
