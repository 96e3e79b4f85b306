import { describe, expect, it } from 'vitest'
import { acceptHook, toHint } from '../../../src/posthog/link/connect/hooks.ts'
import { leaseMs } from '../../../src/posthog/link/connect/lease.ts'
import { createLinkClients } from '../../../src/posthog/link/connect/linkClients.ts'
import { createLinks } from '../../../src/posthog/link/createLinks.ts'
import { permissionDenied } from '../../support/posthog/server/errors.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { bothFlags, encryptionKey, linkStage } from './support.ts'

describe('faults', async () => {
  const stage = await linkStage({}, { publicUrl: 'https://graph.example.com' })
  const { posthog, database, db, clock, clients, config, links, log, lines, waits, round, copied, linkOf, newFollower, follower } = stage
  const { person } = posthog
  posthog.fill({ flags: 20, experiments: 2 })
  const project = await copied()
  const projectId = project.id
  let names = 0
  const change = () => person.updateFlag(1, { name: `Change ${++names}` })
  const isEqual = async () => {
    const { ours, theirs } = await bothFlags(db, projectId, posthog)
    expect(ours).toEqual(theirs)
  }

  it.each([
    ['a connection that is lost', { kind: 'dropped' as const }],
    ['a 500', { kind: 'serverError' as const }],
    ['a 503', { kind: 'unavailable' as const }],
    ['a page of HTML', { kind: 'html' as const }],
    ['an answer that is cut off', { kind: 'cut' as const, bytes: 100, clean: true }],
  ])('gets over %s', async (_what, fault) => {
    change()
    posthog.faults.on({ ...fault, on: 'feature_flags', times: 2 })
    await round()
    posthog.faults.allOff()
    expect(await linkOf(projectId)).toMatchObject({ state: 'following', failures: 0 })
    await isEqual()
  })

  it.each([
    [{ kind: 'throttled' as const, seconds: 17 }, 17],
    [{ kind: 'throttled' as const }, 60],
    [{ kind: 'throttled' as const, seconds: 17, retryAfter: 5 }, 5],
  ])('waits after too many requests as long as it is told: %o', async (fault, seconds) => {
    change()
    posthog.faults.on({ ...fault, on: 'feature_flags', times: 1 })
    waits.length = 0
    await round()
    posthog.faults.allOff()
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(seconds * 1_000)
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan((seconds + 10) * 1_000)
    await isEqual()
  })

  it('does not follow the address of the next page, nor a redirect', async () => {
    posthog.faults.on({ kind: 'wrongNext', origin: 'http://127.0.0.1:9' })
    change()
    await round()
    posthog.faults.allOff()
    await isEqual()
    posthog.faults.on({ kind: 'answer', status: 302, headers: { Location: 'http://127.0.0.1:9/' }, on: 'feature_flags' })
    await round()
    posthog.faults.allOff()
    expect(await linkOf(projectId)).toMatchObject({ state: 'failing', lastError: expect.stringContaining('redirects') })
    await round(400)
    expect(await linkOf(projectId)).toMatchObject({ state: 'following' })
  })

  it('takes rows with fields that it does not know, and skips those that lack one', async () => {
    posthog.faults.on({
      kind: 'fields',
      add: { brand_new: { a: 1 } },
      nulls: ['last_called_at', 'evaluation_runtime'],
      on: 'feature_flags',
    })
    change()
    await round()
    posthog.faults.allOff()
    expect(await linkOf(projectId)).toMatchObject({ state: 'following' })
    posthog.faults.on({ kind: 'fields', remove: ['filters'], on: 'feature_flags' })
    change()
    await round()
    posthog.faults.allOff()
    expect(await db.linkSkippedRow.findFirst({ where: { projectId } })).toMatchObject({ reason: expect.stringContaining('filters') })
    await round()
    expect(await db.linkSkippedRow.count({ where: { projectId } })).toBe(0)
    await isEqual()
  })

  it('goes on with flags while another list fails', async () => {
    posthog.faults.on({ kind: 'serverError', on: 'surveys' })
    await round(301)
    expect(await linkOf(projectId)).toMatchObject({
      state: 'following',
      lastError: expect.stringContaining('surveys'),
      lastSyncAt: expect.any(Date),
    })
    posthog.faults.allOff()
    await round(301)
    expect(await linkOf(projectId)).toMatchObject({ lastError: null })
  })

  it('says which list the key may no longer read, and reads it again when it may', async () => {
    const holdout = person.createHoldout('Lost', 5)
    await round(301)
    const fault = posthog.faults.on({ kind: 'answer', status: 403, body: permissionDenied('No.').body, on: 'experiment_holdouts' })
    await round(301)
    person.updateHoldout(holdout.id, { name: 'Found' })
    expect(await linkOf(projectId)).toMatchObject({
      state: 'following',
      lastError: expect.stringContaining('holdouts are no longer followed'),
    })
    // It is said until it is over, and not asked for in each round.
    const requests = await round(301)
    expect(requests.filter((request) => /experiment_holdouts\/(\?|$)/.test(request))).toEqual([])
    expect((await linkOf(projectId)).lastError).toContain('holdouts are no longer followed')
    fault.off()
    await round(301)
    const { lastError, unreadable } = await linkOf(projectId)
    expect(lastError).toBeNull()
    expect(unreadable).not.toContain('holdouts')
    expect(await db.holdout.findFirst({ where: { projectId, importedId: holdout.id } })).toMatchObject({ name: 'Found' })
  })

  it('stops when the key is revoked, deletes nothing, and starts again when it is back', async () => {
    const before = await db.featureFlag.count({ where: { projectId, deleted: false } })
    posthog.state.keys.set(posthog.key.token, { ...posthog.key, revoked: true })
    await round()
    expect(await linkOf(projectId)).toMatchObject({ state: 'stopped' })
    expect(await db.featureFlag.count({ where: { projectId, deleted: false } })).toBe(before)
    expect(await round()).toEqual([])
    posthog.state.keys.set(posthog.key.token, { ...posthog.key, revoked: false })
    await links.resync(projectId)
    await round()
    expect(await linkOf(projectId)).toMatchObject({ state: 'following', lastError: null })
  })

  it('follows other projects while one fails', async () => {
    const other = await seedProject(db, await seedOrganization(db))
    const upstream = posthog.addProject()
    await links.link({ projectId: other.id, host: posthog.origin, upstreamProjectId: upstream.id, key: posthog.key.token, mode: 'mirror' })
    await round(1)
    posthog.faults.on({ kind: 'serverError', on: `/api/projects/${upstream.id}/` })
    change()
    await round(30)
    posthog.faults.allOff()
    expect(await linkOf(other.id)).toMatchObject({ state: 'failing' })
    await isEqual()
    await links.unlink(other.id)
  })

  it('lets another server take over within 30 seconds, and nobody before', async () => {
    const fault = posthog.faults.on({ kind: 'held', on: 'feature_flags' })
    clock.pass(60)
    const first = follower.runDue()
    await fault.reached()
    const second = newFollower()
    expect(await second.runDue()).toBe(0)
    clock.pass(leaseMs / 1_000 + 1)
    expect(leaseMs).toBeLessThanOrEqual(30_000)
    change()
    const taken = second.runDue()
    await fault.reached(2)
    expect((await linkOf(projectId)).leaseHolder).toBe(second.holder)
    fault.off()
    expect(await taken).toBe(1)
    await first
    await isEqual()
  })

  it('takes hints of webhooks, whoever repeats them, and reads the row itself', async () => {
    const link = await linkOf(projectId)
    expect(link.hookId).not.toBeNull()
    const [hook] = posthog.state.hogFunctions.values()
    const token = /"X-Hook-Token":"([^"]+)"/.exec(JSON.stringify(hook))?.[1] ?? ''
    const send = (secret: string | null, body: unknown, id = link.hookId ?? '') => acceptHook(db, id, secret, async () => body, clock.now())
    expect(await send('wrong', {})).toBe(false)
    expect(await send(null, {})).toBe(false)
    expect(await send(token, {}, '00000000-0000-0000-0000-000000000000')).toBe(false)
    change()
    const entry = { id: 'x', scope: 'FeatureFlag', item_id: '1', activity: 'updated' }
    expect(await send(token, entry)).toBe(true)
    expect(await send(token, entry)).toBe(true)
    expect(await db.linkHint.count({ where: { projectId } })).toBe(1)
    const requests = await round(2)
    expect(requests[0]).toContain('/feature_flags/1/')
    expect(await db.linkHint.count({ where: { projectId } })).toBe(0)
    await isEqual()
    expect(toHint({ scope: 'FeatureFlag', item_id: '../../users/@me' })).toBeNull()
    expect(toHint({ scope: 'Experiment', item_id: 4, type: 'holdout' })).toEqual({ kind: 'holdouts', id: '4' })
    expect(toHint('nonsense')).toBeNull()
  })

  it('encrypts the key anew, and cannot follow without the key that opens it', async () => {
    const next = { ...config, linkEncryptionKey: 'ab'.repeat(32), previousLinkEncryptionKeys: [encryptionKey] }
    const sealed = (await linkOf(projectId)).encryptedKey
    const rotated = createLinkClients(db, next, clients.timing)
    expect(await createLinks({ database, clients: rotated, publicUrl: null, log }).rotateKeys()).toBe(1)
    const after = await linkOf(projectId)
    expect(after.encryptedKey).not.toBe(sealed)
    expect(rotated.secretBox.open(projectId, after.encryptedKey)).toBe(posthog.key.token)
    // A text of one project opens nothing of another.
    expect(() => rotated.secretBox.open(projectId + 1, after.encryptedKey)).toThrow('damaged')
    await round()
    expect(await linkOf(projectId)).toMatchObject({ state: 'stopped', lastError: expect.stringContaining('LINK_ENCRYPTION_KEY') })
    await db.projectLink.update({ where: { projectId }, data: { encryptedKey: sealed } })
    await rotated.close()
  })

  it('leaves the rows when it is unlinked, and takes its webhook away', async () => {
    const flags = await db.featureFlag.count({ where: { projectId } })
    expect(await links.unlink(projectId)).toBe(true)
    expect(await links.unlink(projectId)).toBe(false)
    expect(await db.featureFlag.count({ where: { projectId } })).toBe(flags)
    expect([...posthog.state.hogFunctions.values()].every(({ deleted }) => deleted)).toBe(true)
  })

  it('says no key in its log, nor in what it stores', async () => {
    expect(JSON.stringify(lines)).not.toContain(posthog.key.token)
    expect(lines.length).toBeGreaterThan(5)
    const stored = await db.$queryRaw<{ text: string }[]>`SELECT string_agg(l::text, ' ') AS text FROM project_links l`
    expect(stored[0]?.text ?? '').not.toContain(posthog.key.token)
  })
})
