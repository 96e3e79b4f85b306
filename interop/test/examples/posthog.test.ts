import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { afterEach, expect, it } from 'vitest'
import type { Answer } from '../../../test/support/testServer.ts'

// Runs the program of `npm run example:posthog` in its own process.

const started: ChildProcess[] = []
afterEach(() => {
  for (const process of started.splice(0)) process.kill('SIGKILL')
})

async function launch(settings: Record<string, string>) {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
  const [, ...args] = scripts['example:posthog']?.split(' ') ?? []
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, args, { env: { PATH, POSTHOG_PORT: '0', PORT: '0', ...settings } })
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

it('shows changes in PostHog as they arrive here, and a mutation there, and stops when it is told to', async () => {
  const { child, output, exit, ready } = await launch({})
  await ready
  const lines = output().split('\n')
  const at = (text: RegExp) => lines.findIndex((line) => text.test(line))
  const launched = at(/somebody launches "Checkout button"/)
  const running = at(/ Checkout button is RUNNING, its flag is on \(version 2\), after /)
  const rolledOut = at(/ Checkout button is RUNNING, its flag is on \(version 3\), after /)
  const paused = at(/ Checkout button is PAUSED, its flag is off \(version 4\), after /)
  expect(launched).toBeGreaterThan(0)
  expect([launched, running, rolledOut, paused].toSorted((a, b) => a - b)).toEqual([launched, running, rolledOut, paused])
  expect(output()).toContain('PostHog has "Renamed here", version 2')

  const [, url = ''] = /Our service answers at +(\S+),/.exec(output()) ?? []
  const [, key] = /authorization: Bearer (\S+)'/.exec(output()) ?? []
  const [, body] = /-d '(.+)'/.exec(output()) ?? []
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const response = await fetch(url, { method: 'POST', headers, body: body ?? '' })
  expect(((await response.json()) as Answer).data).toMatchObject({
    project: { link: { state: 'FOLLOWING' } },
    requiresFlagImplementation: { required: false, source: 'posthog' },
  })

  child.kill('SIGINT')
  expect(await exit).toBe(0)
  await expect(fetch(url)).rejects.toThrow('fetch failed')
}, 120_000)

it('says which setting is wrong', async () => {
  const { output, exit } = await launch({ POSTHOG_PORT: 'eighty' })
  expect(await exit).toBe(1)
  expect(output()).toContain('POSTHOG_PORT must be a whole number')
  expect(output()).not.toContain('    at ')
}, 60_000)
