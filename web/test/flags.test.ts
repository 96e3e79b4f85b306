import type { Page } from 'playwright-core'
import { expect, inject, it } from 'vitest'
import { ask, heading, ownerKey, readerKey, settled, tabs } from './support/browser.ts'

const { open } = tabs()

it('finds flags by a part of their key, and the address says so', async () => {
  const page = await open('/p/1/flags', ownerKey())
  await page.getByText('20 flags').waitFor()
  await page.getByLabel('Key or name').fill('delivery')
  await page.getByText('2 flags').waitFor()
  expect(await page.locator('tbody th .key').allTextContents()).toEqual(['delivery-estimate', 'delivery-map'])
  expect(page.url()).toMatch(/\/p\/1\/flags\?search=delivery$/)

  const shared = await page.context().newPage()
  await shared.addInitScript((key) => sessionStorage.setItem('experiments-graph:key', key), ownerKey())
  await shared.goto(page.url())
  await shared.getByText('2 flags').waitFor()
  expect(await shared.getByLabel('Key or name').inputValue()).toBe('delivery')

  await page.getByLabel('Key or name').fill('nothing like this')
  await page.getByText('No flag matches').waitFor()
  await page.getByRole('link', { name: 'show all flags' }).click()
  await page.getByText('20 flags').waitFor()
  expect(await page.getByLabel('Key or name').inputValue()).toBe('')
})

it('filters by state and use, with the keyboard', async () => {
  const page = await open('/p/1/flags', ownerKey())
  await page.getByText('20 flags').waitFor()
  await page.getByRole('button', { name: 'State' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Stale' }).waitFor()
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
  await page.getByText('3 flags').waitFor()
  expect(page.url()).toContain('status=STALE')
  await page.goto(page.url().replace('status=STALE', 'use=ineligible'))
  await page.getByText('one-variant').waitFor()
  await page.getByText('Not eligible: it has only one variant').waitFor()
  await page.getByText('Not eligible: a survey made it for itself').waitFor()
})

it('shows whom a flag reaches, what it needs and what uses it', async () => {
  const page = await open('/p/1/flags/checkout-button', ownerKey())
  await heading(page, 'checkout-button')
  await page.getByText('Everybody', { exact: true }).waitFor()
  const variants = page.getByRole('row').filter({ has: page.locator('code', { hasText: /^(control|test)$/ }) })
  expect(await variants.count()).toBe(2)
  await page.getByRole('link', { name: 'Checkout button: green or blue?' }).waitFor()
  await page.getByRole('table', { name: 'Calls by day and answer' }).waitFor({ state: 'attached' })

  await page.goto(page.url().replace('checkout-button', 'pay-by-invoice'))
  await page.getByText('Every company with').waitFor()
  await page.getByText('DE, AT').waitFor()
})

it('opens by the link in the list, with the focus on its heading', async () => {
  const page = await open('/p/1/flags', ownerKey())
  await page.getByRole('link', { name: 'loyalty-points' }).click()
  await heading(page, 'loyalty-points')
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  expect(await page.title()).toContain('loyalty-points')
  await page.getByRole('link', { name: '← Flags' }).click()
  await heading(page, 'Flags')
})

it('tells what a flag answers for a person, and why', async () => {
  const page = await open('/p/1/flags/beta-testers?tab=try', ownerKey())
  await page.getByLabel('Distinct id').fill('somebody-new')
  await page.getByRole('button', { name: 'Ask the flag' }).click()
  await page.getByText('No condition matches.').waitFor()

  await page.getByLabel('Person properties, as JSON').fill('{"email": ')
  await page.getByRole('button', { name: 'Ask the flag' }).click()
  await page.getByRole('alert').filter({ hasText: 'Write the properties as a JSON object' }).waitFor()

  await page.getByLabel('Person properties, as JSON').fill('{"email": "ada@example.com"}')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('A condition matches.').waitFor()
  await page.locator('.answer').getByText('On', { exact: true }).waitFor()
})

it('shows the versions and the activity of a flag that was just changed', async () => {
  const { featureFlag } = await ask<{ featureFlag: { id: string } }>(ownerKey(), '{ featureFlag(projectId: 1, key: "vip-support") { id } }')
  await ask(
    ownerKey(),
    'mutation ($input: UpdateFeatureFlagInput!) { updateFeatureFlag(input: $input) { __typename ... on Error { message } } }',
    { input: { id: featureFlag.id, name: 'A chat for the best customers' } },
  )
  const page = await open('/p/1/flags/vip-support', ownerKey())
  await settled(page)
  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByText('Version 2').waitFor()
  const change = page.getByRole('row').filter({ hasText: 'A chat for the best customers' })
  expect(await change.first().locator('del').textContent()).toBe('A chat for people who buy often')
  await page.getByRole('tab', { name: 'Activity' }).click()
  await page.getByText('Update feature flag').waitFor()
  expect(page.url()).toContain('tab=activity')
})

it('says what to do about a flag that is not there', async () => {
  const page = await open('/p/1/flags/no-such-flag', ownerKey())
  await page.getByRole('alert').filter({ hasText: 'not found' }).waitFor()
  await page.getByRole('link', { name: '← Flags' }).waitFor()
})

it('offers the operation of the page in GraphiQL', async () => {
  const page = await open('/p/1/flags?search=zoom', ownerKey())
  const address = new URL((await page.getByRole('link', { name: 'See the query' }).getAttribute('href')) ?? '')
  expect(address.pathname).toBe('/graphql')
  const variables = JSON.parse(address.searchParams.get('variables') ?? '') as object
  expect(variables).toMatchObject({ project: '1', search: 'zoom' })
  const data = await ask<{ featureFlags: { totalCount: number } }>(ownerKey(), address.searchParams.get('query') ?? '', variables)
  expect(data.featureFlags.totalCount).toBe(1)
})

const confirm = async (page: Page, name: string) => {
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
}

it('switches a flag off and on, after it said for how many people', async () => {
  const page = await open('/p/1/flags/loyalty-points', ownerKey())
  await page.getByRole('button', { name: 'Switch off' }).click()
  await page.getByRole('dialog').getByText('would lose it').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.locator('.page-title .badge', { hasText: 'Active' }).waitFor()

  await confirm(page, 'Switch off')
  await page.getByText('Switch off: done.').waitFor()
  await page.locator('.page-title .badge', { hasText: 'Off' }).waitFor()
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByRole('dialog').getByText('would get it').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click()
  await page.getByText('Switch on: done.').waitFor()
  expect(await stateOf('loyalty-points')).toEqual({ active: true, archived: false })
})

it('archives a flag that is on, by switching it off too, and takes it back', async () => {
  const page = await open('/p/1/flags/loyalty-points', ownerKey())
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page.getByText('The flag is switched off: nobody gets it any more.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click()
  await page.locator('.page-title .badge', { hasText: 'Archived' }).waitFor()
  expect(await stateOf('loyalty-points')).toEqual({ active: false, archived: true })
  await confirm(page, 'Unarchive')
  await page.getByText('Unarchive: done.').waitFor()
  await confirm(page, 'Switch on')
  await page.getByText('Switch on: done.').waitFor()
})

it('deletes a flag after a question, and restores it', async () => {
  const page = await open('/p/1/flags/loyalty-points', ownerKey())
  await confirm(page, 'Delete')
  await page.getByText('Another flag can have the key loyalty-points now.').waitFor()
  expect(await stateOf('loyalty-points')).toBeNull()
  await page.getByRole('button', { name: 'Restore it' }).click()
  await page.getByRole('button', { name: 'Switch off' }).waitFor()
  expect(await stateOf('loyalty-points')).toEqual({ active: true, archived: false })
})

it('says what keeps a flag from being deleted or switched off', async () => {
  const page = await open('/p/1/flags/checkout-button', ownerKey())
  await page.getByText('Not possible now: delete').click()
  await page.getByText('Checkout button, second round').first().waitFor()
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
})

it('has no buttons for a key that may only read', async () => {
  const page = await open('/p/1/flags/loyalty-points', readerKey())
  await heading(page, 'loyalty-points')
  await settled(page)
  await page.getByRole('tab', { name: 'Who gets it' }).waitFor()
  expect(await page.getByRole('button', { name: /Switch|Archive|Delete/ }).count()).toBe(0)
})

it('says where a flag of PostHog can be changed', async () => {
  const linked = inject('linkedProject')
  const { featureFlags } = await ask<{ featureFlags: { nodes: { key: string; active: boolean }[] } }>(
    ownerKey(),
    `{ featureFlags(projectId: ${linked}, first: 1) { nodes { key active } } }`,
  )
  const [flag] = featureFlags.nodes
  const page = await open(`/p/${linked}/flags/${flag?.key}`, ownerKey())
  await confirm(page, flag?.active ? 'Switch off' : 'Switch on')
  const note = page.getByRole('alert').filter({ hasText: 'Nothing was changed.' })
  expect(await note.getByRole('link', { name: 'Open it in PostHog' }).getAttribute('href')).toMatch(/^http.*\/feature_flags\//)
})

async function stateOf(key: string): Promise<object | null> {
  const query =
    'query ($key: String!) { featureFlags(projectId: 1, search: $key, includeArchived: true) { nodes { key active archived } } }'
  const { featureFlags } = await ask<{ featureFlags: { nodes: { key: string; active: boolean; archived: boolean }[] } }>(
    ownerKey(),
    query,
    { key },
  )
  const [found] = featureFlags.nodes
  return found === undefined ? null : { active: found.active, archived: found.archived }
}
