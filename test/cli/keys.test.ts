import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileCache } from '../support/program.ts'

describe('keys at the command line', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'experiments-graph-keys-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** Runs a command to its end, on an embedded database of its own without demo data. */
  const command = (name: string, ...args: string[]) => commandWith({ DATA_DIR: folder, DEMO_DATA: 'false' }, name, ...args)

  function commandWith(env: NodeJS.ProcessEnv, name: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const file = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [file, name, ...args],
        { env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, ...env } },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
        },
      )
    })
  }

  it('names the commands to whoever asks for another', async () => {
    expect(await command('kyes')).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: unknown command 'kyes'\n(Did you mean keys?)\n`npm run cli -- --help` says more.\n",
    })
  })

  // Each command starts Node and the embedded database anew.
  it('the whole way on a new database', { timeout: 300_000 }, async () => {
    expect(await command('migrate')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^(\d{14}_\w+\n)+$/) })

    const early = await command('keys', 'create', '--user', 'me@example.com', '--scopes', '*')
    expect(early).toMatchObject({ code: 1, stdout: '' })
    expect(early.stderr).toBe('keys create: There is no user me@example.com. Add --create-user to create it, or name another user.\n')

    const made = await command(
      ...(['keys', 'create', '--user', 'me@example.com', '--scopes', 'experiment:read,feature_flag:read', '--label', 'my key'] as const),
      ...['--create-user', '--first-name', 'Me', '--organization', 'Acme, Inc.', '--create-organization'],
    )
    expect(made.stderr).toContain("Created the organization 'Acme, Inc.'.")
    expect(made.code).toBe(0)
    expect(made.stdout).toMatch(/^phx_[0-9A-Za-z]+\n$/)
    const mask = `phx_...${made.stdout.trim().slice(-4)}`

    const list = await command('keys', 'list')
    expect(list.stdout.split('\n')[1]).toMatch(
      /^[0-9a-f-]{36} {2}phx_\.\.\.\w{4} {2}me@example\.com {2}my key {2}experiment:read,feature_flag:read /,
    )
    expect(list.stdout).toContain(mask)
    expect(list.stdout).not.toContain('sha256')

    expect(await command('keys', 'revoke', mask)).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('is revoked') })
    expect(await command('keys', 'list')).toEqual({ code: 0, stdout: '', stderr: 'There are no keys.\n' })
  })

  it.each([
    [
      'a setting is wrong',
      { DATABASE_URL: 'mysql://secret@example.com/x' },
      /^migrate: Wrong settings in the environment:\n {2}DATABASE_URL must be/,
    ],
    [
      'the database does not answer',
      { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/x' },
      /^migrate: The database of DATABASE_URL cannot be reached: connect ECONN/,
    ],
    [
      'the folder cannot be made',
      { DATA_DIR: fileURLToPath(import.meta.url) },
      /^migrate: DATA_DIR cannot be used: .*keys\.test\.ts exists already, and is of another kind\. Name another place\.\n$/,
    ],
  ])('says what is to be mended when %s', async (_what, env, message) => {
    const { code, stdout, stderr } = await commandWith(env, 'migrate')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/secret|\n +at /)
  })
})
