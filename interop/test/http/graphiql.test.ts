import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { seedDemo } from '../../../src/features/demo/seedDemo.ts'
import { readConfig } from '../../../src/platform/config.ts'
import { demoEmail } from '../../../src/platform/demoUser.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createServer } from '../../../src/server/createServer.ts'
import { listen } from '../../../test/support/listen.ts'
import { seedKey } from '../../../test/support/seed.ts'
import { testServer } from '../../../test/support/testServer.ts'

// GraphiQL in a real browser: CHROMIUM names it, or it is in one of the usual places. `apt-get install chromium` brings one.

const executablePath = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== '' && existsSync(path),
)
const launchOptions = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

if (executablePath === undefined) {
  throw new Error(
    'These tests need Chromium. Install it with `apt-get install --no-install-recommends chromium`, or set CHROMIUM to the path of a Chrome.',
  )
}

describe('GraphiQL in Chromium', () => {
  let browser: Browser
  let url: string
  let rename: (name: string) => Promise<void>

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: launchOptions })
    const test = await testServer()
    await test.db.$transaction((tx) => seedDemo(tx, test.time.now), { timeout: 60_000 })
    const key = await seedKey(test.db, await test.db.user.findUniqueOrThrow({ where: { email: demoEmail } }))
    const options = { database: test, clock: () => test.time.now, log: createLogger({ logLevel: 'silent' }), demoKey: key }
    const server = createServer({ ...options, config: { ...readConfig({}), graphiql: true, requestTimeoutMs: 100_000 } })
    url = await listen(server)
    rename = async (name) => {
      const answer = await test.run(key, 'mutation ($name: String!) { updateExperiment(input: { id: 7, name: $name }) { __typename } }', {
        name,
      })
      expect(answer.data.updateExperiment.__typename).toBe('Experiment')
    }
  })
  afterAll(() => browser?.close())
  /** What a page asked of other hosts, and what its security policy refused. */
  const complaints: string[] = []
  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  /** Opens a page in a browser of its own. */
  async function open(path = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    page.setDefaultTimeout(100_000)
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url())
      if (['http:', 'https:'].includes(protocol) && host !== new URL(url).host) complaints.push(request.url())
    })
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text())
    })
    await page.goto(`${url}${path}`)
    return page
  }

  const editor = (page: Page) => page.locator('.graphiql-query-editor .monaco-editor').first()
  const answer = (page: Page) => page.locator('.graphiql-response .view-lines')
  const run = (page: Page) => page.locator('.graphiql-execute-button').click()
  const withQuery = (query: string, variables: object = {}) => `?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`

  it('opens with the main operations, and runs the first one with the demo key', async () => {
    const page = await open()
    await editor(page).waitFor()
    expect(await page.locator('.graphiql-tab').count()).toBe(4)
    await run(page)
    await expect.poll(() => answer(page).innerText(), { timeout: 60_000 }).toContain('eligibleFeatureFlags')
  })

  it('opens an example of the list with its variables, and runs it', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'Examples' }).click()
    await page.getByRole('link', { name: 'InUseError' }).click()
    await editor(page).waitFor()
    expect(await editor(page).innerText()).toContain('deleteFeatureFlag')
    await run(page)
    await expect.poll(() => answer(page).innerText(), { timeout: 60_000 }).toContain('InUseError')
  })

  it('completes a field, and marks one that does not exist', async () => {
    const page = await open(withQuery('{ viewer { nosuchfield } }'))
    await editor(page).waitFor()
    await page.locator('.squiggly-error').first().waitFor()
    await editor(page).click()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('{ promptTem')
    await page.keyboard.press('Control+Space')
    const suggestion = page.locator('.suggest-widget.visible .monaco-list-row').first()
    await suggestion.waitFor()
    expect(await suggestion.innerText()).toContain('promptTemplates')
  })

  it('shows each change that a subscription sends', async () => {
    const page = await open(withQuery('subscription { experimentUpdated(projectId: 1) { name } }'))
    await editor(page).waitFor()
    const connected = page.waitForResponse((response) => response.headers()['content-type']?.includes('event-stream') ?? false)
    await run(page)
    await connected
    await rename('Zoom on touch')
    await expect.poll(() => answer(page).innerText(), { timeout: 60_000 }).toContain('Zoom')
  })

  it.each(['light', 'dark'] as const)('is %s where the system is', async (colorScheme) => {
    const page = await open('', { colorScheme })
    await editor(page).waitFor()
    const luminance = async (selector: string) => {
      const color = await page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).backgroundColor)
      // Colors are written as hsl in some places, but computed as rgb.
      const [red = 0, green = 0, blue = 0] = color.match(/[\d.]+/g)?.map(Number) ?? []
      return red + green + blue
    }
    const isDark = colorScheme === 'dark'
    expect((await luminance('.graphiql-container')) < 380).toBe(isDark)
    await page.getByRole('link', { name: 'Examples' }).click()
    await page.getByRole('heading', { name: 'Errors', exact: true }).waitFor()
    const text = await page.locator('body').evaluate((element) => getComputedStyle(element).color)
    expect(text).toBe(isDark ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)')
  })
})
