import { hashApiKey, maskApiKey } from '../../src/auth/apiKey.ts'
import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import type { Progress } from './progress.ts'
import { openSession } from './session.ts'
import { flagsOfProject, type Size, totalFlags, totalProjects } from './sizes.ts'
import * as write from './statements.ts'

/** The key that the benchmark asks our service with; it opens nothing but a throw-away database. */
export const token = 'phx_benchmarkbenchmarkbenchmarkbenchmark0000'

const chunk = 20_000
const month = 30 * 24 * 60 * 60

/** Writes data into a database, piece by piece, so that a curve can be measured while it grows. */
export interface Writer {
  /** Projects up to this number, without flags. */
  projects(upTo: number): Promise<void>
  /** Flags up to this count, through all projects, with everything that hangs on them. */
  flags(upTo: number, layout?: Layout): Promise<void>
  /** Events of project 1, this many over so many seconds, beside those that are there. */
  events(count: number, seconds?: number): Promise<void>
  /** What a database that has been running for a while knows of its rows. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** How flags lie in projects. */
interface Layout {
  /** The first so many belong to project 1. */
  bigProject: number
  /** The others lie so many to a project… */
  perProject: number
  /** …from this one on. */
  firstProject: number
  /** Of ten flags, how many are eligible. */
  eligibleOfTen: number
}

const usual = { bigProject: 0, perProject: flagsOfProject, firstProject: 1, eligibleOfTen: 3 }

/** Brings an empty database to the service's own schema and gives it an organization, its people and a key. */
export async function startWriting(databaseUrl: string, progress: Progress): Promise<Writer> {
  const config = readConfig({ DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: '1', LOG_LEVEL: 'warn' })
  const { close } = await openDatabase(config, createLogger(config))
  await close()

  const session = await openSession(databaseUrl, '-c synchronous_commit=off')
  // Rows that cannot break a foreign key need none checked; only a superuser may say so, and for others it merely takes longer.
  await session.query('SET session_replication_role = replica').catch(() => {})
  await session.query(write.mixFunction)
  await session.query(write.organization)
  await session.query(write.key, [hashApiKey(token), maskApiKey(token)])

  let [projects, flags, events] = [0, 0, 0]
  const inChunks = async (step: string, from: number, to: number, each: (first: number, last: number) => Promise<void>) => {
    progress.begin(step, to - from)
    for (let first = from; first < to; first += chunk) {
      const last = Math.min(first + chunk, to) - 1
      await each(first, last)
      progress.advance(last - first + 1)
    }
    progress.end()
  }

  return {
    async projects(upTo) {
      await inChunks('projects', projects, upTo, async (first, last) => void (await session.query(write.projects, [first + 1, last + 1])))
      projects = upTo
    },
    async flags(upTo, { bigProject, perProject, firstProject, eligibleOfTen } = usual) {
      await inChunks('flags', flags, upTo, async (first, last) => {
        await session.query(write.flags, [first, last, bigProject, perProject, firstProject, eligibleOfTen])
        for (const sql of [write.flagContexts, write.experiments, write.internalUses]) await session.query(sql, [first, last])
      })
      flags = upTo
    },
    async events(count, seconds = month) {
      const before = events
      await inChunks('events', 0, count, async (first, last) => {
        // The numbers go on, so that ids do; the times are spread anew.
        await session.query(write.events, [before + first, before + last, before + count, Math.round((seconds * (before + count)) / count)])
      })
      events += count
    },
    async settle() {
      progress.begin('statistics', 1)
      await session.query('VACUUM (ANALYZE)')
      progress.end()
    },
    close: () => session.end(),
  }
}

/** The data of one size, complete. */
export async function load(databaseUrl: string, size: Size, progress: Progress): Promise<void> {
  const writer = await startWriting(databaseUrl, progress)
  await writer.projects(totalProjects(size))
  await writer.flags(totalFlags(size), { ...usual, bigProject: size.bigProject, firstProject: size.bigProject > 0 ? 2 : 1 })
  await writer.events(size.events)
  await writer.settle()
  await writer.close()
}
