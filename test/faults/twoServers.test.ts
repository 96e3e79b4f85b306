import { describe, expect, inject, it, vi } from 'vitest'
import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createServer } from '../../src/server/createServer.ts'
import { listen } from '../support/listen.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { seedFlag } from '../support/seed.ts'
import { seedTenant } from '../support/testServer.ts'
import { faultServer } from './support/faultServer.ts'

// Two servers on one database. One of them loses its network.

vi.setConfig({ testTimeout: 120_000 })

describe.skipIf(inject('serverUrl') === '')('a server without a network', () => {
  it('does not hold the other one, and no write is lost or done by half', async () => {
    const broken = await faultServer()
    const { db, network } = broken
    const { key, project } = await seedTenant(db)
    const flag = await seedFlag(db, project)
    const [{ current_database: name } = { current_database: '' }] = await db.$queryRaw<
      { current_database: string }[]
    >`SELECT current_database()`
    const databaseUrl = new URL(inject('serverUrl'))
    databaseUrl.pathname = `/${name}`
    const config = { ...readConfig({}), databaseUrl: databaseUrl.href, databasePoolSize: 4, rateLimitPerMinute: 0, rateLimitPerHour: 0 }
    const { log } = recordingLog()
    const database = await openDatabase(config, log)
    const well = createServer({ database, config, clock: () => new Date(), log, demoKey: null })
    const wellUrl = await listen(well)

    const acknowledged = new Set<string>()
    const figures = { answered: 0, refused: 0, lost: 0, halfDone: 0, secondsToRecover: 0 }
    const write = async (url: string, name: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({
          query: `mutation { createFeatureFlag(input: { projectId: ${project.id}, key: "${name}" }) { __typename } }`,
        }),
      })
      const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] }
      if (errors === undefined) {
        figures.answered++
        acknowledged.add(name)
      } else {
        expect(errors[0]?.extensions.code).toMatch(/SERVICE_UNAVAILABLE|TIMEOUT/)
        figures.refused++
      }
      return errors === undefined
    }

    const brokenWrites = Array.from({ length: 8 }, (_, n) => write(broken.url, `broken-${n}`))
    network.mode = 'silent'
    for (let n = 0; n < 10; n++) expect(await write(wellUrl, `well-${n}`)).toBe(true)
    await Promise.all(brokenWrites)
    network.mode = 'pass'
    network.cut()
    const brokenAt = performance.now()
    await vi.waitFor(async () => expect(await write(broken.url, `again-${figures.refused}`)).toBe(true), { timeout: 20_000, interval: 20 })
    figures.secondsToRecover = Math.round((performance.now() - brokenAt) / 10) / 100

    const flags = await db.featureFlag.findMany({ where: { id: { not: flag.id } }, select: { id: true, key: true } })
    const entries = await db.activity.groupBy({ by: ['featureFlagId'], _count: true })
    figures.lost = [...acknowledged].filter((name) => !flags.some(({ key }) => key === name)).length
    figures.halfDone = flags.filter(({ id }) => entries.find(({ featureFlagId }) => featureFlagId === id)?._count !== 1).length
    console.log('Two servers, one without a network:', JSON.stringify(figures))
    expect(figures).toMatchObject({ lost: 0, halfDone: 0 })
    await well.stopListening()
    await database.close()
  })
})
