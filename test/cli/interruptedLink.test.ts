import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, it, vi } from 'vitest'
import { startPostHog } from '../support/posthog/startPostHog.ts'
import { compileCache, programs, seen } from '../support/program.ts'

vi.setConfig({ testTimeout: 300_000 })

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-interrupted-link-'))
const posthog = await startPostHog({ settings: { hosted: false, throttling: false } })
afterAll(async () => {
  await posthog.close()
  await rm(folder, { recursive: true })
})
posthog.fill({ flags: 250 })

const settings = {
  ...{ DATA_DIR: join(folder, 'data'), DEMO_DATA: 'false', NODE_COMPILE_CACHE: compileCache },
  ...{ LINK_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'), LINK_ALLOW_PRIVATE_HOSTS: 'true', POSTHOG_API_KEY: posthog.key.token },
}
const { serve } = programs(settings)

function command(...args: string[]): { child: ChildProcess; ended: Promise<{ code: number | null; output: string; errors: string }> } {
  const child = spawn(process.execPath, ['cli.mjs', ...args], { env: { PATH: process.env.PATH ?? '', ...settings } })
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  return { child, ended: ended.then(([[code], output, errors]) => ({ code, output, errors })) }
}

it('a first copy that Ctrl-C ends is kept, and the service goes on with it', async () => {
  await command('keys', 'create', '--user', 'me@example.com', '--scopes', '*', '--organization', 'Shop', '--create-organization').ended
  // Half of the flags are copied then.
  const page = posthog.faults.on({ kind: 'held', on: /feature_flags\/\?.*offset=[1-9]/ })
  const link = command('link', '--host', posthog.origin, '--project', '1', '--create-project', 'My shop')
  await page.reached()
  link.child.kill('SIGINT')
  const { code, output, errors } = await link.ended
  expect([code, output]).toEqual([130, ''])
  expect(errors.trim().split('\n').slice(-2)).toEqual([
    'Stopping. Press Ctrl-C again to end at once.',
    'link: The first copy was interrupted. The link is kept: a running service goes on with the copy. ' +
      '`npm run link -- unlink --project 1` ends it.',
  ])
  page.off()

  posthog.requests.clear()
  const service = await serve()
  const done = 'Link: the first copy is done.'
  if (!service.output().includes(done)) await seen(service.child.stderr, done)
  // It begins with the page that was not copied. Each page repeats one row of the page before.
  const [first] = posthog.requests.where({ path: '/feature_flags/' })
  expect(first?.search).toContain('offset=99')
  service.child.kill('SIGTERM')
  await service.exit
  const { output: links } = await command('link', 'status', '--json').ended
  expect(JSON.parse(links)).toMatchObject([{ state: 'following', lastError: null }])
})
