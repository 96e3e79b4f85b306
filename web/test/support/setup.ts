import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { demoEmail } from '../../../src/platform/demoUser.ts'
import { startPostHog } from '../../../test/support/posthog/startPostHog.ts'
import { runToEnd, startService } from './service.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the service answers, without a path. */
    origin: string
    /** The keys of the demo project's owner, and of its member. */
    ownerKey: string
    memberKey: string
    /** A key of the owner that may only read flags. */
    readerKey: string
    /** The number of the project that is linked to a stand-in of PostHog. */
    linkedProject: string
    /** Where the browser is controlled. */
    browser: string
  }
}

const settings = {
  LINK_ENCRYPTION_KEY: '00'.repeat(32),
  LINK_ALLOW_PRIVATE_HOSTS: 'true',
  LINK_POLL_SECONDS: '1',
  RATE_LIMIT_PER_MINUTE: '0',
  COST_LIMIT_PER_MINUTE: '0',
  MUTATION_LIMIT_PER_MINUTE: '0',
  ANONYMOUS_LIMIT_PER_MINUTE: '20',
}

/** Starts the service as a program, on an embedded database with demo data and with a project of a stand-in of PostHog, and a browser. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium()
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-page-'))
  const env = { ...settings, DATA_DIR: folder }
  const posthog = await startPostHog({ settings: { hosted: false, throttling: false } })
  posthog.fill({ flags: 4, experiments: 2 })

  // The embedded database serves one process at a time.
  const first = await startService(env)
  await first.stop()
  const link = ['link', '--host', posthog.origin, '--project', String(posthog.project.id), '--create-project', 'From PostHog']
  await runToEnd(['src/cli/main.ts', ...link], { ...env, POSTHOG_API_KEY: posthog.key.token })
  const create = ['keys', 'create', '--user', demoEmail, '--scopes', 'feature_flag:read']
  const readerKey = (await runToEnd(['src/cli/main.ts', ...create], env)).trim()
  const service = await startService(env)

  const browser = await chromium.launchServer({
    executablePath,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  })
  project.provide('origin', service.origin)
  const ownerKey = (await readFile(join(folder, 'demo-key'), 'utf8')).trim()
  project.provide('ownerKey', ownerKey)
  project.provide('readerKey', readerKey)
  project.provide('memberKey', (await readFile(join(folder, 'demo-member-key'), 'utf8')).trim())
  project.provide('linkedProject', await numberOf('From PostHog', service.origin, ownerKey))
  project.provide('browser', browser.wsEndpoint())
  return async () => {
    await browser.close()
    await service.stop()
    await posthog.close()
    await rm(folder, { recursive: true })
  }
}

async function numberOf(project: string, origin: string, key: string): Promise<string> {
  const query = '{ viewer { projects(first: 10) { nodes { databaseId name } } } }'
  const headers = { authorization: `Bearer ${key}` }
  const answer = await fetch(`${origin}/graphql?${new URLSearchParams({ query })}`, { headers })
  const { data } = (await answer.json()) as { data: { viewer: { projects: { nodes: { databaseId: number; name: string }[] } } } }
  return String(data.viewer.projects.nodes.find(({ name }) => name === project)?.databaseId)
}

/** @throws Error that says how to install it. Tests that skip by themselves find nothing. */
function findChromium(): string {
  const path = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (path !== undefined) return path
  throw new Error(
    'These tests need Chromium. Install it with `apt-get install --no-install-recommends chromium`, or set CHROMIUM to the path of a Chrome.',
  )
}
