import type { Page } from 'playwright-core'
import { expect, inject, it } from 'vitest'
import { ask, ownerKey, settled, tabs, violations } from './support/browser.ts'

const { open } = tabs()

const addresses = [
  '/',
  '/p/1',
  '/p/1/flags',
  '/p/1/flags/checkout-button',
  '/p/1/flags/beta-testers?tab=try',
  '/p/1/flags/vip-support?tab=versions',
  '/p/1/experiments',
  '/p/1/experiments/8',
  '/p/1/experiments/1?tab=results',
  '/p/1/approvals?tab=all',
  '/p/1/approvals?tab=policies',
  '/p/1/link',
  '/p/LINKED/link',
  '/p/1/nowhere',
  '/graphiql/map',
  '/graphiql/map?type=Experiment',
  '/graphiql/map?type=Nothing',
]
/** What axe finds in a page, its colours also in the dark look, and whether the page fits a phone. */
async function faults(page: Page): Promise<string[]> {
  const light = await violations(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await violations(page, (axe) => axe.withRules(['color-contrast', 'link-in-text-block']))
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 360, height: 740 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await page.setViewportSize({ width: 1280, height: 860 })
  return [...light, ...dark, ...(overflow > 0 ? [`It is ${overflow} pixels too wide for a phone.`] : [])]
}

it.each(addresses)('%s has no fault that axe knows, light and dark, and fits a phone', async (address) => {
  const page = await open(address.replace('LINKED', inject('linkedProject')), ownerKey())
  await settled(page)
  if (address.includes('results') || address === '/p/1') await page.locator('.chart svg').waitFor()
  expect(await faults(page)).toEqual([])
})

it('a change request has none', async () => {
  const { changeRequests } = await ask<{ changeRequests: { nodes: { id: string }[] } }>(
    ownerKey(),
    '{ changeRequests(projectId: 1, first: 1) { nodes { id } } }',
  )
  const page = await open(`/p/1/approvals/${changeRequests.nodes[0]?.id}`, ownerKey())
  await settled(page)
  expect(await faults(page)).toEqual([])
})

it('neither has the sign-in with a problem', async () => {
  const page = await open('/', null)
  await page.getByLabel('Personal API key').fill('a b')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  expect(await faults(page)).toEqual([])
})

it('neither has a dialog, nor the account', async () => {
  const page = await open('/p/1/experiments/2', ownerKey())
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('dialog').waitFor()
  expect(await faults(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('dialog', { name: 'Account' }).waitFor()
  // React Aria's hidden buttons to close it are beside the dialog, and so in no landmark.
  expect(await violations(page, (axe) => axe.disableRules(['region']))).toEqual([])
})

it.each([
  ['/p/1/flags/loyalty-points', 'Switch off'],
  ['/p/1/experiments/2', 'Copy to a project'],
  ['/p/1/approvals?tab=policies', 'New policy'],
  ['/p/1/approvals?tab=policies', 'Delete the policy: Pause an experiment'],
])('neither has the dialog of %s: %s', async (address, button) => {
  const page = await open(address, ownerKey())
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('dialog').waitFor()
  await page.locator('.dialog .loading').waitFor({ state: 'detached' })
  expect(await faults(page)).toEqual([])
})

it('changes the theme for good', async () => {
  const page = await open('/p/1', ownerKey(), { colorScheme: 'light' })
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await background()
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('button', { name: 'Use the dark theme' }).click()
  const dark = await background()
  expect(dark).not.toBe(light)
  await page.reload()
  await settled(page)
  expect(await background()).toBe(dark)
})

it('can be used with the keyboard from the first key on', async () => {
  const page = await open('/p/1/flags', ownerKey())
  await settled(page)
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('See the query')
})
