import { afterEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../src/platform/upstreamError.ts'
import { foreignAnswers } from '../../support/posthog/foreignAnswers.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { linkStage } from './support.ts'

// What a proxy answers in place of PostHog, in reading. test/posthog/link/write/foreignAnswers.test.ts has the writes.

const foreign = [
  ...foreignAnswers,
  ['the JSON of a framework with 404', { kind: 'answer', status: 404, body: { detail: 'Not Found' } }] as const,
]

/** Many links in little time. */
const limits = { linkRequestsPerMinute: 100_000, linkRequestsPerHour: 1_000_000, linkQueriesPerHour: 100_000 }

describe('an answer of a proxy', async () => {
  const { posthog, db, links, round, copied, linkOf, linked } = await linkStage({ settings: { hosted: false, throttling: false } }, limits)
  const { person } = posthog
  posthog.fill({ flags: 5, experiments: 1 })
  const holdout = person.createHoldout('Holdout', 5)
  const { id: projectId } = await copied()
  let names = 0
  afterEach(() => posthog.faults.allOff())
  const logged = (requests: string[]) => requests.filter((request) => request.includes('activity_logs'))

  it.each(foreign)('to the activity log (%s) does not turn it off, nor hold up experiments', async (_name, fault) => {
    await round(301)
    const log = posthog.faults.on({ ...fault, on: 'advanced_activity_logs' })
    const name = `Name ${++names}`
    person.updateExperiment(1, { name })
    await round(61)
    expect(log.hits).toBeGreaterThan(0)
    expect(await linkOf(projectId)).toMatchObject({ state: 'following', marks: { log: { off: false } } })
    expect((await linkOf(projectId)).lastError).toContain('activity_log')
    expect(await db.experiment.findFirst({ where: { projectId } })).toMatchObject({ name })
    log.off()
    expect(logged(await round(61))).not.toEqual([])
    expect(await linkOf(projectId)).toMatchObject({ lastError: null })
  })

  it.each(foreign)('to the list of flags (%s) does not stop the link', async (_name, fault) => {
    posthog.faults.on({ ...fault, on: /\/feature_flags\/\?/ })
    await round()
    expect(await linkOf(projectId)).toMatchObject({ state: 'failing' })
    posthog.faults.allOff()
    await round(301)
    expect(await linkOf(projectId)).toMatchObject({ state: 'following', lastError: null })
  })

  it.each(foreign)('to other lists (%s) takes none away', async (_name, fault) => {
    const lists = ['experiment_holdouts', 'change_requests', 'surveys', 'approval_policies', 'members']
    for (const on of lists) posthog.faults.on({ ...fault, on })
    await round(901)
    const { state, unreadable, lastError } = await linkOf(projectId)
    expect({ state, unreadable }).toEqual({ state: 'following', unreadable: ['product_tours'] })
    for (const list of lists) expect(lastError).toContain(list)
    posthog.faults.allOff()
    await round(901)
    expect(await linkOf(projectId)).toMatchObject({ lastError: null })
  })

  it.each(foreign)('to one row (%s) deletes nothing', async (_name, fault) => {
    posthog.faults.on({ ...fault, on: /\/(feature_flags|experiment_holdouts)\/\d+\// })
    const dueAt = new Date(0)
    for (const [kind, id] of [['feature_flags', 1] as const, ['holdouts', holdout.id] as const]) {
      await db.linkHint.create({ data: { projectId, kind, upstreamId: String(id), dueAt } })
    }
    await round()
    expect(await db.featureFlag.count({ where: { projectId, deleted: true } })).toBe(0)
    expect(await db.holdout.count({ where: { projectId } })).toBe(1)
    expect(await db.linkHint.count({ where: { projectId } })).toBe(2)
    posthog.faults.allOff()
    await round(301)
    expect(await db.linkHint.count({ where: { projectId } })).toBe(0)
    expect(await linkOf(projectId)).toMatchObject({ state: 'following', lastError: null })
  })

  it.each(foreign)('while a project is linked (%s) decides nothing', async (_name, fault) => {
    const project = await seedProject(db, await seedOrganization(db))
    const { id } = posthog.addProject()
    const link = () =>
      links.link({ projectId: project.id, host: posthog.origin, upstreamProjectId: id, key: posthog.key.token, mode: 'mirror' })
    for (const on of ['/users/@me/', `/projects/${id}/`, `/projects/${id}/feature_flags/`, `/projects/${id}/query/`]) {
      const active = posthog.faults.on({ ...fault, on: new RegExp(`${on}(\\?|$)`) })
      await expect(link(), on).rejects.toThrow(UpstreamError)
      await link().catch((error: UpstreamError) => expect(error, on).toMatchObject({ kind: 'malformed' }))
      active.off()
    }
    expect(await db.projectLink.count({ where: { projectId: project.id } })).toBe(0)
    const { link: made } = await link()
    expect(made.unreadable).toEqual(['product_tours'])
    expect(await db.project.findUnique({ where: { id: project.id } })).toMatchObject({ eventSource: 'posthog' })
    await links.unlink(project.id)
  })

  it.each(foreign)('during the first copy (%s) leaves no list out', async (_name, fault) => {
    const { id } = posthog.addProject()
    const project = await linked(posthog.key.token, id)
    posthog.faults.on({ ...fault, on: `/projects/${id}/surveys/` })
    await round(1)
    expect(await linkOf(project.id)).toMatchObject({ state: 'copying', unreadable: ['product_tours'] })
    posthog.faults.allOff()
    await round(301)
    expect(await linkOf(project.id)).toMatchObject({ copiedAt: expect.any(Date), unreadable: ['product_tours'] })
    await links.unlink(project.id)
  })
})

it('an address that PostHog does not have is left out, as it says itself', async () => {
  const { posthog, round, copied, linkOf } = await linkStage({ settings: { hosted: false } })
  const body = { type: 'invalid_request', code: 'not_found', detail: 'Endpoint not found.', attr: null }
  posthog.faults.on({ kind: 'answer', status: 404, body, on: /surveys|activity_logs/ })
  const { id } = await copied()
  await round(301)
  expect(await linkOf(id)).toMatchObject({
    state: 'following',
    unreadable: ['surveys', 'product_tours'],
    lastError: null,
    marks: { log: { off: true } },
  })
})
