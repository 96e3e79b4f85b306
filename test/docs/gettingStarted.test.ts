import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it, vi } from 'vitest'
import { startPostHog } from '../support/posthog/startPostHog.ts'
import { document } from './documents.ts'

// Types the commands of docs/getting-started.md into a shell, as a reader does. PostHog is the stand-in, and the port is a free one.

vi.setConfig({ testTimeout: 300_000 })

const posthog = await startPostHog()
posthog.fill({ flags: 12, experiments: 4 })
const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-getting-started-'))
afterAll(async () => {
  await posthog.close()
  await rm(folder, { recursive: true })
})
const env = { PATH: process.env.PATH, DATA_DIR: join(folder, 'data'), PORT: '0', LINK_ALLOW_PRIVATE_HOSTS: 'true' }

/** What a reader replaces. */
function replaced(command: string, values: Record<string, string>): string {
  return Object.entries(values).reduce((text, [from, to]) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }, command)
}

it('leads from nothing to an answer about your own project', async () => {
  const commands = document('docs/getting-started.md').blocks.filter(({ language }) => language === 'sh')
  const [install = '', key = '', link = '', start = '', ask = '', ...more] = commands.map(({ text }) => text)
  expect([install, start, more]).toEqual(['npm ci\n', 'npm start\n', []])
  const linkHere = replaced(link, {
    'https://eu.posthog.com': posthog.origin,
    '--project 123': `--project ${posthog.project.id}`,
    'phx_…': posthog.key.token,
  })

  const shell = spawn('bash', ['-ec', `${key}\n${linkHere}\necho "key $GRAPHQL_KEY"\nexec ${start}`], { env })
  try {
    let output = ''
    const served = new Promise<void>((resolve, reject) => {
      for (const stream of [shell.stdout, shell.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk
          if (/GraphQL answers at \S+\n/.test(output)) resolve()
        })
      }
      shell.on('exit', (code) => reject(new Error(`The shell ended with ${code}:\n${output}`)))
    })
    await served
    expect(output).toContain('"My shop", mirrors project')
    const url = /GraphQL answers at (\S+)/.exec(output)?.[1] ?? ''
    const askHere = replaced(ask, { 'http://localhost:4000/graphql': url })
    const { stdout } = await promisify(execFile)('bash', ['-ec', askHere], {
      env: { ...env, GRAPHQL_KEY: /^key (phx_\S+)$/m.exec(output)?.[1] },
    })
    const { data } = JSON.parse(stdout)
    expect(data.experiments).toMatchObject({ totalCount: 4, nodes: { length: 3 } })
  } finally {
    if (shell.exitCode === null) {
      shell.removeAllListeners('exit')
      shell.kill('SIGTERM')
      await once(shell, 'exit')
    }
  }
})
