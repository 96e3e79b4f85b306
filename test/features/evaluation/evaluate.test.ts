import { beforeEach, describe, expect, it } from 'vitest'
import { getErrors } from '../../support/lists.ts'
import { seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'
import examples from './examples.json' with { type: 'json' }

const tested = await testServer()
const { db, run, time } = tested
const { key, project, organization, user } = await seedTenant(db)
const stranger = await seedTenant(db)

type Json = Record<string, unknown>
const argumentTypes = '$distinctId: String!, $groups: JSON, $personProperties: JSON, $groupProperties: JSON'
const subject = 'distinctId: $distinctId, groups: $groups, personProperties: $personProperties, groupProperties: $groupProperties'
const everything = `key enabled variant payload reason conditionIndex bucketedBy missing featureFlag { key }
  conditions {
    index matched propertiesMatched outOfRollout rolloutPercentage variantKey explanation
    properties { actual matched explanation condition { kind key operator value cohort { databaseId } featureFlag { key } } }
  }`
const evaluateByKeys = `query ($projectId: ID!, $keys: [String!]!, ${argumentTypes}) {
  answers: evaluateFeatureFlags(projectId: $projectId, keys: $keys, ${subject}) { ${everything} } }`
const evaluateOne = `query ($id: ID!, ${argumentTypes}) { node(id: $id) { ... on FeatureFlag { evaluate(${subject}) { ${everything} } } } }`

/** Asks for one flag by its id, and for flags by their keys. */
async function evaluate(flag: { id: number }, context: Json) {
  const { data, errors } = await run(key, evaluateOne, { id: globalId('FeatureFlag', flag.id), ...context })
  expect(errors).toBeUndefined()
  return data.node.evaluate
}
async function evaluateKeys(keys: readonly string[], context: Json, projectId = project.id) {
  const { data, errors } = await run(key, evaluateByKeys, { projectId: String(projectId), keys, ...context })
  expect(errors).toBeUndefined()
  return data.answers
}

const filtersWith = (properties: Json[], more: Json = {}) => ({ groups: [{ properties, rollout_percentage: 100 }], ...more }) as object
const onFlag = (name: unknown, value: unknown = true) => ({ key: String(name), type: 'flag', operator: 'flag_evaluates_to', value })
const inCohort = (id: number, operator = 'in') => ({ key: 'id', type: 'cohort', operator, value: id })

describe('the examples of the specification, through the API', () => {
  beforeEach(async () => {
    await db.featureFlag.deleteMany()
    await db.cohort.deleteMany()
  })

  it.each(examples.cases)('$id', async ({ flag, context, expected, ...given }) => {
    const {
      otherFlags = [],
      cohorts = [],
      groupTypes = {},
      timezone = 'UTC',
      now,
    } = given as Json as {
      otherFlags?: Json[]
      cohorts?: { id: number; filters: object }[]
      groupTypes?: Record<string, string>
      timezone?: string
      now?: string
    }
    time.now = new Date(now ?? '2026-11-20T12:00:00Z')
    const { id: projectId } = await seedProject(db, organization, { timezone })
    for (const stored of [flag as Json, ...otherFlags]) {
      const { bucketingIdentifier = 'distinct_id', ...columns } = stored as { bucketingIdentifier?: 'distinct_id' }
      await seedFlag(db, { id: projectId }, { ...columns, bucketingIdentifier })
    }
    await db.cohort.createMany({ data: cohorts.map((cohort) => ({ projectId, ...cohort })) })
    await db.groupType.createMany({ data: Object.entries(groupTypes).map(([index, name]) => ({ projectId, index: Number(index), name })) })

    const byId = await evaluate(flag, context)
    const [byKey] = await evaluateKeys([flag.key], context, projectId)
    expect(byId).toMatchObject({ ...expected, reason: expected.reason.toUpperCase() })
    expect(byKey).toEqual(byId)
  })

  it('are sixty', () => {
    expect(examples.cases.length).toBe(60)
  })
})

describe('flags by their keys', () => {
  it('are answered in the order asked, also twice, and with unknown ones', async () => {
    await seedFlag(db, project, { key: 'first', filters: filtersWith([]) })
    await seedFlag(db, project, { key: 'second', active: false })
    await seedFlag(db, project, { key: 'gone', deleted: true })
    await seedFlag(db, stranger.project, { key: 'foreign' })
    const answers = await evaluateKeys(['second', 'first', 'gone', 'foreign', '', 'second', '__proto__'], { distinctId: 'a' })
    expect(answers.map((answer: Json) => [answer.key, answer.enabled, answer.reason])).toEqual([
      ['second', false, 'FLAG_DISABLED'],
      ['first', true, 'CONDITION_MATCH'],
      ['gone', false, 'FLAG_NOT_FOUND'],
      ['foreign', false, 'FLAG_NOT_FOUND'],
      ['', false, 'FLAG_NOT_FOUND'],
      ['second', false, 'FLAG_DISABLED'],
      ['__proto__', false, 'FLAG_NOT_FOUND'],
    ])
    expect(answers[2]).toMatchObject({ featureFlag: null, payload: null, missing: [], conditions: [], bucketedBy: null })
    expect(await evaluateKeys([], { distinctId: 'a' })).toEqual([])
  })

  it('depend on flags and cohorts of their own project alone', async () => {
    const foreignFlag = await seedFlag(db, stranger.project, { key: 'their-flag', filters: filtersWith([]) })
    const foreignCohort = await db.cohort.create({
      data: { projectId: stranger.project.id, filters: { properties: { type: 'AND', values: [] } } },
    })
    await seedFlag(db, project, { key: 'on-their-id', filters: filtersWith([onFlag(foreignFlag.id)]) })
    await seedFlag(db, project, { key: 'on-their-key', filters: filtersWith([onFlag('their-flag')]) })
    await seedFlag(db, project, { key: 'in-their-cohort', filters: filtersWith([inCohort(foreignCohort.id)]) })
    const answers = await evaluateKeys(['on-their-id', 'on-their-key', 'in-their-cohort'], { distinctId: 'a' })
    expect(answers.map(({ reason, missing }: Json) => [reason, missing])).toEqual([
      ['MISSING_DEPENDENCY', [`flag:${foreignFlag.id}`]],
      ['MISSING_DEPENDENCY', ['flag:their-flag']],
      ['NO_CONDITION_MATCH', [`cohort:${foreignCohort.id}`]],
    ])
  })

  it('need the scope of flags, and a project that the viewer sees', async () => {
    const variables = { projectId: String(project.id), keys: ['x'], distinctId: 'a' }
    const without = await run(await seedKey(db, user, { scopes: ['experiment:read'] }), evaluateByKeys, variables)
    expect([without.data, getErrors(without)]).toEqual([{ answers: null }, [{ code: 'FORBIDDEN', argument: undefined }]])
    expect(getErrors(await run(stranger.key, evaluateByKeys, variables))[0]?.code).toBe('NOT_FOUND')
  })
})

it('why not: every set and property, with what is missing', async () => {
  await db.groupType.create({ data: { projectId: project.id, index: 0, name: 'company' } })
  const cohort = await db.cohort.create({
    data: { projectId: project.id, filters: { properties: { type: 'AND', values: [{ key: 'country', type: 'person', value: 'DK' }] } } },
  })
  const parent = await seedFlag(db, project, { key: 'why-parent', filters: filtersWith([{ key: 'plan', value: 'pro' }]) })
  const groups: object[] = [
    { properties: [inCohort(cohort.id), { key: 'age', operator: 'gt', value: 5 }], rollout_percentage: 100 },
    { properties: [onFlag(parent.id)], rollout_percentage: 0 },
    { properties: [{ key: 'size', type: 'group', operator: 'gt', value: 5 }], aggregation_group_type_index: 0, variant: 'x' },
  ]
  const flag = await seedFlag(db, project, { key: 'why', filters: { groups } as object })
  const answer = await evaluate(flag, { distinctId: 'a', personProperties: { plan: 'pro', age: 3 } })
  expect(answer).toMatchObject({
    featureFlag: { key: 'why' },
    reason: 'OUT_OF_ROLLOUT_BOUND',
    conditionIndex: 1,
    bucketedBy: 'a',
    missing: ['person:country', 'group:company', 'group:company:size'],
    conditions: [
      {
        index: 0,
        propertiesMatched: false,
        outOfRollout: false,
        properties: [
          { actual: false, matched: false, condition: { kind: 'COHORT', cohort: { databaseId: cohort.id } } },
          { actual: 3, matched: false, condition: { kind: 'PERSON', key: 'age', operator: 'GT', value: 5 } },
        ],
      },
      {
        propertiesMatched: true,
        outOfRollout: true,
        rolloutPercentage: 0,
        properties: [{ actual: true, condition: { featureFlag: { key: 'why-parent' } } }],
      },
      { matched: false, propertiesMatched: false, variantKey: 'x', properties: [{ actual: null }] },
    ],
  })
})

describe('static cohorts', () => {
  it('have the members that are stored here', async () => {
    const known = await db.cohort.create({ data: { projectId: project.id, isStatic: true } })
    const unknown = await db.cohort.create({ data: { projectId: project.id, isStatic: true } })
    const long = `${'😀'.repeat(201)}`
    await db.cohortMember.createMany({
      data: [
        { cohortId: known.id, distinctId: 'member' },
        { cohortId: known.id, distinctId: long },
      ],
    })
    const flag = await seedFlag(db, project, { filters: filtersWith([inCohort(known.id)]) })
    const negative = await seedFlag(db, project, { filters: filtersWith([inCohort(unknown.id, 'not_in')]) })
    const query = `query ($known: ID!, $negative: ID!, $long: String!) {
      known: node(id: $known) { ... on FeatureFlag {
        member: evaluate(distinctId: "member") { enabled } other: evaluate(distinctId: "Member") { enabled missing } long: evaluate(distinctId: $long) { enabled }
      } }
      negative: node(id: $negative) { ... on FeatureFlag { evaluate(distinctId: "member") { enabled missing } } }
    }`
    const { data } = await run(key, query, {
      known: globalId('FeatureFlag', flag.id),
      negative: globalId('FeatureFlag', negative.id),
      long,
    })
    expect(data).toEqual({
      known: { member: { enabled: true }, other: { enabled: false, missing: [] }, long: { enabled: true } },
      negative: { evaluate: { enabled: true, missing: [`cohort:${unknown.id}`] } },
    })
  })
})

it('the matching version of the project decides what booleans match', async () => {
  const second = await seedProject(db, organization, { matchingVersion: 2 })
  for (const { id } of [project, second]) {
    await seedFlag(db, { id }, { key: 'verified', filters: filtersWith([{ key: 'verified', value: 'false' }]) })
  }
  const context = { distinctId: 'a', personProperties: { verified: 'unknown' } }
  const [ofFirst] = await evaluateKeys(['verified'], context)
  const [ofSecond] = await evaluateKeys(['verified'], context, second.id)
  expect([ofFirst.enabled, ofSecond.enabled]).toEqual([true, false])
})

it('encrypted payloads are not shown', async () => {
  const payloads = { true: 'c2VjcmV0' }
  const flag = await seedFlag(db, project, {
    filters: filtersWith([], { payloads }),
    isRemoteConfiguration: true,
    hasEncryptedPayloads: true,
  })
  expect((await evaluate(flag, { distinctId: 'a' })).payload).toBe('********* (encrypted)')
})

it('a number with many digits is compared as it is', async () => {
  const flag = await seedFlag(db, project, { filters: filtersWith([{ key: 'account', value: '12345678901234567890' }]) })
  const ask = (account: string) =>
    run(
      key,
      `{ node(id: "${globalId('FeatureFlag', flag.id)}") { ... on FeatureFlag { evaluate(distinctId: "a", personProperties: { account: ${account} }) {
      enabled conditions { properties { actual } } } } } }`,
    )
  expect((await ask('12345678901234567890')).data.node.evaluate.enabled).toBe(true)
  expect((await ask('12345678901234567891')).data.node.evaluate.enabled).toBe(false)
})

describe('wrong arguments', () => {
  const nested = JSON.parse(`${'{"a":'.repeat(25)}1${'}'.repeat(25)}`) as Json
  it.each<[string, Json]>([
    ['groups', { groups: [] }],
    ['groups', { groups: 'company' }],
    ['personProperties', { personProperties: 5 }],
    ['personProperties', { personProperties: [{ plan: 'pro' }] }],
    ['personProperties', { personProperties: nested }],
    ['personProperties', { personProperties: { text: 'é'.repeat(33_000) } }],
    ['groupProperties', { groupProperties: true }],
    ['groupProperties', { groupProperties: { company: 'acme' } }],
    ['distinctId', { distinctId: 'a'.repeat(1_001) }],
    ['distinctId', { distinctId: 'a\0' }],
  ])('%s: %#', async (argument, wrong) => {
    const flag = await seedFlag(db, project)
    const context = { distinctId: 'a', ...wrong }
    const byId = await run(key, evaluateOne, { id: globalId('FeatureFlag', flag.id), ...context })
    const byKeys = await run(key, evaluateByKeys, { projectId: String(project.id), keys: [flag.key], ...context })
    expect([getErrors(byId), getErrors(byKeys)]).toEqual([[{ code: 'BAD_USER_INPUT', argument }], [{ code: 'BAD_USER_INPUT', argument }]])
  })

  it.each<[string, unknown]>([
    ['too many', Array.from({ length: 101 }, (_, n) => `k${n}`)],
    ['too long', ['k'.repeat(401)]],
    ['with NUL', ['k\0']],
  ])('keys: %s', async (_name, keys) => {
    expect(getErrors(await run(key, evaluateByKeys, { projectId: String(project.id), keys, distinctId: 'a' }))).toEqual([
      { code: 'BAD_USER_INPUT', argument: 'keys' },
    ])
  })

  it('null is the same as not given', async () => {
    const flag = await seedFlag(db, project, { filters: filtersWith([]) })
    const none = { groups: null, personProperties: null, groupProperties: null }
    expect((await evaluate(flag, { distinctId: '', ...none })).enabled).toBe(true)
    expect((await evaluate(flag, { distinctId: 'a', groupProperties: { company: null } })).enabled).toBe(true)
  })
})
