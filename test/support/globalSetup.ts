import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../src/database/open.ts'
import { createPglite, openPglite } from '../../src/database/pglite.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of an archive of a migrated, empty embedded database; '' when the suite runs on PostgreSQL. */
    archive: string
    /** The URL of a PostgreSQL server; `template` is the name of a migrated, empty database there. '' when the suite runs on PGlite. */
    serverUrl: string
    template: string
  }
}

/** Migrates one empty database. Every test file starts from a copy of it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL
  return url ? setupPostgres(project, url) : setupEmbedded(project)
}

async function setupEmbedded(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-test-'))
  const pglite = await createPglite()
  const { db } = await openPglite(pglite)
  const archive = join(folder, 'migrated.tar')
  await writeFile(archive, Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer()))
  await db.$disconnect()
  await pglite.close()
  project.provide('archive', archive)
  project.provide('serverUrl', '')
  project.provide('template', '')
  return () => rm(folder, { recursive: true })
}

async function setupPostgres(project: TestProject, url: string): Promise<() => Promise<void>> {
  const template = `experiments_graph_test_${process.pid}_${Date.now()}`
  const server = new pg.Client({ connectionString: url })
  await server.connect()
  await server.query(`CREATE DATABASE ${template}`)
  const templateUrl = new URL(url)
  templateUrl.pathname = `/${template}`
  const { close } = await openDatabase(
    { ...readConfig({}), databaseUrl: templateUrl.href, databasePoolSize: 1 },
    createLogger({ logLevel: 'silent' }),
  )
  await close()
  project.provide('archive', '')
  project.provide('serverUrl', url)
  project.provide('template', template)
  return async () => {
    const { rows } = await server.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [template])
    await server.end()
    // Each writes a checkpoint, which those that wait at the same time share.
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    await Promise.all(rows.map(({ datname }) => pool.query(`DROP DATABASE ${datname} WITH (FORCE)`)))
    await pool.end()
  }
}
