import { expect, inject, it } from 'vitest'
import { heading, ownerKey, settled, tabs } from './support/browser.ts'

const { open, errors } = tabs()
const stored = () => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie, location.href])

it('lets somebody in with the demo key, and keeps the key in this tab only', async () => {
  const page = await open('/', null)
  await page.getByRole('button', { name: 'Use the demo key' }).click()
  await heading(page, 'Choose a project')
  await page.getByRole('link', { name: 'Demo shop' }).click()
  await heading(page, 'Demo shop')
  expect(page.url()).toBe(`${inject('origin')}/p/1`)
  const places = JSON.parse(await page.evaluate(stored)) as unknown[]
  expect(places[0]).toEqual([['experiments-graph:key', ownerKey()]])
  expect(JSON.stringify(places.slice(1))).not.toContain('phx_')

  await page.reload()
  await heading(page, 'Demo shop')
  const other = await page.context().newPage()
  await other.goto(page.url())
  await heading(other, 'Experiments and feature flags')
})

it('shows the page of an address that was shared, once somebody has signed in', async () => {
  const page = await open('/p/1/flags/checkout-button?tab=try', null)
  await page.getByLabel('Personal API key').fill(`  ${ownerKey()} `)
  await page.keyboard.press('Enter')
  await heading(page, 'checkout-button')
  expect(await page.getByRole('tab', { name: 'Try it' }).getAttribute('aria-selected')).toBe('true')
  expect(page.url()).toBe(`${inject('origin')}/p/1/flags/checkout-button?tab=try`)
})

it('signs out, and forgets the key', async () => {
  const page = await open('/p/1', null)
  await page.getByRole('button', { name: 'Use the demo key' }).click()
  await settled(page)
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await heading(page, 'Experiments and feature flags')
  expect(await page.evaluate(stored)).not.toContain('phx_')
})

it.each([
  ['phx_thisKeyIsNotKnownToAnybody', 'The service does not know this key.'],
  ['phx_with a space', 'A key has letters, digits and underscores only'],
  ['phx_schlüssel', 'A key has letters, digits and underscores only'],
])('says what is wrong with the key %s', async (key, sentence) => {
  const page = await open('/', null)
  await page.getByLabel('Personal API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').filter({ hasText: sentence }).waitFor()
  expect(await page.getByLabel('Personal API key').getAttribute('aria-describedby')).toBe('key-problem')
  expect(await page.evaluate(stored)).not.toContain('phx_')
})

it('ends with a sentence when the key of a tab is not valid any more', async () => {
  const page = await open('/p/1/flags', 'phx_thisKeyWasRevoked')
  await page.getByText('Your key is not valid any more.').waitFor()
  await heading(page, 'Experiments and feature flags')
})

it('says when to try again after too many wrong keys', async () => {
  const tries = Array.from({ length: 25 }, () =>
    fetch(`${inject('origin')}/graphql?query={__typename}`, { headers: { authorization: 'Bearer phx_no' } }),
  )
  await Promise.all(tries)
  const page = await open('/', null)
  await page.getByLabel('Personal API key').fill('phx_oneTooMany')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page
    .getByRole('alert')
    .filter({ hasText: /Too many requests.*Try again in \d+ (seconds|minute)/ })
    .waitFor()
  // The browser reports the status of the answer.
  expect(errors.splice(0).join()).toContain('429')
})
