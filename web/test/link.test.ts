import { expect, inject, it } from 'vitest'
import { ask, ownerKey, settled, tabs } from './support/browser.ts'

const { open } = tabs()

it('says what to do for a project that is not linked', async () => {
  const page = await open('/p/1/link', ownerKey())
  await page.getByText('This project is not linked').waitFor()
})

it('shows how a linked project does, and compares everything again on demand', async () => {
  const project = inject('linkedProject')
  const page = await open(`/p/${project}/link`, ownerKey())
  await page.locator('.page-title .badge', { hasText: 'Following' }).waitFor()
  await page.getByText('are made in PostHog only').waitFor()
  const reconciled = async () =>
    (await ask<{ project: { link: { reconciledAt: string | null } } }>(ownerKey(), `{ project(id: ${project}) { link { reconciledAt } } }`))
      .project.link.reconciledAt
  const before = await reconciled()
  await page.getByRole('button', { name: 'Compare everything again' }).click()
  await page.getByText('A full comparison begins within seconds.').waitFor()
  await expect.poll(reconciled, { timeout: 30_000 }).not.toBe(before)
})

it('lets somebody choose between projects', async () => {
  const page = await open('/p/1/link', ownerKey())
  await settled(page)
  await page.getByRole('button', { name: /Demo shop/ }).click()
  await page.getByRole('option', { name: 'From PostHog' }).click()
  await page.getByRole('heading', { level: 1, name: 'From PostHog' }).waitFor()
  expect(page.url()).toBe(`${inject('origin')}/p/${inject('linkedProject')}`)
})

it('says what mutations of a mirror answer', async () => {
  const { project } = await ask<{ project: { experiments: { nodes: { databaseId: number }[] } } }>(
    ownerKey(),
    `{ project(id: ${inject('linkedProject')}) { experiments(first: 1, statuses: [DRAFT, RUNNING]) { nodes { databaseId } } } }`,
  )
  const page = await open(`/p/${inject('linkedProject')}/experiments/${project.experiments.nodes[0]?.databaseId}`, ownerKey())
  await settled(page)
  await page.getByText('Not possible now').waitFor()
})
