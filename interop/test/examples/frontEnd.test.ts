import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { linkedServer } from '../../../test/support/linkedServer.ts'
import { listen } from '../../../test/support/listen.ts'
import { seedExperiment, seedFlag, seedKey } from '../../../test/support/seed.ts'
import { seedTenant } from '../../../test/support/testServer.ts'
import { clientServer } from '../clients/clientServer.ts'

// The page of examples/front-end in a real browser: CHROMIUM names it, or it is in one of the usual places.

const executablePath = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== '' && existsSync(path),
)
if (executablePath === undefined) {
  throw new Error(
    'These tests need Chromium. Install it with `apt-get install --no-install-recommends chromium`, or set CHROMIUM to the path of a Chrome.',
  )
}

const { db, url, run, seedShop } = await clientServer()
const started: ChildProcess[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

function launch(settings: Record<string, string>) {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['examples/run.ts', 'front-end'], { env: { PATH, GRAPHQL_URL: url, PORT: '0', ...settings } })
  started.push(child)
  let output = ''
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk
      const [address] = /http:\S+\//.exec(output) ?? []
      if (address !== undefined) resolve(address)
    })
  })
  child.stderr.on('data', (chunk) => (output += chunk))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  return { child, ended, ready }
}

describe('the front end', () => {
  let browser: Browser
  let address: string
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--disable-gpu', '--disable-background-networking', '--no-first-run'] })
    address = await launch({}).ready
  }, 60_000)
  afterAll(() => browser?.close())
  /** What a page asked of other hosts, and what its security policy refused. */
  const complaints: string[] = []
  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  async function open(at = address, service = url): Promise<Page> {
    const page = await (await browser.newContext()).newPage()
    page.setDefaultTimeout(60_000)
    page.on('request', (request) => {
      const { host } = new URL(request.url())
      if (![new URL(service).host, new URL(at).host].includes(host) && !request.url().startsWith('data:')) complaints.push(request.url())
    })
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(at)
    return page
  }

  async function signIn(key: string): Promise<Page> {
    const page = await open()
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    return page
  }

  const keys = (page: Page) => page.getByRole('rowheader').allTextContents()
  const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
  const count = (page: Page, text: string) => page.getByRole('caption').filter({ hasText: text }).waitFor()

  it('lists the flags, and searches', async () => {
    const shop = await seedShop(12)
    const page = await signIn(shop.key)
    await count(page, '12 of 12 flags')
    expect(await keys(page)).toEqual(shop.keys)
    await page.getByLabel('Key or name').fill('flag-07')
    await count(page, '1 of 1 flags')
    expect(await keys(page)).toEqual(['flag-07'])
  }, 120_000)

  it('shows what others change, and leaves the keyboard where it is', async () => {
    const { key, project } = await seedTenant(db)
    const flag = await seedFlag(db, project, { key: 'checkout', active: true })
    await seedFlag(db, project, { key: 'banner', active: true })
    await seedExperiment(db, flag)
    const page = await signIn(key)
    await page.getByRole('button', { name: 'Switch off banner' }).focus()
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await run(key, `mutation { updateFeatureFlag(input: { id: ${flag.id}, active: false }) { __typename } }`)
    await page.getByRole('button', { name: 'Switch on checkout' }).waitFor()
    expect(await focused()).toBe('Switch off banner')
  }, 120_000)

  it('switches a flag off and on again, and says when somebody was faster', async () => {
    const { key, project } = await seedTenant(db)
    const flag = await seedFlag(db, project, { key: 'checkout', name: '<b>bold</b>' })
    const page = await signIn(key)
    await page.getByRole('button', { name: 'Switch off checkout' }).click()
    await status(page, 'checkout is off now.')
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toMatchObject({ active: false, version: 2 })
    await page.getByRole('button', { name: 'Switch on checkout' }).click()
    await status(page, 'checkout is on now.')

    // Somebody else switches it off and on, which makes two versions that the page has not read.
    for (const active of [false, true])
      await run(key, `mutation { updateFeatureFlag(input: { id: ${flag.id}, active: ${active} }) { __typename } }`)
    await page.getByRole('button', { name: 'Switch off checkout' }).click()
    await vi.waitFor(async () => expect(await page.getByRole('status').textContent()).toMatch(/Please refresh/), 20_000)
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toMatchObject({ active: true, version: 5 })
  }, 120_000)

  it('shows the change request of a guarded change, also the second time', async () => {
    const tenant = await seedTenant(db)
    await seedFlag(db, tenant.project, { key: 'checkout' })
    const colleague = await seedColleague(db, tenant)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [colleague])
    const page = await signIn(tenant.key)
    await page.getByRole('button', { name: 'Switch off checkout' }).click()
    await vi.waitFor(async () => expect(await page.getByRole('status').textContent()).toMatch(/pending approval.*Request /s), 20_000)
    await page.getByRole('button', { name: 'Switch off checkout' }).click()
    await status(page, 'A pending approval request already exists')
    expect(await db.changeRequest.count({ where: { projectId: tenant.project.id } })).toBe(1)
  }, 120_000)

  it('says why a flag cannot be switched off', async () => {
    const { key, project } = await seedTenant(db)
    const base = await seedFlag(db, project, { key: 'base', active: true })
    const groups = [{ properties: [{ key: String(base.id), type: 'flag', operator: 'flag_evaluates_to', value: true }] }]
    await seedFlag(db, project, { key: 'dependent', filters: { groups } })
    const page = await signIn(key)
    await page.getByRole('button', { name: 'Switch off base' }).click()
    await status(page, 'dependent')
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: base.id } })).active).toBe(true)
  }, 120_000)

  it('says what PostHog finds wrong with a change of a linked flag', async () => {
    const { posthog, server, key } = await linkedServer({ fill: ({ person }) => person.createFlag({ key: 'linked', active: true }) })
    const graphqlUrl = await listen(server)
    const detail = 'This flag is locked for the launch.'
    posthog.faults.on({
      kind: 'answer',
      status: 400,
      method: 'PATCH',
      body: { type: 'validation_error', code: 'invalid_input', detail, attr: 'active' },
    })
    const page = await open(await launch({ GRAPHQL_URL: graphqlUrl }).ready, graphqlUrl)
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Switch off linked' }).click()
    await status(page, detail)
    expect(posthog.state.flags.find((flag) => flag.key === 'linked')).toMatchObject({ active: true })
  }, 120_000)

  it('keeps the key in the tab only, and forgets it', async () => {
    const shop = await seedShop(1)
    const page = await signIn(shop.key)
    await count(page, '1 of 1 flags')
    await page.reload()
    await count(page, '1 of 1 flags')
    expect(page.url()).toBe(address)
    const kept = () => page.evaluate(() => [{ ...sessionStorage }, { ...localStorage }, document.cookie])
    expect(await kept()).toEqual([{ 'graphql-key': shop.key }, {}, ''])

    await page.getByRole('button', { name: 'Sign out' }).click()
    expect(await page.getByLabel('API key').isVisible()).toBe(true)
    expect(await kept()).toEqual([{}, {}, ''])
  }, 120_000)

  it('says that a key is wrong, and which scope is missing', async () => {
    const page = await signIn('phx_nobody')
    await status(page, 'invalid')
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)

    const { user } = await seedTenant(db)
    await page.getByLabel('API key').fill(await seedKey(db, user, { scopes: ['experiment:read'] }))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await status(page, 'feature_flag:read')
  }, 120_000)
})

it('serves nothing else, says which setting is wrong, and stops when it is told to', async () => {
  const { child, ended, ready } = launch({})
  const address = await ready
  expect((await fetch(`${address}main.ts`)).status).toBe(404)
  expect((await fetch(`${address}..%2fsettings.ts`)).status).toBe(404)
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
  expect(await launch({ PORT: 'eighty' }).ended).toEqual({ code: 1, output: 'PORT must be a whole number up to 65535.\n' })
}, 60_000)
