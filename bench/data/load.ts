import { hashApiKey, maskApiKey } from '../../src/auth/apiKey.ts'
import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import type { Progress } from './progress.ts'
import { openSession } from './session.ts'
import { flagsOfProject, type Size, totalFlags, totalProjects } from './sizes.ts'
import * as write from './statements.ts'

/** The API key for the service. It only exists in the temporary databases. */
export const token = 'phx_benchmarkbenchmarkbenchmarkbenchmark0000'

const chunk = 20_000
const month = 30 * 24 * 60 * 60

/** Writes data into a database step by step, so that growth curves can be measured in between. */
export interface Writer {
  /** Writes projects up to this number, without flags. */
  projects(upTo: number): Promise<void>
  /** Writes flags up to this total over all projects, with their contexts, experiments, surveys and tours. */
  flags(upTo: number, layout?: Layout): Promise<void>
  /** Adds `count` events to project 1, spread over the last `seconds`. */
  events(count: number, seconds?: number): Promise<void>
  /** Vacuums and analyzes, for the statistics of a database that has run for a while. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** The distribution of flags over projects. */
interface Layout {
  /** The number of flags of project 1; they come first. */
  bigProject: number
  /** The number of flags of each other project… */
  perProject: number
  /** …and the first of these projects. */
  firstProject: number
  /** The number of eligible flags among ten. */
  eligibleOfTen: number
}

const usual = { bigProject: 0, perProject: flagsOfProject, firstProject: 1, eligibleOfTen: 3 }

/** Migrates an empty database, and creates an organization, its users and a key. */
export async function startWriting(databaseUrl: string, progress: Progress): Promise<Writer> {
  const config = readConfig({ DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: '1', LOG_LEVEL: 'warn' })
  const { close } = await openDatabase(config, createLogger(config))
  await close()

  const session = await openSession(databaseUrl, '-c synchronous_commit=off')
  // Skips foreign key checks, which these rows cannot fail. Only a superuser may do this; without it, loading only takes longer.
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
      // The ids are given. What the service creates comes after them.
      await session.query(write.nextFlagId)
      flags = upTo
    },
    async events(count, seconds = month) {
      const before = events
      await inChunks('events', 0, count, async (first, last) => {
        // Row numbers, and so ids, continue. The times are spread over the window again.
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

/** Writes all data of one size. */
export async function load(databaseUrl: string, size: Size, progress: Progress): Promise<void> {
  const writer = await startWriting(databaseUrl, progress)
  await writer.projects(totalProjects(size))
  await writer.flags(totalFlags(size), { ...usual, bigProject: size.bigProject, firstProject: size.bigProject > 0 ? 2 : 1 })
  await writer.events(size.events)
  await writer.settle()
  await writer.close()
}
