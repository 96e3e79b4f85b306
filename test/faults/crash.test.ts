import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject, it, vi } from 'vitest'
import type { Db } from '../../src/database/client.ts'
import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { seedColleague, seedPolicy } from '../support/approvals.ts'
import { programs } from '../support/program.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { seedFlag, seedProject } from '../support/seed.ts'
import { copyPostgres } from '../support/testDatabase.ts'
import { seedTenant } from '../support/testServer.ts'

// The program is killed while it writes. What it acknowledged is there afterwards, and nothing is there by half. FAULT_WRITES sets the number of writes.

vi.setConfig({ testTimeout: 900_000 })

const writes = Number(process.env.FAULT_WRITES ?? 100)
const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-crash-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const onPostgres = inject('serverUrl') !== ''
const place = onPostgres ? { DATABASE_URL: await copyPostgres() } : { DATA_DIR: join(folder, 'data') }
const { serve } = programs({ ...place, DEMO_DATA: 'false', LOG_LEVEL: 'fatal', RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_PER_HOUR: '0' })

/** Opens the database while no program serves it. */
async function withDatabase<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
  const { db, close } = await openDatabase(readConfig(place), recordingLog().log)
  return work(db).finally(close)
}

const filters = (percentage: number) => ({ groups: [{ properties: [], rollout_percentage: percentage }] })

it(`loses no acknowledged write of ${writes}, and leaves none half done, when it is killed three times`, async () => {
  const { key, project, flags } = await withDatabase(async (db) => {
    const tenant = await seedTenant(db)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [await seedColleague(db, tenant)])
    const flags = []
    for (let n = 0; n < writes; n += 2) flags.push(await seedFlag(db, tenant.project, { filters: filters(10) }))
    // The policy does not guard the flags of this project.
    return { key: tenant.key, project: await seedProject(db, tenant.organization), flags }
  })
  /** Write `n`: every other one is guarded by a policy, and becomes a change request. */
  const mutation = (n: number) => {
    const flag = n % 2 === 0 ? flags[n / 2] : undefined
    return flag === undefined
      ? `mutation { result: createFeatureFlag(input: { projectId: ${project.id}, key: "write-${n}" }) { __typename ... on FeatureFlag { databaseId } } }`
      : `mutation { result: updateFeatureFlag(input: { id: ${flag.id}, filters: { groups: [{ properties: [], rollout_percentage: 90 }] } }) { __typename ... on ApprovalRequiredError { changeRequest { id } } } }`
  }

  const acknowledged = new Set<number>()
  const figures = { answered: 0, refusedForNow: 0, unanswered: 0, lost: 0, halfDone: 0, secondsToRecover: [] as number[] }
  let next = 0
  for (let life = 1; next < writes; life++) {
    const startedAt = performance.now()
    const program = await serve()
    let answers = 0
    const dead = once(program.child, 'exit')
    const writer = async () => {
      while (next < writes && program.child.exitCode === null && program.child.signalCode === null) {
        const n = next++
        try {
          const response = await fetch(program.url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
            body: JSON.stringify({ query: mutation(n) }),
          })
          const { data, errors } = (await response.json()) as {
            data?: { result?: { __typename: string } }
            errors?: { extensions: { code: string } }[]
          }
          if (answers++ === 0) figures.secondsToRecover.push(Math.round((performance.now() - startedAt) / 100) / 10)
          if (errors !== undefined) {
            expect(errors[0]?.extensions.code).toMatch(/SERVICE_UNAVAILABLE|TIMEOUT/)
            figures.refusedForNow++
          } else {
            expect(data?.result?.__typename).toBe(n % 2 === 0 ? 'ApprovalRequiredError' : 'FeatureFlag')
            figures.answered++
            acknowledged.add(n)
          }
        } catch (error) {
          if (!(error instanceof TypeError)) throw error
          figures.unanswered++
        }
        // While other writes are under way.
        if (life <= 3 && answers >= writes / 5) program.child.kill('SIGKILL')
      }
    }
    await Promise.all([writer(), writer(), writer(), writer()])
    program.child.kill('SIGKILL')
    await dead
  }

  await withDatabase(async (db) => {
    const created = await db.featureFlag.findMany({ where: { key: { startsWith: 'write-' } }, select: { id: true, key: true } })
    const requested = await db.changeRequest.findMany({ select: { id: true, featureFlagId: true } })
    const entries = await db.activity.findMany({ select: { featureFlagId: true, changeRequestId: true } })
    const createdKeys = new Set(created.map(({ key }) => key))
    const requestedFlags = new Set(requested.map(({ featureFlagId }) => featureFlagId))
    for (const n of acknowledged) {
      const isThere = n % 2 === 0 ? requestedFlags.has(flags[n / 2]?.id ?? 0) : createdKeys.has(`write-${n}`)
      if (!isThere) figures.lost++
    }
    const entriesOf = (found: (entry: (typeof entries)[number]) => boolean) => entries.filter(found).length
    for (const { id } of created) if (entriesOf(({ featureFlagId }) => featureFlagId === id) !== 1) figures.halfDone++
    for (const { id } of requested) if (entriesOf(({ changeRequestId }) => changeRequestId === id) !== 1) figures.halfDone++
    if (entries.length !== created.length + requested.length) figures.halfDone++
    // A guarded flag is as it was.
    const changed = await db.featureFlag.count({ where: { id: { in: flags.map(({ id }) => id) }, version: { gt: 1 } } })
    figures.halfDone += changed
  })
  console.log(`Killed while writing, on ${onPostgres ? 'PostgreSQL' : 'PGlite'}:`, JSON.stringify(figures))
  expect(figures).toMatchObject({ lost: 0, halfDone: 0 })
  expect(figures.answered).toBeGreaterThan(writes / 2)
})
