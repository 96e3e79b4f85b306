import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { ask, heading, memberKey, ownerKey, settled, tabs } from './support/browser.ts'

const { open } = tabs()
const pause = "Pause experiment 'One-tap payment' (feature flag 'express-payment')"

it('shows what waits, what would change and for whom, and rejects it with a reason', async () => {
  const page = await open('/p/1/approvals', ownerKey())
  await page.getByRole('link', { name: pause }).click()
  await heading(page, pause)
  const change = page.getByRole('row').filter({ hasText: 'Feature flag: On' })
  expect(await change.locator('del').textContent()).toBe('on')
  expect(await change.locator('ins').textContent()).toBe('off')
  await page.getByText('would lose it').waitFor()

  await page.getByRole('button', { name: 'Reject' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByRole('button', { name: 'Reject' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Why (who asked reads it)').fill('It sells well.')
  await dialog.getByRole('button', { name: 'Reject' }).click()
  await page.getByText('Rejected. Nothing was changed.').waitFor()
  await page.locator('.page-title .badge', { hasText: 'Rejected' }).waitFor()
  await page.getByText('It sells well.').first().waitFor()
})

it('lets a second person ask from the experiment, and the owner approve as it comes, on a phone and by keyboard', async () => {
  const owner = await open('/p/1/approvals', ownerKey(), { viewport: { width: 390, height: 844 } })
  await owner.getByText('Nothing waits for you').waitFor()
  await owner.locator('.live.live').waitFor()

  const member = await open('/p/1/experiments/9', memberKey())
  await member.getByRole('button', { name: 'Pause needs approval' }).click()
  await member.getByText('Nothing changes until somebody has approved it.').waitFor()
  await member.getByRole('button', { name: 'Ask for approval' }).click()
  await member.getByText('This change waits for approval.').waitFor()
  await member.locator('.page-title .badge', { hasText: 'Running' }).waitFor()
  await member.getByRole('link', { name: 'Open the change request' }).click()
  await member.getByText('You asked for this, so others decide.').waitFor()

  // The owner's page was not touched.
  await owner.getByRole('link', { name: 'Approvals 1 waiting for you' }).waitFor()
  await owner.getByRole('link', { name: pause }).press('Enter')
  await owner.getByRole('button', { name: 'Approve' }).press('Enter')
  await owner.getByRole('dialog').getByRole('button', { name: 'Approve' }).press('Enter')
  const decision = owner.getByRole('region', { name: 'Decision' })
  await decision.getByText('Approved, and the change is made.').waitFor()
  // Nothing is left to decide, and the keyboard is where the outcome is.
  await expect.poll(() => decision.getByRole('button').count()).toBe(0)
  await expect.poll(() => decision.evaluate((element) => element === document.activeElement)).toBe(true)
  await member.locator('.page-title .badge', { hasText: 'Applied' }).waitFor()

  const { experiment } = await ask<{ experiment: { status: string } }>(ownerKey(), '{ experiment(projectId: 1, databaseId: 9) { status } }')
  expect(experiment.status).toBe('PAUSED')
})

it('lists what the viewer asked for, and all requests', async () => {
  const page = await open('/p/1/approvals?tab=mine', memberKey())
  await page.getByText('2 requests').waitFor()
  await page.getByRole('tab', { name: 'All' }).click()
  await page.getByText('2 requests').waitFor()
  const owner = await open('/p/1/approvals?tab=mine', ownerKey())
  await owner.getByText('You asked for nothing').waitFor()
})

it('shows the policies, and who bypassed them', async () => {
  const resume = 'mutation ($input: ResumeExperimentInput!) { resumeExperiment(input: $input) { __typename } }'
  const pauseIt = 'mutation ($input: PauseExperimentInput!) { pauseExperiment(input: $input) { __typename } }'
  const { experiment } = await ask<{ experiment: { id: string } }>(ownerKey(), '{ experiment(projectId: 1, databaseId: 9) { id } }')
  await ask(ownerKey(), resume, { input: { id: experiment.id } })
  await ask(ownerKey(), pauseIt, { input: { id: experiment.id } })
  const page = await open('/p/1/approvals?tab=policies', ownerKey())
  const policy = page.getByRole('row').filter({ hasText: 'Pause an experiment' })
  await policy.getByText('1 approval').waitFor()
  await policy.getByText('Demo, Ada').waitFor()
  await policy.getByText('owners').waitFor()
  // Other tests make more of them.
  await page.getByText('Bypass policy').first().waitFor()
  await settled(page)
})

it('creates, changes and deletes a policy', async () => {
  const page = await open('/p/1/approvals?tab=policies', ownerKey())
  await page.getByRole('button', { name: 'New policy' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Choose who may approve.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Create it' }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: /Guards/ }).click()
  await page.getByRole('option', { name: 'Delete a flag' }).click()
  await chooseGrace(dialog)
  await dialog.getByLabel('Days until it expires').fill('2')
  await dialog.getByRole('group', { name: 'Who needs no approval' }).getByLabel('All owners').check()
  await dialog.getByRole('button', { name: 'Create it' }).click()
  await page.getByText('Created: Delete a flag.').waitFor()
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Delete a flag' }) })
  await row.getByText('within 2 days').waitFor()
  await row.getByText('Grace').waitFor()
  await row.getByText('owners', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'Change the policy: Delete a flag' }).click()
  await dialog.getByLabel('Approvals needed').fill('3')
  await dialog.getByRole('button', { name: 'Save' }).click()
  // It stays open, and says what the server found.
  await dialog.getByRole('alert').filter({ hasText: 'Nothing was changed.' }).waitFor()
  await dialog.getByLabel('Approvals needed').fill('1')
  await dialog.getByLabel('In force').uncheck()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Changed: Delete a flag.').waitFor()
  await row.getByText('Off', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'Delete the policy: Delete a flag' }).click()
  await dialog.getByText('Such changes are made at once from then on.').waitFor()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Deleted: Delete a flag.').waitFor()
  await row.waitFor({ state: 'detached' })
})

it('finds an approver among many people, who stays chosen beside those of another search', async () => {
  // The project that is linked brought many people into the organization.
  const page = await open('/p/1/approvals?tab=policies', ownerKey())
  await page.getByRole('button', { name: 'New policy' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /Guards/ }).click()
  await page.getByRole('option', { name: 'Switch a flag off' }).click()
  const approvers = dialog.getByRole('group', { name: 'Who may approve' })
  const search = approvers.getByRole('searchbox', { name: 'Find a person' })
  await approvers.getByLabel('Sample 21').waitFor()
  expect(await approvers.getByLabel('Grace').count()).toBe(0)
  await search.fill('grace')
  await approvers.getByLabel('Grace').check()
  await approvers.getByLabel('Sample 21').waitFor({ state: 'detached' })
  await search.fill('nobody of this name')
  await approvers.getByText('Nobody has this text').waitFor()
  expect(await approvers.getByLabel('Grace').isChecked()).toBe(true)
  await search.fill('')
  await approvers.getByLabel('Sample 21').check()
  expect(await approvers.getByRole('checkbox', { checked: true }).count()).toBe(2)
  await settled(page)
  await dialog.getByRole('button', { name: 'Create it' }).click()
  await page.getByText('Created: Switch a flag off.').waitFor()
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Switch a flag off' }) })
  await row.getByText('Grace').waitFor()

  // Who approves already is in the list, also if others come first.
  await page.getByRole('button', { name: 'Change the policy: Switch a flag off' }).click()
  expect(await approvers.getByLabel('Grace').isChecked()).toBe(true)
  await dialog.getByRole('button', { name: 'Leave it' }).click()

  // The buttons of a flag say that it is guarded.
  type Guarded = { featureFlags: { nodes: { key: string; approvalGuards: { actionKey: string }[] }[] } }
  const query = '{ featureFlags(projectId: 1, first: 50, active: true) { nodes { key approvalGuards { actionKey } } } }'
  const { featureFlags } = await ask<Guarded>(memberKey(), query)
  const guarded = featureFlags.nodes.find(({ approvalGuards }) =>
    approvalGuards.some(({ actionKey }) => actionKey === 'FEATURE_FLAG_DISABLE'),
  )
  const flag = await open(`/p/1/flags/${guarded?.key}`, memberKey())
  await flag.getByRole('button', { name: 'Switch off needs approval' }).waitFor()
  await flag.getByRole('button', { name: 'Archive needs approval' }).waitFor()

  await page.getByRole('button', { name: 'Delete the policy: Switch a flag off' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Deleted: Switch a flag off.').waitFor()
})

it('limits a policy to some changes', async () => {
  const page = await open('/p/1/approvals?tab=policies', ownerKey())
  await page.getByRole('button', { name: 'New policy' }).click()
  const dialog = page.getByRole('dialog')
  const choose = async (label: RegExp, option: string) => {
    await dialog.getByRole('button', { name: label }).click()
    await page.getByRole('option', { name: option }).click()
  }
  await choose(/Guards/, 'Change a holdout')
  await choose(/Which changes/, 'Percentages that change by …')
  await dialog.getByText('Enter a percentage from 0 to 100.').waitFor()
  await choose(/Comparison/, 'at least')
  await dialog.getByLabel('Percent', { exact: true }).fill('20')
  await chooseGrace(dialog)
  await dialog.getByRole('button', { name: 'Create it' }).click()
  await page.getByText('Percentages that change by at least 20').waitFor()

  await page.getByRole('button', { name: 'Change the policy: Change a holdout' }).click()
  expect(await dialog.getByLabel('Percent', { exact: true }).inputValue()).toBe('20')
  await choose(/Which changes/, 'All changes')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Percentages that change by at least 20').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Delete the policy: Change a holdout' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Deleted: Change a holdout.').waitFor()
})

it('says that there is such a policy already', async () => {
  const page = await open('/p/1/approvals?tab=policies', ownerKey())
  await page.getByRole('button', { name: 'New policy' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /Guards/ }).click()
  await page.getByRole('option', { name: 'Pause an experiment' }).click()
  await chooseGrace(dialog)
  await dialog.getByRole('button', { name: 'Create it' }).click()
  await dialog.getByRole('alert').filter({ hasText: 'already' }).waitFor()
})

it('lets a member see policies, but not edit them', async () => {
  const page = await open('/p/1/approvals?tab=policies', memberKey())
  await page.getByRole('rowheader', { name: 'Pause an experiment' }).waitFor()
  await settled(page)
  expect(await page.getByRole('button', { name: /policy/ }).count()).toBe(0)
})

it('asks for approval to switch the flag of a running experiment off, and withdraws it', async () => {
  const page = await open('/p/1/flags/search-ranking', memberKey())
  await page.getByRole('button', { name: 'Switch off' }).click()
  await page.getByText('Nothing changes until somebody has approved it.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Ask for approval' }).click()
  await page.getByText('This change waits for approval.').waitFor()
  await page.locator('.page-title .badge', { hasText: 'Off' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Open the change request' }).click()
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
  await page.getByText('Withdrawn. Nothing was changed.').waitFor()
})

/** The organization has more people than are listed. */
async function chooseGrace(dialog: Locator) {
  const approvers = dialog.getByRole('group', { name: 'Who may approve' })
  await approvers.getByRole('searchbox', { name: 'Find a person' }).fill('grace')
  await approvers.getByLabel('Grace').check()
}
