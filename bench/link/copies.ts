import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { DatabaseServer } from '../data/database.ts'

export interface CopyFigures {
  flags: number
  requests: number
  seconds: number
  stagedSeconds: number
  rowsPerSecond: number
  peakMegabytes: number
  /** CPU milliseconds of the copying process for each row. */
  cpuPerRow: number
}

/** Measures a first copy in a process with the memory that `npm run link` has. */
export async function measureCopy(databases: DatabaseServer, flags: number): Promise<CopyFigures> {
  const database = await databases.create('copy')
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--max-old-space-size=160', '--max-semi-space-size=8', fileURLToPath(new URL('firstCopy.ts', import.meta.url)), String(flags)],
      { env: { PATH: process.env.PATH, DATABASE_URL: database.url }, maxBuffer: 10_000_000 },
    )
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as CopyFigures
  } finally {
    await database.drop()
  }
}
