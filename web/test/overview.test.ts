import { gzipSync } from 'node:zlib'
import { expect, inject, it } from 'vitest'
import { ask, heading, ownerKey, settled, tabs } from './support/browser.ts'

const { open } = tabs()

it('shows the numbers, months and statuses that the API tells', async () => {
  const { project } = await ask<{
    project: {
      experimentStats: { launchedLast30d: number; activeExperiments: number; completedLast30d: number }
      experimentCounts: Record<string, number>
      experimentHistory: { launched: number; completed: number }[]
    }
  }>(
    ownerKey(),
    `{ project(id: 1) {
      experimentStats { launchedLast30d activeExperiments completedLast30d }
      experimentCounts { draft running paused exposureFrozen stopped archived }
      experimentHistory(months: 12) { launched completed }
    } }`,
  )
  const page = await open('/p/1', ownerKey())
  await settled(page)
  const { launchedLast30d, activeExperiments, completedLast30d } = project.experimentStats
  const numbers = [launchedLast30d, activeExperiments, completedLast30d].map(String)
  expect(await page.locator('.number').allTextContents()).toEqual(numbers)
  expect(await page.locator('.bar-number').allTextContents()).toEqual(Object.values(project.experimentCounts).map(String))

  const rows = page.getByRole('table', { name: 'Launches and completions by month' }).locator('tbody tr')
  await rows.first().waitFor({ state: 'attached' })
  const shown = await rows.evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent))))
  expect(shown).toEqual(project.experimentHistory.map(({ launched, completed }) => [launched, completed]))
  expect(await page.locator('.chart rect.launched').count()).toBe(12)
})

it('lists what runs, for how long, and whether its flag is called', async () => {
  const page = await open('/p/1', ownerKey())
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name }) })
  await row('Checkout button: green or blue?').getByText('Called', { exact: true }).waitFor()
  expect(await row('Checkout button: green or blue?').locator('td').first().textContent()).toBe('3')
  await row('Ranking by sales').getByText('No calls: is the flag in use?').waitFor()
  await row('Ranking by sales').getByRole('link', { name: 'search-ranking' }).click()
  await heading(page, 'search-ranking')
})

it('leads from a status to its experiments', async () => {
  const page = await open('/p/1', ownerKey())
  await page.getByRole('link', { name: 'Draft', exact: true }).click()
  await heading(page, 'Experiments')
  expect(page.url()).toContain('/p/1/experiments?status=DRAFT')
  await page.getByRole('link', { name: 'Checkout button, second round' }).waitFor()
})

it('needs less than 200 kB for the first view, chart included', async () => {
  const page = await open('/', null)
  const bodies: Promise<[string, Buffer]>[] = []
  page.on('response', (response) => {
    if (!response.url().endsWith('/graphql')) bodies.push(response.body().then((body) => [response.url(), body]))
  })
  await page.evaluate((key) => sessionStorage.setItem('experiments-graph:key', key), ownerKey())
  await page.goto(`${inject('origin')}/p/1`)
  await page.locator('.chart svg').waitFor()
  const files = await Promise.all(bodies)
  expect(files.map(([url]) => url.replace(/^.*\/|-[\w-]{8}\./g, ' ').trim()).sort()).toEqual(['1', 'charts js', 'index css', 'index js'])
  const sizes = files.map(([, body]) => gzipSync(body).length)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(200_000)
})
