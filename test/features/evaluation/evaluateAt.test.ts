import { describe, expect, it } from 'vitest'
import { getErrors } from '../../support/lists.ts'
import { seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, time } = await testServer()
const { key, project, user } = await seedTenant(db)

const ask = (id: string, at: string | null, asker = key) =>
  run(
    asker,
    `query ($id: ID!, $at: DateTime) { node(id: $id) { ... on FeatureFlag {
      evaluate(distinctId: "ada", personProperties: { plan: "pro", joined: "2026-11-18T00:00:00Z" }, at: $at) { key enabled reason featureFlag { key } } } } }`,
    { id, at },
  )
const enabled = async (id: string, at: string | null) => {
  const { data, errors } = await ask(id, at)
  expect(errors).toBeUndefined()
  return data.node.evaluate.enabled
}
const wrong = [{ code: 'BAD_USER_INPUT', argument: 'at' }]

describe('FeatureFlag.evaluate(at)', () => {
  const at = (minute: number) => `2026-11-20T10:0${minute}:00.000Z`
  async function edit(minute: number, input: object) {
    time.now = new Date(at(minute))
    const update =
      'mutation ($in: UpdateFeatureFlagInput!) { it: updateFeatureFlag(input: $in) { ... on FeatureFlag { id } ... on Error { message } } }'
    const { data } = await run(key, update, { in: input })
    expect(data.it.message).toBeUndefined()
  }
  const of = (plan: string) => [{ properties: [{ person: { key: 'plan', operator: 'EXACT', value: plan } }] }]

  it('is the flag of then, with its key, its conditions and its state', async () => {
    time.now = new Date(at(1))
    const create = 'mutation ($in: CreateFeatureFlagInput!) { it: createFeatureFlag(input: $in) { ... on FeatureFlag { id } } }'
    const { data } = await run(key, create, { in: { projectId: project.id, key: 'banner', active: true, conditions: of('pro') } })
    const { id } = data.it
    const onOther = await seedFlag(db, project, { filters: { groups: [{ properties: [], rollout_percentage: 100 }] } })
    await edit(2, { id, conditions: of('free') })
    await edit(3, { id, conditions: [{ properties: [{ flag: { featureFlagId: String(onOther.id), value: true } }] }] })
    await edit(4, { id, active: false })
    await edit(5, { id, key: 'renamed', conditions: [], active: true })
    time.now = new Date(at(9))
    expect(await Promise.all([1, 2, 3, 4, 5, 9].map((minute) => enabled(id, at(minute))))).toEqual([true, false, true, false, false, false])
    expect(await enabled(id, null)).toBe(false)
    expect((await ask(id, at(1))).data.node.evaluate).toMatchObject({ key: 'banner', featureFlag: { key: 'renamed' } })
    // Other flags are as they are now.
    await db.featureFlag.update({ where: { id: onOther.id }, data: { active: false } })
    expect(await enabled(id, at(3))).toBe(false)

    expect(getErrors(await ask(id, at(0)))).toEqual(wrong)
    expect(getErrors(await ask(id, '2026-11-20T10:09:00.001Z'))).toEqual(wrong)
    const reader = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    expect(getErrors(await ask(id, at(3), reader))).toMatchObject([{ code: 'FORBIDDEN' }])
    expect(getErrors(await ask(id, null, reader))).toEqual([])
    const strange = (await seedTenant(db)).key
    expect((await ask(id, at(3), strange)).data.node).toBeNull()
  })

  it('has the clock of then', async () => {
    time.now = new Date('2026-11-01T00:00:00Z')
    const create = 'mutation ($in: CreateFeatureFlagInput!) { it: createFeatureFlag(input: $in) { ... on FeatureFlag { id } } }'
    const conditions = [{ properties: [{ person: { key: 'joined', operator: 'IS_DATE_AFTER', value: '-3d' } }] }]
    const { data } = await run(key, create, { in: { projectId: project.id, key: 'newcomers', active: true, conditions } })
    time.now = new Date('2026-11-30T00:00:00Z')
    expect([await enabled(data.it.id, '2026-11-19T00:00:00Z'), await enabled(data.it.id, null)]).toEqual([true, false])
  })

  it('refuses times of which the trail has a gap, and says what is known', async () => {
    time.now = new Date(at(1))
    const flag = await seedFlag(db, project, { createdAt: new Date(at(1)), filters: { groups: [] } })
    const id = globalId('FeatureFlag', flag.id)
    await edit(2, { id, conditions: of('pro') })
    // An import leaves no entry.
    await db.featureFlag.update({ where: { id: flag.id }, data: { version: 3, filters: { groups: [{ properties: [] }] } } })
    await edit(4, { id, rolloutPercentage: 100, name: 'Known again' })
    expect(await enabled(id, at(4))).toBe(true)
    const answer = await ask(id, at(3))
    expect(getErrors(answer)).toEqual(wrong)
    expect(answer.errors?.[0]?.message).toContain(at(4))
  })
})

describe('evaluateFeatureFlags(at)', () => {
  const askAll = (keys: string[], at: string | null, asker = key) =>
    run(
      asker,
      `query ($keys: [String!]!, $at: DateTime) { evaluateFeatureFlags(projectId: ${project.id}, keys: $keys, distinctId: "ada", personProperties: { plan: "pro" }, at: $at) {
        key enabled reason featureFlag { id } } }`,
      { keys, at },
    )
  const of = (plan: string) => [{ properties: [{ person: { key: 'plan', operator: 'EXACT', value: plan } }] }]
  const at = (minute: number) => `2026-11-21T10:0${minute}:00.000Z`
  const create = 'mutation ($in: CreateFeatureFlagInput!) { it: createFeatureFlag(input: $in) { ... on FeatureFlag { id } } }'
  const update =
    'mutation ($in: UpdateFeatureFlagInput!) { it: updateFeatureFlag(input: $in) { ... on FeatureFlag { id } ... on Error { message } } }'

  it('has each flag as it was, in the order of the keys', async () => {
    time.now = new Date(at(1))
    const first = await run(key, create, { in: { projectId: project.id, key: 'then-on', active: true, conditions: of('pro') } })
    time.now = new Date(at(2))
    await run(key, update, { in: { id: first.data.it.id, active: false } })
    time.now = new Date(at(3))
    await run(key, create, { in: { projectId: project.id, key: 'later', active: true, conditions: of('pro') } })
    time.now = new Date(at(9))
    const keys = ['later', 'nothing', 'then-on', 'later']
    const reasons = async (minute: number | null) => {
      const { data, errors } = await askAll(keys, minute === null ? null : at(minute))
      expect(errors).toBeUndefined()
      expect(data.evaluateFeatureFlags.map((answer: { key: string }) => answer.key)).toEqual(keys)
      return data.evaluateFeatureFlags.map(({ reason }: { reason: string }) => reason)
    }
    const [on, off, none] = ['CONDITION_MATCH', 'FLAG_DISABLED', 'FLAG_NOT_FOUND']
    // A flag that was made later does not exist yet.
    expect(await reasons(1)).toEqual([none, none, on, none])
    expect(await reasons(2)).toEqual([none, none, off, none])
    expect(await reasons(3)).toEqual([on, none, off, on])
    expect(await reasons(null)).toEqual([on, none, off, on])
  })

  it('refuses what `FeatureFlag.evaluate` refuses, and names the flag', async () => {
    time.now = new Date(at(4))
    const flag = await seedFlag(db, project, { key: 'gap', createdAt: new Date(at(1)), filters: { groups: [] }, version: 4 })
    time.now = new Date(at(5))
    await run(key, update, { in: { id: globalId('FeatureFlag', flag.id), conditions: of('pro') } })
    time.now = new Date(at(9))
    const answer = await askAll(['then-on', 'gap'], at(2))
    expect(getErrors(answer)).toEqual(wrong)
    expect(answer.errors?.[0]?.message).toContain('"gap"')
    expect(getErrors(await askAll(['gap'], '2026-11-21T10:09:00.001Z'))).toEqual(wrong)
    const reader = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    expect(getErrors(await askAll(['gap'], at(9), reader))).toMatchObject([{ code: 'FORBIDDEN' }])
    expect(getErrors(await askAll(['gap'], null, reader))).toEqual([])
  })
})
