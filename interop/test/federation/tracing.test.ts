import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-tracing-'))
const started: ChildProcess[] = []
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** Starts the service as its own process, with the optional package for traces. */
async function start(name: string, settings: Record<string, string> = {}): Promise<string> {
  const { PATH = '' } = process.env
  const env = { PATH, PORT: '0', DEMO_DATA: 'false', DATA_DIR: join(folder, name), ...settings }
  const child = spawn(process.execPath, ['--import', './interop/test/support/besideTheService.ts', 'src/main.ts'], { env })
  started.push(child)
  let output = ''
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => (output += chunk))
    child.stdout.on('data', (chunk) => {
      output += chunk
      const url = /GraphQL answers at (\S+)\n/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)))
  })
}
let traced: string
let plain: string
beforeAll(async () => {
  traced = await start('traced', { FEDERATED_TRACING: 'true' })
  plain = await start('plain')
}, 300_000)

async function extensionsOf(url: string, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ __typename viewer { scopes } }' }),
  })
  return ((await response.json()) as { extensions?: { ftv1?: string } }).extensions
}

const asked = { 'apollo-federation-include-trace': 'ftv1' }

it('tells a gateway that asks how long each field took, where the setting is on', async () => {
  expect((await extensionsOf(traced, asked))?.ftv1).toMatch(/^[A-Za-z0-9+/]+=*$/)
})

it('tells it to nobody else', async () => {
  expect(await extensionsOf(traced, {})).toBeUndefined()
  expect(await extensionsOf(plain, asked)).toBeUndefined()
})
