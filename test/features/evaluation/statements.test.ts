import { expect, it } from 'vitest'
import { seedFlag } from '../../support/seed.ts'
import { now } from '../../support/seedGrowingData.ts'
import { createRecordingServer } from '../../support/statementRecorder.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'
import { globalId, seedTenant } from '../../support/testServer.ts'

// How many statements an evaluation sends, however much there is to evaluate.

const { db, pubSub, countStatements } = await openTestDatabase()
const { key, project } = await seedTenant(db)
const run = createRecordingServer({ db, pubSub, transactionSlots: null }, now)

/** Flags that each begin a chain of others, with a cohort of cohorts at each step. */
async function seedChains(chains: number, depth: number) {
  const keys: string[] = []
  const ids: number[] = []
  for (let chain = 0; chain < chains; chain++) {
    let below: string | null = null
    let inner: number | null = null
    for (let step = 0; step < depth; step++) {
      const members = await db.cohort.create({ data: { projectId: project.id, isStatic: true } })
      await db.cohortMember.create({ data: { cohortId: members.id, distinctId: 'person' } })
      const ofCohort = (id: number): object => ({ key: 'id', type: 'cohort', value: id })
      const values: object[] = [ofCohort(members.id), ...(inner === null ? [] : [ofCohort(inner)])]
      const cohort: { id: number } = await db.cohort.create({
        data: { projectId: project.id, filters: { properties: { type: 'AND', values } } },
      })
      const properties: object[] = [
        ofCohort(cohort.id),
        ...(below === null ? [] : [{ key: below, type: 'flag', operator: 'flag_evaluates_to', value: true }]),
      ]
      const flag = await seedFlag(db, project, { filters: { groups: [{ properties }] } as object })
      below = step % 2 === 0 ? String(flag.id) : flag.key
      inner = cohort.id
      if (step === depth - 1) {
        keys.push(flag.key)
        ids.push(flag.id)
      }
    }
  }
  return { keys, ids }
}

const few = await seedChains(1, 1)
const many = await seedChains(10, 6)

function count(query: string, isOn: (data: never) => boolean[]): Promise<number> {
  return countStatements(async () => {
    const { data, errors } = await run(key, query)
    expect(errors).toBeUndefined()
    const enabled = isOn(data as never)
    expect(enabled).toEqual(enabled.map(() => true))
  })
}

it('flags by key take as many statements, however many there are and however deep they depend', async () => {
  const ask = ({ keys }: { keys: string[] }) =>
    `{ answers: evaluateFeatureFlags(projectId: ${project.id}, keys: ${JSON.stringify(keys)}, distinctId: "person") { enabled missing } }`
  const isOn = ({ answers }: { answers: { enabled: boolean }[] }) => answers.map(({ enabled }) => enabled)
  const counts = [await count(ask(few), isOn), await count(ask(many), isOn)]
  // The key, the project, the flags, the cohorts, the group types, and who is a member.
  expect(counts).toEqual([6, 6])
})

it('so do flags as they were', async () => {
  await db.featureFlag.updateMany({ data: { createdAt: new Date(now.getTime() - 1_000) } })
  const ask = ({ keys }: { keys: string[] }) =>
    `{ answers: evaluateFeatureFlags(projectId: ${project.id}, keys: ${JSON.stringify(keys)}, distinctId: "person", at: "${now.toISOString()}") { enabled missing } }`
  const isOn = ({ answers }: { answers: { enabled: boolean }[] }) => answers.map(({ enabled }) => enabled)
  const counts = [await count(ask(few), isOn), await count(ask(many), isOn)]
  expect(new Set(counts).size, String(counts)).toBe(1)
  expect(Math.max(...counts)).toBeLessThanOrEqual(11)
})

it('so do flags that are read by id', async () => {
  const ask = ({ ids }: { ids: number[] }) =>
    `{ nodes(ids: ${JSON.stringify(ids.map((id) => globalId('FeatureFlag', id)))}) { ... on FeatureFlag { evaluate(distinctId: "person") {
      enabled conditions { properties { condition { cohort { name } featureFlag { key } groupType { name } } } } } } } }`
  const isOn = ({ nodes }: { nodes: { evaluate: { enabled: boolean } }[] }) => nodes.map(({ evaluate }) => evaluate.enabled)
  const counts = [await count(ask(few), isOn), await count(ask(many), isOn)]
  expect(new Set(counts).size, String(counts)).toBeLessThanOrEqual(2)
  // Flags that conditions name are looked up by number first, and by key then.
  expect(Math.max(...counts)).toBeLessThanOrEqual(10)
})
