import type { Page } from 'playwright-core'
import { expect, inject, it } from 'vitest'
import { ask, heading, ownerKey, settled, tabs } from './support/browser.ts'

const { open } = tabs()

const badge = (page: Page, status: string) => page.locator('.page-title .badge', { hasText: status }).waitFor()

/** Presses a button of the life cycle, and confirms it. */
async function act(page: Page, name: string, inDialog: (page: Page) => Promise<void> = async () => {}) {
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').waitFor()
  await inDialog(page)
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  await page.getByText(`${name}: done.`).waitFor()
}

it('shows what to look at before a launch, and takes an experiment through its life', async () => {
  const page = await open('/p/1/experiments/7', ownerKey())
  await heading(page, 'Zoom on hover')
  await badge(page, 'Draft')
  await page.getByText('The experiment has no description.').waitFor()
  await page.getByText('checks are fine').click()

  await act(page, 'Launch')
  await badge(page, 'Running')
  await act(page, 'Pause')
  await badge(page, 'Paused')
  await act(page, 'Resume')
  await badge(page, 'Running')
  await act(page, 'End', async () => {
    await page.getByRole('button', { name: /Conclusion/ }).click()
    await page.getByRole('option', { name: 'Won' }).click()
    await page.getByLabel('Why, for those who read it later').fill('Photos sell.')
  })
  await badge(page, 'Stopped')
  await badge(page, 'Won')
  await page.getByText('Photos sell.').waitFor()
  await act(page, 'Archive')
  await badge(page, 'Archived')

  const { experiment } = await ask<{ experiment: object }>(
    ownerKey(),
    '{ experiment(projectId: 1, databaseId: 7) { status archived conclusion conclusionComment } }',
  )
  expect(experiment).toEqual({ status: 'STOPPED', archived: true, conclusion: 'WON', conclusionComment: 'Photos sell.' })
  await page.getByRole('tab', { name: 'Activity' }).click()
  await page.getByText('Launch experiment').waitFor()
})

it('asks first, and gives the focus back when somebody leaves it', async () => {
  const page = await open('/p/1/experiments/2', ownerKey())
  await page.getByRole('button', { name: 'Reset to draft' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Its dates and its conclusion are lost.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Reset to draft')
  await badge(page, 'Running')
})

it('says why an action is not possible', async () => {
  const page = await open('/p/1/experiments/2', ownerKey())
  await page.getByText('Not possible now').click()
  await page.getByText('Experiment has already been launched.').waitFor()
})

it('shows a change of somebody else without being loaded again', async () => {
  const page = await open('/p/1/experiments/6', ownerKey())
  await badge(page, 'Running')
  await page.locator('.live.live').waitFor()
  const { featureFlag } = await ask<{ featureFlag: { id: string } }>(
    ownerKey(),
    '{ featureFlag(projectId: 1, key: "free-shipping-bar") { id } }',
  )
  const change = (active: boolean) =>
    ask(ownerKey(), 'mutation ($input: UpdateFeatureFlagInput!) { updateFeatureFlag(input: $input) { __typename } }', {
      input: { id: featureFlag.id, active },
    })
  await change(false)
  await badge(page, 'Paused')
  // Screen readers are told.
  await page.getByText('The experiment Free shipping bar has changed. It is paused.').waitFor({ state: 'attached' })
  await change(true)
  await badge(page, 'Running')
})

it('shows exposure over time by variant, and no results that nobody computed', async () => {
  const page = await open('/p/1/experiments/1?tab=results', ownerKey())
  await page.getByText('The API does not compute results yet').waitFor()
  const table = page.getByRole('table', { name: 'Calls by day and answer' })
  await table.waitFor({ state: 'attached' })
  expect(await table.locator('thead th').allTextContents()).toEqual(['Day', 'control', 'test'])
})

it('finds experiments by name and status', async () => {
  const page = await open('/p/1/experiments', ownerKey())
  await page.getByLabel('Name').fill('ranking')
  await page.getByText('1 experiment', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Ranking by sales' }).waitFor()
  await page.goto(page.url().replace(/\?.*/, '?status=ARCHIVED&search=first'))
  await page.getByRole('link', { name: 'Ranking, first try' }).waitFor()
})

it.each(['0', 'seven', '99999999999999', '2147483647'])('says that there is no experiment %s', async (number) => {
  const page = await open(`/p/1/experiments/${number}`, ownerKey())
  await page
    .getByText(/no such experiment|not found/i)
    .first()
    .waitFor()
  await settled(page)
})

it('duplicates an experiment under another name, leads to the copy, and deletes it', async () => {
  const page = await open('/p/1/experiments/2', ownerKey())
  await page.getByRole('button', { name: 'Duplicate' }).click()
  await page.getByLabel('Name').fill('Ranking once more')
  await page.getByRole('dialog').getByRole('button', { name: 'Duplicate' }).click()
  await page.getByText('Duplicate: done.').waitFor()
  await page.getByRole('link', { name: 'Ranking once more' }).click()
  await heading(page, 'Ranking once more')
  await badge(page, 'Draft')
  await page.getByRole('link', { name: 'search-ranking' }).waitFor()

  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('The experiment is gone for everybody').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await heading(page, 'Experiments')
  await page.getByText('Deleted: Ranking once more').waitFor()
  await page.getByLabel('Name').fill('once more')
  await page.getByText('0 experiments').waitFor()
})

it('shows what is wrong with a copy', async () => {
  const page = await open('/p/1/experiments/2', ownerKey())
  await page.getByRole('button', { name: 'Duplicate' }).click()
  await page.getByLabel('Key of its flag').fill('no spaces, please')
  await page.getByRole('dialog').getByRole('button', { name: 'Duplicate' }).click()
  await page.getByRole('alert').filter({ hasText: 'Nothing was changed.' }).waitFor()
})

it('copies an experiment into another project, but not into a mirror of PostHog', async () => {
  const linked = inject('linkedProject')
  const page = await open('/p/1/experiments/2', ownerKey())
  await page.getByRole('button', { name: 'Copy to a project' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Copy to a project' }).click()
  await page.getByRole('alert').getByRole('link', { name: 'Open it in PostHog' }).waitFor()

  const { experiments } = await ask<{ experiments: { nodes: { databaseId: number; name: string }[] } }>(
    ownerKey(),
    `{ experiments(projectId: ${linked}, first: 1) { nodes { databaseId name } } }`,
  )
  const [source] = experiments.nodes
  await page.goto(`${inject('origin')}/p/${linked}/experiments/${source?.databaseId}`)
  await page.getByRole('button', { name: 'Copy to a project' }).click()
  await page.getByLabel('Name').fill('From the mirror')
  await page.getByLabel('Key of its flag').fill('checkout-button')
  await page.getByRole('dialog').getByRole('button', { name: 'Copy to a project' }).click()
  await page.getByRole('link', { name: 'From the mirror' }).click()
  await heading(page, 'From the mirror')
  expect(page.url()).toContain('/p/1/experiments/')
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Deleted: From the mirror').waitFor()
})
