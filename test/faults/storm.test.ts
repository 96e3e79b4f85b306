import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject, it, vi } from 'vitest'
import { storm } from '../support/storm/storm.ts'
import { copyPostgres } from '../support/testDatabase.ts'

// A linked project while PostHog changes and misbehaves, and the service is killed. `npm run bench -- link storm` is the long form.

// Longer than what the storm waits for, so that it says itself what did not come.
vi.setConfig({ testTimeout: 900_000 })

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-storm-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const place = inject('serverUrl') !== '' ? { DATABASE_URL: await copyPostgres() } : { DATA_DIR: join(folder, 'data') }

it('is equal to PostHog after a storm, field by field, and no write is lost, doubled or denied', async () => {
  const options = { changes: 100, kills: 4, killsOfCopy: 1, flags: 230, experiments: 25 }
  const result = await storm({ place, ...options, seed: 7, waitsForLease: false })
  console.log('After a storm:', JSON.stringify(result))
  expect(result).toMatchObject({
    ...{ changes: 100, halfMade: 0, lastError: null },
    followed: { differences: [] },
    compared: { differences: [] },
    writes: { lost: 0, doneButRefused: 0, doubled: 0, unexpected: null },
  })
  // It did compare something.
  expect(result.compared.fields).toBeGreaterThan(4_000)
  expect(result.writes.done).toBeGreaterThan(0)
})
