import { describe, expect, it } from 'vitest'
import { OperatorError } from '../../../src/platform/operatorError.ts'
import { addRole } from '../../support/posthog/people.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { bothFlags, linkStage } from './support.ts'

describe('the first copy', async () => {
  const stage = await linkStage()
  const { posthog, db, clock, links, round, linked, linkOf } = stage
  const { person, rows, state } = posthog

  it('has every kind of row, also what no list shows', async () => {
    posthog.fill({ flags: 230, experiments: 20 })
    const holdout = person.createHoldout('Everyone else', 10)
    const metric = rows.savedMetric({ name: 'Purchases' })
    rows.action({ name: 'Bought' })
    rows.cohort({ name: 'Testers' })
    rows.groupTypes('company')
    rows.prompt('greeting', 'Say hello.')
    const inner = rows.flag({ key: 'survey-targeting' })
    rows.survey({ name: 'How was it?', targeting_flag: inner.id })
    const secret = rows.flag({
      key: 'secret-settings',
      filters: { groups: [], payloads: { true: '"hidden-payload"' } },
      is_remote_configuration: true,
      has_encrypted_payloads: true,
    })
    const big = rows.flag({ key: 'big-numbers', filters: { groups: [], payloads: {}, big: JSON.parse('12345678901234567890') } })
    const used = rows.flag({ key: 'used:deleted:1', deleted: true, active: false })
    rows.experiment({ name: 'With a deleted flag', feature_flag_id: used.id, holdout_id: holdout.id })
    addRole(state, posthog.organization.id, 'Approvers', [posthog.owner.id])
    person.createPolicy({ action_key: 'feature_flag.enable', approver_config: { quorum: 1, users: [posthog.owner.id] } })

    const project = await linked()
    const { id: projectId } = project
    await round(1)
    const link = await linkOf(projectId)
    expect(link).toMatchObject({ state: 'following', lastError: null, copy: null, behindBy: 0 })
    const { ours, theirs } = await bothFlags(db, projectId, posthog)
    const redacted = theirs.map((flag) =>
      flag.replace(/"payloads":\{"true":"[^}]*hidden-payload[^}]*\}/, '"payloads":{"true":"********* (encrypted)"}'),
    )
    expect(ours).toEqual(redacted)
    const where = { projectId }
    expect({
      experiments: await db.experiment.count({ where }),
      holdouts: await db.holdout.count({ where }),
      metrics: (await db.savedMetric.findMany({ where })).map(({ importedId }) => importedId),
      actions: await db.action.count({ where }),
      prompts: await db.prompt.count({ where }),
      surveys: await db.survey.count({ where: { projectId, targetingFlagId: { not: null } } }),
      policies: (await db.approvalPolicy.findMany({ where })).map(({ actionKey, quorum, approverUserIds }) => [
        actionKey,
        quorum,
        approverUserIds.length,
      ]),
    }).toEqual({
      experiments: 21,
      holdouts: 1,
      metrics: [metric.id],
      actions: 1,
      prompts: 1,
      surveys: 1,
      policies: [['FEATURE_FLAG_ENABLE', 1, 1]],
    })
    const stored = await db.featureFlag.findMany({ where: { projectId, importedId: { in: [secret.id, big.id, inner.id, used.id] } } })
    const byId = new Map(stored.map((flag) => [flag.importedId, flag]))
    expect(byId.get(secret.id)?.filters).toMatchObject({ payloads: { true: '********* (encrypted)' } })
    expect(JSON.stringify(byId.get(big.id)?.filters)).toContain('12345678901234567890')
    expect(byId.get(inner.id)).toMatchObject({ usedBySurvey: true, deleted: false })
    expect(byId.get(used.id)).toMatchObject({ deleted: true })
    expect(await db.linkStagedRow.count({ where })).toBe(0)
    expect(await db.activity.count({ where })).toBe(0)
    // The organization's people are known by their addresses.
    expect(
      await db.role.findMany({ where: { organizationId: project.organizationId }, select: { name: true, members: true } }),
    ).toMatchObject([{ name: 'Approvers', members: [{}] }])
  })

  it('goes on where a server was killed, and shows nothing before it is whole', async () => {
    const project = await linked()
    const fault = posthog.faults.on({ kind: 'serverError', on: 'experiments/' })
    await round(1)
    const halfway = await linkOf(project.id)
    expect(halfway).toMatchObject({ state: 'copying', copiedAt: null, lastError: expect.stringContaining('500') })
    expect(await db.featureFlag.count({ where: { projectId: project.id } })).toBe(0)
    expect(await db.linkStagedRow.count({ where: { projectId: project.id, kind: 'feature_flags' } })).toBeGreaterThan(200)
    fault.off()
    const requests = await round(400)
    expect(requests.filter((request) => request.includes('/feature_flags/?order=id'))).toEqual([])
    expect(await linkOf(project.id)).toMatchObject({ state: 'following' })
    const { ours, theirs } = await bothFlags(db, project.id, posthog)
    expect(ours.length).toBe(theirs.length)
  })

  it('is tried again soon while it gets on between its failures, and later and later when it does not', async () => {
    const project = await linked()
    /** A round in which this list fails, after the wait that the last one asked for. */
    const failAt = async (list: string, seconds: number) => {
      const fault = posthog.faults.on({ kind: 'serverError', on: list })
      await round(seconds)
      fault.off()
      const { state, failures, nextRoundAt } = await linkOf(project.id)
      return { state, failures, seconds: Math.round((nextRoundAt.getTime() - clock.now().getTime()) / 1_000) }
    }
    for (const list of ['actions/', 'feature_flags/', 'experiments/']) {
      const { state, failures, seconds } = await failAt(list, 11)
      expect({ list, state, failures }).toEqual({ list, state: 'copying', failures: 1 })
      expect(seconds).toBeLessThanOrEqual(10)
    }
    expect(await failAt('experiments/', 11)).toMatchObject({ failures: 2 })
    expect(await failAt('experiments/', 21)).toMatchObject({ failures: 3 })
    await round(41)
    expect(await linkOf(project.id)).toMatchObject({ state: 'following', failures: 0 })
  })

  it('loses no row while others are deleted', async () => {
    const project = await linked()
    let deleted = 0
    const fault = posthog.faults.on({
      kind: 'meanwhile',
      on: /feature_flags\/\?order=id/,
      after: () => {
        const first = state.flags.where((flag) => !flag.deleted && flag.internal === null && state.experimentsOf(flag).length === 0)[0]
        if (first !== undefined && deleted++ < 3) person.deleteFlag(first.id)
      },
    })
    await round(1)
    fault.off()
    await round()
    const { ours, theirs } = await bothFlags(db, project.id, posthog)
    expect(ours.map((flag) => JSON.parse(flag).key)).toEqual(theirs.map((flag) => JSON.parse(flag).key))
  })

  it('keeps rows that it cannot store, with the reason', async () => {
    const odd = rows.flag({ key: 'odd', ensure_experience_continuity: true, bucketing_identifier: 'device_id' })
    const project = await linked()
    await round(1)
    expect(await db.linkSkippedRow.findMany({ where: { projectId: project.id, kind: 'feature_flags' } })).toMatchObject([
      { upstreamId: String(odd.id), reason: expect.stringContaining('bucketing_identifier') },
    ])
    person.updateFlag(odd.id, { ensure_experience_continuity: false })
    await round()
    expect(await db.linkSkippedRow.count({ where: { projectId: project.id } })).toBe(0)
  })

  it('asks once more what fails at once', async () => {
    const target = { host: posthog.origin, upstreamProjectId: posthog.project.id, key: posthog.key.token }
    const healthy = await links.check(target)
    posthog.faults.on({ kind: 'dropped', on: '/cohorts/', times: 1 })
    posthog.faults.on({ kind: 'html', on: '/users/@me/', times: 1 })
    posthog.faults.on({ kind: 'serverError', on: '/experiments/0/', times: 1 })
    expect(await links.check(target)).toEqual(healthy)
    posthog.faults.on({ kind: 'throttled', seconds: 17, on: '/cohorts/', times: 1 })
    await expect(links.check(target)).rejects.toMatchObject({ kind: 'throttled', retryAfter: 17 })
    posthog.faults.allOff()
    await db.upstreamBudget.updateMany({ data: { blockedUntil: null } })
  })

  it('says what is wrong before it stores anything', async () => {
    const project = await seedProject(db, await seedOrganization(db))
    const target = { projectId: project.id, host: posthog.origin, upstreamProjectId: posthog.project.id, mode: 'mirror' as const }
    const key = (scopes: string[]) => posthog.addKey(posthog.owner, { scopes }).token
    await expect(links.link({ ...target, key: 'phx_wrong_key_0000000000' })).rejects.toThrow('PostHog does not know the key')
    await expect(links.link({ ...target, key: key(['project:read', 'experiment:read']) })).rejects.toThrow(
      'it needs the scope feature_flag:read',
    )
    await expect(links.link({ ...target, upstreamProjectId: 99, key: posthog.key.token })).rejects.toThrow('has no project 99')
    expect(await db.projectLink.count({ where: { projectId: project.id } })).toBe(0)
    const check = await links.check({
      host: posthog.origin,
      upstreamProjectId: 1,
      key: key(['project:read', 'feature_flag:write', 'experiment:read']),
    })
    expect(check.permissions.find(({ kind }) => kind === 'feature flags')).toMatchObject({ canRead: true, canWrite: true })
    expect(check.permissions.find(({ kind }) => kind === 'experiments')).toMatchObject({
      canWrite: false,
      missingWriteScope: 'experiment:write',
    })
    expect(check.permissions.find(({ kind }) => kind === 'surveys')).toMatchObject({ canRead: false, missingReadScope: 'survey:read' })
    await links.link({ ...target, key: posthog.key.token })
    await expect(links.link({ ...target, key: posthog.key.token })).rejects.toThrow(OperatorError)
  })
})
