import type { Page } from 'playwright-core'
import { expect, inject, it } from 'vitest'
import { heading, ownerKey, tabs } from './support/browser.ts'

const { open } = tabs()

const picture = (page: Page) => page.locator('.picture')
const inPicture = (page: Page, type: string) => picture(page).getByRole('link', { name: new RegExp(`^${type}( |$)`) })
const opened = (page: Page, type: string) => page.getByRole('heading', { level: 2, name: type, exact: true }).waitFor()

it('shows the main types without a key, from this server only', async () => {
  const page = await open('/', null)
  const files: string[] = []
  page.on('request', (request) => files.push(request.url()))
  await page.goto(`${inject('origin')}/graphiql/map`)
  await heading(page, 'Map of the schema')
  await inPicture(page, 'Experiment').waitFor()
  await page.getByText('A test that compares the variants of a flag by metrics.').waitFor()
  expect(await picture(page).locator('.react-flow__edge').count()).toBeGreaterThan(20)
  expect(files.filter((url) => !url.startsWith(`${inject('origin')}/`) && !url.startsWith('data:'))).toEqual([])
  expect(files.filter((url) => /pages-/.test(url))).toEqual([])
})

it('goes from type to type by a click, and back', async () => {
  const page = await open('/graphiql/map', null)
  await inPicture(page, 'Experiment').click()
  await opened(page, 'Experiment')
  expect(page.url()).toMatch(/\/graphiql\/map\?type=Experiment$/)
  await picture(page).getByText('featureFlag', { exact: true }).waitFor()
  await inPicture(page, 'FeatureFlag').last().click()
  await opened(page, 'FeatureFlag')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('FeatureFlag')
  expect(await page.title()).toContain('FeatureFlag')
  await page.goBack()
  await opened(page, 'Experiment')
  await page.getByRole('link', { name: '← All types' }).click()
  await page.getByRole('heading', { level: 2, name: 'Main types: they have an id' }).waitFor()
})

it('says in words what the picture shows, and more', async () => {
  const page = await open('/graphiql/map?type=FeatureFlag', null)
  await opened(page, 'FeatureFlag')
  const words = page.getByRole('article')
  await words.getByRole('listitem').filter({ hasText: 'The activity entries of this flag' }).first().waitFor()
  await words.getByText('Arguments: after, before, first, last').first().click()
  await words.getByRole('listitem').filter({ hasText: 'Experiment.featureFlag' }).first().waitFor()
  // What gateways read is in no picture.
  expect(await inPicture(page, '_Entity').count()).toBe(0)
})

it('is used with the keyboard alone', async () => {
  const page = await open('/graphiql/map', null)
  await inPicture(page, 'Experiment').waitFor()
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.type('pauseExperiment')
  await page.getByRole('link', { name: 'Mutation.pauseExperiment' }).waitFor()
  await page
    .getByRole('status')
    .filter({ hasText: /\d+ results/ })
    .waitFor({ state: 'attached' })
  await page.keyboard.press('Enter')
  await opened(page, 'PauseExperimentInput')

  // A link of the picture that was out of sight comes into sight.
  await page.goto(`${inject('origin')}/graphiql/map?type=Mutation`)
  await page.setViewportSize({ width: 800, height: 400 })
  await inPicture(page, 'Mutation').waitFor()
  const last = picture(page).locator('.type-box a').last()
  for (let time = 0; time < 5; time++) await page.getByRole('button', { name: 'Zoom In' }).click()
  await expect.poll(async () => isInside(await last.boundingBox(), await picture(page).boundingBox())).toBe(false)
  await last.focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await expect.poll(async () => isInside(await last.boundingBox(), await picture(page).boundingBox())).toBe(true)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.searchParams.get('type') !== 'Mutation')
})

it('says that a type is not there', async () => {
  const page = await open('/graphiql/map?type=Nothing', null)
  await page.getByText('There is no type Nothing').waitFor()
  await page.getByLabel('Type or field').fill('no such thing')
  await page.getByText('Nothing has this in its name.').waitFor()
})

it('is linked from GraphiQL and from the page', async () => {
  const page = await open('/p/1', ownerKey())
  await page.getByRole('link', { name: 'map of its schema' }).click()
  await heading(page, 'Map of the schema')
  await page.getByRole('link', { name: 'GraphiQL' }).click()
  await page.getByRole('link', { name: 'Map of the schema' }).click()
  await heading(page, 'Map of the schema')
})

interface Area {
  x: number
  y: number
  width: number
  height: number
}

function isInside(inner: Area | null, outer: Area | null): boolean {
  if (inner === null || outer === null) return false
  const fits = (from: 'x' | 'y', size: 'width' | 'height') =>
    inner[from] >= outer[from] && inner[from] + inner[size] <= outer[from] + outer[size]
  return fits('x', 'width') && fits('y', 'height')
}
