import { expect } from 'vitest'
import type { Db } from '../../../src/database/client.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { seedFlag, seedProject } from '../../support/seed.ts'
import { seedTenant } from '../../support/testServer.ts'

const filters = (percentage: number) => ({ groups: [{ properties: [], rollout_percentage: percentage }] })

/** What became of the writes. Those without an answer may have been carried out, and those that were refused too. */
export interface Figures {
  answered: number
  refused: number
  unanswered: number
  /** Acknowledged, but not there. */
  lost: number
  /** A change without its activity entry, an entry without its change, or a guarded flag that was changed. */
  halfDone: number
  secondsToRecover: number[]
}

export const noFigures = (): Figures => ({ answered: 0, refused: 0, unanswered: 0, lost: 0, halfDone: 0, secondsToRecover: [] })

/** Prepares so many writes on an empty database. Every other one is guarded by a policy, and becomes a change request. */
export async function gatedWrites(db: Db, count: number) {
  const tenant = await seedTenant(db)
  await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [await seedColleague(db, tenant)])
  const flags: { id: number }[] = []
  for (let n = 0; n < count; n += 2) flags.push(await seedFlag(db, tenant.project, { filters: filters(10) }))
  // The policy does not guard the flags of this project.
  const project = await seedProject(db, tenant.organization)
  const acknowledged = new Set<number>()
  const flagOf = (n: number) => (n % 2 === 0 ? flags[n / 2] : undefined)

  function mutation(n: number): string {
    const flag = flagOf(n)
    return flag === undefined
      ? `mutation { result: createFeatureFlag(input: { projectId: ${project.id}, key: "write-${n}" }) { __typename } }`
      : `mutation { result: updateFeatureFlag(input: { id: ${flag.id}, filters: { groups: [{ properties: [], rollout_percentage: 90 }] } }) { __typename } }`
  }

  return {
    /** Sends write `n`, and counts what becomes of it. Returns whether it was acknowledged. */
    async send(url: string, n: number, figures: Figures): Promise<boolean> {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.key}` },
          body: JSON.stringify({ query: mutation(n) }),
        })
        const { data, errors } = (await response.json()) as {
          data?: { result?: { __typename: string } }
          errors?: { extensions: { code: string } }[]
        }
        if (errors !== undefined) {
          // On a busy machine, a request can take too long to come in.
          if (response.status !== 408) {
            expect(errors[0]?.extensions.code, JSON.stringify(errors)).toMatch(/SERVICE_UNAVAILABLE|TIMEOUT/)
            expect([503, 504]).toContain(response.status)
          }
          figures.refused++
          return false
        }
        expect(data?.result?.__typename).toBe(flagOf(n) === undefined ? 'FeatureFlag' : 'ApprovalRequiredError')
        figures.answered++
        acknowledged.add(n)
        return true
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
        figures.unanswered++
        return false
      }
    },

    /** Counts what is lost and half done. */
    async inspect(db: Db, figures: Figures): Promise<void> {
      const created = await db.featureFlag.findMany({ where: { key: { startsWith: 'write-' } }, select: { id: true, key: true } })
      const requested = await db.changeRequest.findMany({ select: { id: true, featureFlagId: true } })
      const entries = await db.activity.findMany({ select: { featureFlagId: true, changeRequestId: true } })
      const createdKeys = new Set(created.map(({ key }) => key))
      const requestedFlags = new Set(requested.map(({ featureFlagId }) => featureFlagId))
      for (const n of acknowledged) {
        const flag = flagOf(n)
        const isThere = flag === undefined ? createdKeys.has(`write-${n}`) : requestedFlags.has(flag.id)
        if (!isThere) figures.lost++
      }
      const countEntries = (isOf: (entry: (typeof entries)[number]) => boolean) => entries.filter(isOf).length
      for (const { id } of created) if (countEntries(({ featureFlagId }) => featureFlagId === id) !== 1) figures.halfDone++
      for (const { id } of requested) if (countEntries(({ changeRequestId }) => changeRequestId === id) !== 1) figures.halfDone++
      if (entries.length !== created.length + requested.length) figures.halfDone++
      // A guarded flag is as it was.
      figures.halfDone += await db.featureFlag.count({ where: { id: { in: flags.map(({ id }) => id) }, version: { gt: 1 } } })
    },
  }
}
