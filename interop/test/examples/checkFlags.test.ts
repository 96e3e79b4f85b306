import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { seedDemo } from '../../../src/features/demo/seedDemo.ts'
import { seedKey } from '../../../test/support/seed.ts'
import { clientServer } from '../clients/clientServer.ts'

// The GitHub Action of examples/check-flags, on the demo data.

const { db, url, time } = await clientServer()
await db.$transaction((tx) => seedDemo(tx, time.now), { timeout: 60_000 })
const key = await seedKey(db, await db.user.findFirstOrThrow({ where: { email: 'demo@example.com' } }))
const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-code-'))
afterAll(() => rm(folder, { recursive: true }))

async function check(files: Record<string, string>, settings: Record<string, string> = {}) {
  const code = await mkdtemp(join(folder, 'code-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(code, name, '..'), { recursive: true })
    await writeFile(join(code, name), content)
  }
  const child = spawn(process.execPath, [join(process.cwd(), 'examples/check-flags/check.mjs'), '.'], {
    cwd: code,
    env: { PATH: process.env.PATH ?? '', GRAPHQL_URL: url, GRAPHQL_KEY: key, ...settings },
  })
  const exit = new Promise((resolve) => child.on('close', resolve))
  return { output: await text(child.stdout), errors: await text(child.stderr), code: await exit }
}

describe('the flags in code', () => {
  it('are all right', async () => {
    const files = {
      'src/app.tsx': "const on = useFeatureFlagEnabled('checkout-button')",
      'server/main.py': 'posthog.feature_enabled("delivery-map", user)',
      'node_modules/other/index.js': "isFeatureEnabled('not-ours')",
      'notes.md': "isFeatureEnabled('only-text')",
    }
    expect(await check(files)).toEqual({
      code: 0,
      output: 'Flags in the code: 2. Missing: 0. Stale, archived or deleted: 0.\n',
      errors: '',
    })
  })

  it('are missing, stale or archived, each where it is used', async () => {
    const files = { 'a.ts': "\nisFeatureEnabled('nowhere')\ngetFeatureFlag('summer-banner')\n", 'b.js': 'getFeatureFlag(`old-wishlist`)' }
    const { code, output } = await check(files)
    expect(code).toBe(1)
    expect(output.split('\n')).toEqual([
      "a.ts:2: error: The flag 'nowhere' does not exist.",
      expect.stringMatching(/^a\.ts:3: warning: The flag 'summer-banner' is stale/),
      expect.stringMatching(/^b\.js:1: warning: The flag 'old-wishlist' is archived/),
      'Flags in the code: 3. Missing: 1. Stale, archived or deleted: 2.',
      '',
    ])
    const onGitHub = await check(files, { GITHUB_ACTIONS: 'true' })
    expect(onGitHub.output).toContain("::error file=a.ts,line=2::The flag 'nowhere' does not exist.\n")
  })

  it('are asked for in pages, and found by another pattern', async () => {
    const calls = Array.from({ length: 150 }, (_, at) => `flag("made-up-${at}")`)
    const { output } = await check({ 'a.go': [...calls, 'flag("checkout-button")'].join('\n') }, { FLAG_PATTERN: 'flag\\("([^"]+)"\\)' })
    expect(output).toContain('Flags in the code: 151. Missing: 150.')
  })

  it.each([
    ['without a key', { GRAPHQL_KEY: '' }, /Set GRAPHQL_KEY/],
    ['with a wrong key', { GRAPHQL_KEY: 'phx_wrong' }, /The graph refuses: .*invalid/],
    ['of a graph that is away', { GRAPHQL_URL: 'http://127.0.0.1:2/graphql' }, /cannot be asked: connect ECONNREFUSED/],
  ])('cannot be checked %s', async (_what, settings, reason) => {
    const { code, output } = await check({ 'a.ts': "isFeatureEnabled('a')" }, settings)
    expect([code, output]).toEqual([1, expect.stringMatching(reason)])
  })
})

it('the action gives the program what it reads', async () => {
  const [action, program] = await Promise.all(['action.yml', 'check.mjs'].map((file) => readFile(`examples/check-flags/${file}`, 'utf8')))
  for (const name of ['GRAPHQL_URL', 'GRAPHQL_KEY', 'PROJECT_ID', 'FLAG_PATTERN']) {
    expect(action).toMatch(new RegExp(`^ +${name}: \\$\\{\\{ inputs\\.`, 'm'))
    expect(program).toContain(name)
  }
})
