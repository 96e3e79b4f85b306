import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'

const desktop = { viewport: { width: 1280, height: 860 } }

/** Tabs of a browser, each with an empty storage. After each test they are closed, and their consoles must have had no errors. */
export function tabs() {
  let browser: Browser
  const errors: string[] = []
  beforeAll(async () => {
    browser = await chromium.connect(inject('browser'))
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    expect(errors.splice(0)).toEqual([])
  })
  afterAll(() => browser.close())

  /** Opens an address of the service in a new tab. @param key the key that the tab has; null for none */
  async function open(path: string, key: string | null, options: BrowserContextOptions & { origin?: string } = {}): Promise<Page> {
    const { origin = inject('origin'), ...contextOptions } = options
    const context = await browser.newContext({ ...desktop, reducedMotion: 'reduce', ...contextOptions })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(error.message))
    if (key !== null) await page.addInitScript((text) => sessionStorage.setItem('experiments-graph:key', text), key)
    await page.goto(`${origin}${path}`)
    return page
  }
  return { open, errors }
}

export const ownerKey = () => inject('ownerKey')
export const memberKey = () => inject('memberKey')
export const readerKey = () => inject('readerKey')

/** Waits for the page of a heading. */
export async function heading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

/** Waits until what a page shows first is there: no part of it is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForFunction(() => document.querySelector('.loading') === null && document.querySelector('[aria-busy=true]') === null)
}

/** What axe finds wrong with the page: the rule, and where. */
export async function violations(page: Page, choose: (axe: AxeBuilder) => AxeBuilder = (axe) => axe): Promise<string[]> {
  const result = await choose(new AxeBuilder({ page })).analyze()
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  )
}

/** Asks the API as another client. */
export async function ask<Data>(key: string, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${inject('origin')}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown }
  if (errors !== undefined) throw new Error(JSON.stringify(errors))
  return data
}
