import { describe, expect, it } from 'vitest'
import { listedKinds } from '../../../src/posthog/link/store/kinds.ts'
import { permissionDenied } from '../../support/posthog/server/errors.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { linkStage } from './support.ts'

// Many projects on one key. The limits are those of 100 projects in small, the stand-in refuses what is above them, and time is that of the test.

const links = 20
const perHour = 4_800 * (links / 100)
const limits = {
  default: [
    { requests: 480 * (links / 100), seconds: 60 },
    { requests: perHour, seconds: 3_600 },
  ],
}

describe.each([
  { log: 'with an activity log', hosted: false, quietSeconds: 300 },
  { log: 'without an activity log', hosted: true, quietSeconds: 400 },
])('many projects on one key, $log', async ({ hosted, quietSeconds }) => {
  const stage = await linkStage(
    { limits, settings: { hosted } },
    { linkRequestsPerHour: perHour, linkRequestsPerMinute: 480 * (links / 100) },
  )
  const { posthog, db, clock, clients, newFollower } = stage
  const organization = await seedOrganization(db)
  const upstreams = Array.from({ length: links }, () => posthog.addProject())
  const [broken, forbidden] = [upstreams[0]?.id, upstreams[1]?.id]
  const busy = upstreams.slice(2, 3)
  const { keyHash } = await stage.linkOf((await stage.copied()).id)
  await stage.links.unlink(1)
  const start = clock.now()
  // As after their first copies.
  const at = start.toISOString()
  const pass = { active: { readAt: at }, archived: { readAt: at } }
  const lists = Object.fromEntries(listedKinds.map(({ name }) => [name, at]))
  const marks = { flags: pass, experiments: pass, lists, log: { readAt: at }, requests: { readAt: at } }
  for (const [index, { id: upstreamProjectId }] of upstreams.entries()) {
    const { id: projectId } = await seedProject(db, organization)
    const encryptedKey = clients.secretBox.seal(projectId, posthog.key.token)
    const done = {
      copiedAt: start,
      reconciledAt: start,
      marks,
      nextRoundAt: new Date(start.getTime() + index * 5_000),
      state: 'following' as const,
    }
    await db.projectLink.create({
      data: { projectId, mode: 'mirror', host: posthog.origin, upstreamProjectId, encryptedKey, keyHash, ...done },
    })
  }
  posthog.faults.on({ kind: 'serverError', on: `/api/projects/${broken}/` })
  posthog.faults.on({ kind: 'answer', status: 403, body: permissionDenied('No.').body, on: `/api/projects/${forbidden}/` })
  posthog.requests.clear()

  /** When each project was asked whether it has news: by the log, or by the list of flags. */
  const asked = new Map<number, number[]>()
  const delays: number[] = []
  let answered = 0
  const note = () => {
    for (const { path } of posthog.requests.all.slice(answered)) {
      const [, project] = /\/api\/projects\/(\d+)\/(?:feature_flags|advanced_activity_logs)\/$/.exec(path) ?? []
      if (project !== undefined) asked.set(Number(project), [...(asked.get(Number(project)) ?? []), clock.now().getTime()])
    }
    answered = posthog.requests.all.length
  }

  it('are all followed, none is forgotten, and the limit is never met', async () => {
    const follower = newFollower()
    const pending = new Map<string, number>()
    for (let changes = 0; clock.now().getTime() < start.getTime() + 25 * 60_000; ) {
      const minutes = (clock.now().getTime() - start.getTime()) / 60_000
      // Somebody works in some of the projects.
      for (const project of busy) {
        if (minutes < changes) continue
        const { key } = posthog.as(posthog.owner, project.id).createFlag({ key: `flag-${project.id}-${changes}` })
        pending.set(key, clock.now().getTime())
      }
      if (minutes >= changes) changes += 2
      await follower.runDue()
      note()
      for (const { key } of await db.featureFlag.findMany({ where: { key: { in: [...pending.keys()] } }, select: { key: true } })) {
        delays.push((clock.now().getTime() - (pending.get(key) ?? 0)) / 1_000)
        pending.delete(key)
      }
      const { nextRoundAt } = await db.projectLink.findFirstOrThrow({ orderBy: { nextRoundAt: 'asc' } })
      clock.pass(Math.max(1, (nextRoundAt.getTime() - clock.now().getTime()) / 1_000))
    }
    expect(posthog.requests.count({ status: 429 })).toBe(0)
    const well = upstreams.filter(({ id }) => id !== broken && id !== forbidden)
    const gaps = well.map(({ id }) => {
      const times = [start.getTime(), ...(asked.get(id) ?? []), clock.now().getTime()]
      return Math.max(...times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1_000))
    })
    expect(Math.max(...gaps)).toBeLessThan(quietSeconds)
    const rounds = well.filter((project) => !busy.includes(project)).map(({ id }) => asked.get(id)?.length ?? 0)
    expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThanOrEqual(2)
    expect(await db.projectLink.count({ where: { state: 'following' } })).toBe(links - 2)
  }, 120_000)

  it('show changes of the busy ones soonest', () => {
    delays.sort((a, b) => a - b)
    // The first change of a project that was quiet takes as long as its turn.
    expect(delays.length).toBeGreaterThan(8)
    expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(quietSeconds / 2)
    expect(delays.at(-1)).toBeLessThan(quietSeconds)
  })
})
