import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { InterruptedError, interruptible, stoppable } from '../../src/cli/terminal/interruptible.ts'
import { exportProject } from '../../src/posthog/export/exportProject.ts'
import { importFiles } from '../../src/posthog/import/importFiles.ts'
import { noProgress, type Progress } from '../../src/posthog/import/progress.ts'
import { seedFlag } from '../support/seed.ts'
import { seedTenant, testServer } from '../support/testServer.ts'

const { db } = await testServer()
const { project } = await seedTenant(db)
const event = { event: 'purchase', distinctId: 'a', properties: '{}' }
await seedFlag(db, project)
await db.event.create({ data: { ...event, projectId: project.id, id: '018f0000-0000-7000-8000-ffffffffffff', timestamp: new Date() } })
const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-interrupted-'))
afterAll(() => rm(folder, { recursive: true }))

/** Somebody presses Ctrl-C during a step. */
const pressing = (during: string): Progress => {
  let current = ''
  return {
    ...noProgress,
    begin: (step) => {
      current = step
    },
    advance: () => void (current === during && process.listenerCount('SIGINT') > 0 && process.emit('SIGINT', 'SIGINT')),
  }
}

const interrupted = (message: string) => expect.objectContaining({ message, exitCode: 130 })

it('an import that is interrupted while it writes has written nothing', async () => {
  const file = join(folder, 'events.ndjson')
  const line = (at: number) => ({
    ...{ uuid: `018f0000-0000-7000-8000-${String(at).padStart(12, '0')}`, event: 'purchase', distinct_id: 'a' },
    ...{ timestamp: '2026-11-01T10:00:00Z', properties: {} },
  })
  await writeFile(file, Array.from({ length: 20_000 }, (_, at) => JSON.stringify(line(at))).join('\n'))
  const work = interruptible('Nothing was imported.', (signal) =>
    importFiles(db, { files: [file], target: { project: String(project.id) }, progress: stoppable(pressing('Events'), signal) }),
  )
  await expect(work).rejects.toEqual(interrupted('Nothing was imported.'))
  expect(await db.event.count()).toBe(1)
})

it('an export that is interrupted leaves no folder behind', async () => {
  const target = join(folder, 'shop')
  const work = interruptible('Nothing was exported.', (signal) =>
    exportProject(db, { project: String(project.id), folder: target, progress: stoppable(pressing('Exporting'), signal) }),
  )
  await expect(work).rejects.toEqual(interrupted('Nothing was exported.'))
  expect(existsSync(target)).toBe(false)
  expect((await readdir(folder)).filter((name) => name.includes('shop'))).toEqual([])
})

it('work that is done when the signal comes keeps its result, and listens no longer', async () => {
  const before = process.listenerCount('SIGINT')
  const result = await interruptible('Nothing was done.', async () => {
    process.emit('SIGINT', 'SIGINT')
    return 'done'
  })
  expect(result).toBe('done')
  expect(process.listenerCount('SIGINT')).toBe(before)
})

it('work that fails for another reason says that reason', async () => {
  const work = interruptible('Nothing was done.', () => Promise.reject(new Error('another')))
  await expect(work).rejects.not.toBeInstanceOf(InterruptedError)
})
