import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import type { Answer } from '../../../test/support/testServer.ts'

// Runs the program of `npm run example:supergraph` in its own process, on an embedded database on disk.

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-example-'))
const started: ChildProcess[] = []
afterEach(() => {
  for (const process of started.splice(0)) process.kill('SIGKILL')
})
afterAll(() => rm(folder, { recursive: true }))

async function launch(settings: Record<string, string>) {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
  const [, ...args] = scripts['example:supergraph']?.split(' ') ?? []
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, args, { env: { PATH, DATA_DIR: folder, ...settings } })
  started.push(child)
  let text = ''
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('Ctrl-C')) resolve()
    })
    child.stderr.on('data', (chunk) => (text += chunk))
    exit.then((code) => reject(new Error(`ended with ${code}: ${text}`)))
  })
  ready.catch(() => {})
  return { child, output: () => text, exit, ready }
}

it('answers the query that it prints, and stops when it is told to', async () => {
  const { child, output, exit, ready } = await launch({ GATEWAY_PORT: '0' })
  await ready
  const [, url = ''] = /The gateway answers at (\S+)/.exec(output()) ?? []
  const [, key] = /Bearer (\S+)'/.exec(output()) ?? []
  const [, body] = /-d '(.+)'/.exec(output()) ?? []
  const ask = async (headers: Record<string, string>) => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: body ?? '' })
    return (await response.json()) as Answer
  }

  const page = (path: string, flag: string, experiment: object) => ({
    path,
    featureFlag: expect.objectContaining({ key: flag, active: true }),
    experiment,
    project: {
      name: 'Demo shop',
      eligibleFeatureFlags: {
        totalCount: 11,
        nodes: [{ key: expect.any(String) }, { key: expect.any(String) }, { key: expect.any(String) }],
      },
      experimentStats: { activeExperiments: 4 },
    },
  })
  expect(await ask({ authorization: `Bearer ${key}` })).toEqual({
    data: {
      pages: {
        nodes: [
          page('/checkout', 'checkout-button', { name: 'Checkout button, second round', status: 'DRAFT' }),
          page('/pricing', 'pricing-page', { name: 'Annual price first', status: 'STOPPED' }),
          page('/search', 'search-ranking', { name: expect.any(String), status: 'RUNNING' }),
        ],
      },
    },
  })
  const { errors } = await ask({})
  expect(new Set(errors?.map(({ extensions: { code } }) => code))).toEqual(new Set(['UNAUTHENTICATED']))

  child.kill('SIGINT')
  expect(await exit).toBe(0)
  await expect(fetch(url)).rejects.toThrow('fetch failed')
}, 300_000)

it('says which setting is wrong', async () => {
  const { output, exit } = await launch({ GATEWAY_PORT: 'eighty' })
  expect(await exit).toBe(1)
  expect(output()).toContain('GATEWAY_PORT must be a whole number')
  expect(output()).not.toContain('    at ')
}, 300_000)
