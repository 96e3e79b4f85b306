import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { settled, tabs } from './support/browser.ts'
import { type Service, startService } from './support/service.ts'

const { open, errors } = tabs()
let folder: string
let service: Service
let key: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'experiments-graph-page-'))
  service = await startService({ DATA_DIR: folder, SHUTDOWN_SECONDS: '1' })
  key = (await readFile(join(folder, 'demo-key'), 'utf8')).trim()
})
afterAll(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

it('says that the service is away, and goes on by itself when it is back', async () => {
  const page = await open('/p/1/flags', key, { origin: service.origin })
  await page.getByText('20 flags').waitFor()
  await page.locator('.live.live').waitFor()
  await service.stop()
  await page.locator('.live.connecting').waitFor()
  await page.getByLabel('Key or name').fill('delivery')
  await page
    .getByRole('alert')
    .filter({ hasText: /The service cannot be reached.*Trying again in \d+ second/ })
    .waitFor()

  service = await startService({ DATA_DIR: folder, PORT: new URL(service.origin).port, SHUTDOWN_SECONDS: '1' })
  await page.getByText('2 flags').waitFor()
  await page.locator('.live.live').waitFor()
  await settled(page)
  expect(await page.getByRole('alert').count()).toBe(0)
  // The browser reports each connection that was refused.
  expect(errors.splice(0).filter((text) => !/ERR_CONNECTION_(REFUSED|RESET)|WebSocket/.test(text))).toEqual([])
})
