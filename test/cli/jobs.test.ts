import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-jobs-'))
afterAll(() => rm(folder, { recursive: true }))

async function command(...args: string[]) {
  const { PATH = '' } = process.env
  const env = { PATH, DATA_DIR: join(folder, 'data') }
  const program = ['run.mjs', 'src/cli/main.ts', 'jobs', ...args]
  return promisify(execFile)(process.execPath, program, { env }).catch((failure: { stdout: string; stderr: string }) => failure)
}

it('expires and revalidates from the command line, and says what it did', async () => {
  expect((await command('expire')).stdout).toBe('Expired: 0. Errors: 0.\n')
  // The demo data has one open request.
  expect((await command('revalidate')).stdout).toBe('Checked: 1. Newly stale or invalid: 0. Valid again: 0. Errors: 0.\n')
  expect((await command('dance')).stderr).toContain("unknown command 'dance'")
}, 120_000)
