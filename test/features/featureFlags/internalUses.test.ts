import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import type { Transaction } from '../../../src/database/client.ts'
import { seedFlag, seedOrganization, seedProject } from '../../support/seed.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'

// Surveys and tours are changed by whoever may write to the database; what their flags hold follows, by triggers.

const { db } = await openTestDatabase()
const organization = await seedOrganization(db)
const project = await seedProject(db, organization)
const flags = await Promise.all(Array.from({ length: 4 }, () => seedFlag(db, project)))
const flagIds = flags.map(({ id }) => id)
const onPostgres = inject('archive') === ''

const reasonsOf = async (ids: readonly number[]) => {
  const rows = await db.featureFlag.findMany({ where: { id: { in: [...ids] } }, select: { id: true, ineligibility: true } })
  return Object.fromEntries(rows.map(({ id, ineligibility }) => [id, ineligibility]))
}

/** The same, looked for among the surveys and tours themselves. */
const lookedUp = async () => {
  const [surveys, tours] = await Promise.all([db.survey.findMany(), db.productTour.findMany()])
  const bySurveys = new Set(
    surveys.flatMap((survey) => [survey.targetingFlagId, survey.internalTargetingFlagId, survey.internalResponseSamplingFlagId]),
  )
  const byTours = new Set(tours.map(({ internalTargetingFlagId }) => internalTargetingFlagId))
  return Object.fromEntries(
    flagIds.map((id) => [id, [...(bySurveys.has(id) ? ['USED_BY_SURVEY'] : []), ...(byTours.has(id) ? ['USED_BY_PRODUCT_TOUR'] : [])]]),
  )
}

describe('what a flag holds of the surveys and tours that made it', () => {
  const flag = fc.option(fc.nat({ max: 3 }), { freq: 2 }).map((index) => (index === null ? null : (flagIds[index] ?? null)))
  const links = fc.record({
    targetingFlagId: flag,
    internalTargetingFlagId: flag,
    internalResponseSamplingFlagId: flag,
    linkedFlagId: flag,
  })
  const nth = fc.nat({ max: 20 })
  const change = fc.oneof(
    fc.record({ change: fc.constant('surveys' as const), made: fc.array(links, { minLength: 1, maxLength: 3 }) }),
    fc.record({
      change: fc.constant('tours' as const),
      made: fc.array(fc.record({ internalTargetingFlagId: flag }), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ change: fc.constant('survey' as const), nth, links }),
    fc.record({ change: fc.constant('tour' as const), nth, links: fc.record({ internalTargetingFlagId: flag }) }),
    fc.record({ change: fc.constantFrom('survey gone' as const, 'tour gone' as const), nth }),
    fc.record({ change: fc.constantFrom('no surveys' as const, 'no tours' as const, 'all surveys alike' as const) }),
  )

  it('is what is found there, after any changes in any order, some of them undone', async () => {
    const made = { projectId: project.id, name: 'made' }
    async function apply(tx: Transaction, asked: typeof change extends fc.Arbitrary<infer Change> ? Change : never) {
      const some = async (table: 'survey' | 'productTour', at: number) => {
        const rows = await (table === 'survey'
          ? tx.survey.findMany({ orderBy: { id: 'asc' } })
          : tx.productTour.findMany({ orderBy: { id: 'asc' } }))
        return { where: { id: { in: rows.length === 0 ? [] : [rows[at % rows.length]?.id ?? ''] } } }
      }
      if (asked.change === 'surveys') await tx.survey.createMany({ data: asked.made.map((one) => ({ ...made, ...one })) })
      if (asked.change === 'tours') await tx.productTour.createMany({ data: asked.made.map((one) => ({ ...made, ...one })) })
      if (asked.change === 'survey') await tx.survey.updateMany({ ...(await some('survey', asked.nth)), data: asked.links })
      if (asked.change === 'tour') await tx.productTour.updateMany({ ...(await some('productTour', asked.nth)), data: asked.links })
      if (asked.change === 'survey gone') await tx.survey.deleteMany(await some('survey', asked.nth))
      if (asked.change === 'tour gone') await tx.productTour.deleteMany(await some('productTour', asked.nth))
      if (asked.change === 'all surveys alike') await tx.survey.updateMany({ data: { targetingFlagId: flagIds[0] ?? null } })
      if (asked.change === 'no surveys') await tx.$executeRaw`TRUNCATE surveys`
      if (asked.change === 'no tours') await tx.$executeRaw`TRUNCATE product_tours`
    }
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ asked: change, undone: fc.nat({ max: 4 }) }), { minLength: 5, maxLength: 12 }),
        async (steps) => {
          for (const { asked, undone } of steps) {
            const done = db.$transaction(async (tx) => {
              await apply(tx, asked)
              if (undone === 0) throw new Error('undone')
            })
            if (undone === 0) await expect(done).rejects.toThrow('undone')
            else await done
            const held = await reasonsOf(flagIds)
            expect(held).toEqual(await lookedUp())
            for (const reasons of Object.values(held)) seen.add(reasons.join())
          }
        },
      ),
      { numRuns: 25 },
    )
    expect([...seen].sort()).toEqual(['', 'USED_BY_PRODUCT_TOUR', 'USED_BY_SURVEY', 'USED_BY_SURVEY,USED_BY_PRODUCT_TOUR'])
  })

  it('is right in a session that loads data with triggers switched off', async () => {
    const made = await seedFlag(db, project)
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`
      await tx.productTour.create({ data: { projectId: project.id, name: 'loaded', internalTargetingFlagId: made.id } })
    })
    expect(await reasonsOf([made.id])).toEqual({ [made.id]: ['USED_BY_PRODUCT_TOUR'] })
  })

  it('is written to no flag that it is not new to', async () => {
    const made = await seedFlag(db, project)
    const versionOf = async () =>
      (await db.$queryRaw<{ xmin: string }[]>`SELECT xmin::text FROM feature_flags WHERE id = ${made.id}`)[0]?.xmin
    const survey = await db.survey.create({ data: { projectId: project.id, name: 'one', targetingFlagId: made.id } })
    const before = await versionOf()
    await db.survey.create({ data: { projectId: project.id, name: 'another', targetingFlagId: made.id } })
    await db.survey.update({ where: { id: survey.id }, data: { name: 'renamed', linkedFlagId: made.id } })
    expect(await versionOf()).toBe(before)
  })

  // The embedded database has one connection.
  it.runIf(onPostgres).each(['the one that makes it', 'the one that leaves it'])(
    'is right when of two at once %s is first',
    async (first) => {
      const made = await seedFlag(db, project)
      const old = await db.survey.create({ data: { projectId: project.id, name: 'old', targetingFlagId: made.id } })
      const leave = (tx: Transaction) => tx.survey.delete({ where: { id: old.id } })
      const make = (tx: Transaction) => tx.survey.create({ data: { projectId: project.id, name: 'new', internalTargetingFlagId: made.id } })
      const [one, other] = first === 'the one that makes it' ? [make, leave] : [leave, make]

      const waits = async () => {
        const [found] = await db.$queryRaw<
          { waits: boolean }[]
        >`SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') AS waits`
        return found?.waits
      }
      let second: Promise<unknown> = Promise.resolve()
      await db.$transaction(async (tx) => {
        await one(tx)
        second = db.$transaction(other)
        while (!(await waits()));
      })
      await second
      expect(await reasonsOf([made.id])).toEqual({ [made.id]: ['USED_BY_SURVEY'] })
    },
  )
})
