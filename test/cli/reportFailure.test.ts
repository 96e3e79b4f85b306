import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { compileCache } from '../support/program.ts'

// The commands, in processes of their own.

const folder = await mkdtemp(join(tmpdir(), 'commands-'))
afterAll(() => rm(folder, { recursive: true }))

async function run(args: string[], settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCache, ...settings },
  })
  const exit = new Promise((resolve) => child.on('close', resolve))
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, output, errors }
}

/** One line that says what to do, and no stack trace. */
function explains(errors: string, reason: RegExp): void {
  expect(errors).toMatch(reason)
  expect(errors.trim().split('\n')).toHaveLength(1)
  expect(errors).not.toMatch(/^ +at /m)
}

describe('the schema', () => {
  it.each<[string, string, RegExp]>([
    [
      'a folder that is missing',
      join(folder, 'missing', 'x.graphql'),
      /x\.graphql does not exist, or its folder does not\. Check the path\. /,
    ],
    ['a folder', folder, /is a folder\. Name a file\.$/m],
    ['a name that is too long', join(folder, 'x'.repeat(300)), /has a name that is too long\. Choose a shorter one\.$/m],
    ['a file in place of a folder', 'package.json/x.graphql', /goes through a file that is no folder\. Name another place\.$/m],
    ...(existsSync('/dev/full')
      ? ([['a full disk', '/dev/full', /the disk is full\. Free some space/]] as [string, string, RegExp][])
      : []),
  ])('is not written to %s', async (_what, file, reason) => {
    const { code, errors } = await run(['schema', 'clients', file])
    expect(code).toBe(1)
    explains(errors, reason)
  })

  it('is written', async () => {
    const file = join(folder, 'schema.graphql')
    expect(await run(['schema', 'clients', file])).toEqual({ code: 0, output: '', errors: '' })
    expect(await readFile(file, 'utf8')).toContain('type FeatureFlag ')
  })
})

describe('the help', () => {
  const helps = [
    ['jobs', '--help'],
    ['keys', 'create', '--help'],
    ['keys', 'help', 'list'],
    ['import', '-h'],
    ['schema', '--help'],
    ['schema', 'diff', '--help'],
    ['doctor', '--help'],
    ['--help'],
    ['migrate', '--help'],
  ]

  it.runIf(existsSync('/dev/full')).each(helps)('is lost on a full disk, and the exit code says so: %s %s %s', async (...args) => {
    const child = spawn('sh', ['-c', '"$0" src/cli/main.ts "$@" > /dev/full', process.execPath, ...args.filter((arg) => arg !== undefined)])
    const exit = new Promise((resolve) => child.on('close', resolve))
    explains(await text(child.stderr), /^The output is lost: .*the disk is full\. Free some space/)
    expect(await exit).toBe(1)
  })

  it.each(helps)('is no failure otherwise: %s %s %s', async (...args) => {
    const { code, output, errors } = await run(args.filter((arg) => arg !== undefined))
    expect([code, errors]).toEqual([0, ''])
    expect(output).toMatch(/^Usage: npm run /)
  })

  it('is shown for a wrong option, with another exit code', async () => {
    expect(await run(['keys', 'list', '--nothing'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining("unknown option '--nothing'"),
    })
    expect(await run(['keys'])).toMatchObject({ code: 2, errors: expect.stringContaining('Usage: npm run keys --') })
  })
})

describe('a command on the embedded database', () => {
  it('says that the folder holds something else', async () => {
    const data = join(folder, 'file')
    await mkdir(data)
    await writeFile(join(data, 'pglite'), '')
    const { code, errors } = await run(['keys', 'list'], { DATA_DIR: data })
    expect(code).toBe(1)
    explains(errors, /^keys list: DATA_DIR cannot be used: .*pglite goes through a file that is no folder/)
  })

  it('says that the folder holds no database', async () => {
    const data = join(folder, 'junk')
    await mkdir(join(data, 'pglite'), { recursive: true })
    await writeFile(join(data, 'pglite', 'PG_VERSION'), 'junk')
    const { code, errors } = await run(['keys', 'list'], { DATA_DIR: data })
    expect(code).toBe(1)
    explains(errors, /^keys list: DATA_DIR cannot be used: .*pglite cannot be opened/)
  })

  it('says that the key cannot be kept', async () => {
    const data = join(folder, 'key')
    await mkdir(join(data, 'demo-key'), { recursive: true })
    const { code, errors } = await run(['keys', 'list'], { DATA_DIR: data, LOG_LEVEL: 'silent' })
    expect(code).toBe(1)
    explains(errors, /^keys list: .*demo-key is a folder\. Name a file\./)
  })
})
