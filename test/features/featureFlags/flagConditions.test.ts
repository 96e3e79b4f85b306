import { describe, expect, it } from 'vitest'
import { seedFlag } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run } = await testServer()
const { key, project } = await seedTenant(db)
const stranger = await seedTenant(db)

const selection = `
  conditions {
    index rolloutPercentage variantKey description exposureFrozen groupType { name }
    properties { kind key operator value negated groupType { name } cohort { name } featureFlag { key } }
  }
  conditionsProblem payload hasEncryptedPayloads groupType { name } bucketing earlyExit featureEnrollment holdoutExclusionPercentage`

async function read(filters: unknown, flag: object = {}) {
  const { id } = await seedFlag(db, project, { filters: filters as object, ...flag })
  const { data, errors } = await run(key, `query ($id: ID!) { node(id: $id) { ... on FeatureFlag { ${selection} } } }`, {
    id: globalId('FeatureFlag', id),
  })
  expect(errors).toBeUndefined()
  return data.node
}

const property = (stored: object, expected: object) => ({
  stored,
  expected: {
    kind: 'PERSON',
    operator: 'EXACT',
    value: null,
    negated: false,
    groupType: null,
    cohort: null,
    featureFlag: null,
    ...expected,
  },
})

describe('the typed conditions of a flag', () => {
  it('say what the filters say', async () => {
    await db.groupType.create({ data: { projectId: project.id, index: 1, name: 'company' } })
    const cohort = await db.cohort.create({ data: { projectId: project.id, name: 'Testers' } })
    const foreign = await db.cohort.create({ data: { projectId: stranger.project.id, name: 'Foreign' } })
    const parent = await seedFlag(db, project, { key: 'parent' })
    const foreignFlag = await seedFlag(db, stranger.project, { key: 'foreign' })
    const deletedFlag = await seedFlag(db, project, { key: 'gone', deleted: true })
    const inCohort = { kind: 'COHORT', key: 'id', operator: 'IN' }
    const onFlag = (name: string) => ({ key: name, type: 'flag', operator: 'flag_evaluates_to', value: true })
    const isOn = (name: string) => ({ kind: 'FLAG', key: name, operator: 'FLAG_EVALUATES_TO', value: true })
    const properties = [
      property({ key: 'plan', value: ['pro'] }, { key: 'plan', value: ['pro'] }),
      property(
        { key: 5, type: 'person', operator: 'not_icontains_multi', value: ['a'], negation: true },
        { key: '5', operator: 'NOT_ICONTAINS_MULTI', value: ['a'], negated: true },
      ),
      property({ key: 'age', type: 'person', operator: 'min', value: 18 }, { key: 'age', operator: 'GTE', value: 18 }),
      property({ key: 'x', type: 'person', operator: 'is_near', value: 1 }, { key: 'x', operator: 'UNKNOWN', value: 1 }),
      property(
        { key: 'size', type: 'group', group_type_index: 1, operator: 'gt', value: 5 },
        { kind: 'GROUP', key: 'size', operator: 'GT', value: 5, groupType: { name: 'company' } },
      ),
      property({ key: 'size', type: 'group', group_type_index: 3, operator: 'is_set' }, { kind: 'GROUP', key: 'size', operator: 'IS_SET' }),
      property({ key: 'id', type: 'cohort', value: cohort.id }, { ...inCohort, value: cohort.id, cohort: { name: 'Testers' } }),
      property(
        { key: 'id', type: 'cohort', operator: 'not_in', value: foreign.id },
        { ...inCohort, operator: 'NOT_IN', value: foreign.id },
      ),
      property({ key: 'id', type: 'cohort', operator: 'exact', value: 99_999_999_999 }, { ...inCohort, value: 99_999_999_999 }),
      property(onFlag(String(parent.id)), { ...isOn(String(parent.id)), featureFlag: { key: 'parent' } }),
      property(onFlag('parent'), { ...isOn('parent'), featureFlag: { key: 'parent' } }),
      property(onFlag(String(foreignFlag.id)), isOn(String(foreignFlag.id))),
      property(onFlag('foreign'), isOn('foreign')),
      property(onFlag(String(deletedFlag.id)), isOn(String(deletedFlag.id))),
      property(onFlag('gone'), isOn('gone')),
    ]
    const stamps = { exposure_frozen: true, exposure_frozen_cohort: cohort.id }
    const groups = [
      { properties: properties.map(({ stored }) => stored), rollout_percentage: 12.5, variant: 'test', description: 'Some', ...stamps },
      { properties: null, aggregation_group_type_index: null, variant: '' },
      { rollout_percentage: null },
    ]
    const filters = {
      groups,
      aggregation_group_type_index: 1,
      early_exit: true,
      feature_enrollment: true,
      holdout: { id: 4, exclusion_percentage: 7 },
    }
    const set = {
      rolloutPercentage: null,
      variantKey: null,
      description: null,
      exposureFrozen: false,
      groupType: { name: 'company' },
      properties: [],
    }
    expect(await read(filters, { bucketingIdentifier: 'device_id' })).toEqual({
      conditions: [
        {
          ...set,
          index: 0,
          properties: properties.map(({ expected }) => expected),
          rolloutPercentage: 12.5,
          variantKey: 'test',
          description: 'Some',
          exposureFrozen: true,
        },
        { ...set, index: 1, groupType: null },
        { ...set, index: 2 },
      ],
      conditionsProblem: null,
      payload: null,
      hasEncryptedPayloads: false,
      groupType: { name: 'company' },
      bucketing: 'DEVICE_ID',
      earlyExit: true,
      featureEnrollment: true,
      holdoutExclusionPercentage: 7,
    })
  })

  it.each<[string, unknown, string | null]>([
    ['no list', { groups: {} }, '`groups` is no list.'],
    ['a set that is no object', { groups: [{}, null] }, 'Set 1: it is no object.'],
    ['a percentage that is text', { groups: [{ rollout_percentage: '5' }] }, 'Set 0: its percentage is no number.'],
    ['properties that are no list', { groups: [{ properties: {} }] }, 'Set 0: its properties are no list.'],
    ['a property that is no object', { groups: [{ properties: [1] }] }, 'Set 0: a property is no object.'],
    ['a property without a key', { groups: [{ properties: [{}] }] }, 'Set 0: a property has no key.'],
    ['a property of another type', { groups: [{ properties: [{ key: 'x', type: 'event' }] }] }, 'Set 0: a property has an unknown type.'],
    ['a type of JavaScript', { groups: [{ properties: [{ key: 'x', type: 'constructor' }] }] }, 'Set 0: a property has an unknown type.'],
    ['a group type that is no index', { groups: [{ aggregation_group_type_index: 'x' }] }, 'Set 0: its group type is no index.'],
    [
      'another group type that is none',
      { groups: [{ properties: [{ key: 'x', type: 'group', group_type_index: -1 }] }] },
      'Set 0: the group type of a property is no index.',
    ],
    ['a newer format', { version: 2, groups: [{}] }, 'The filters are of a newer format.'],
    ['no sets', {}, null],
    ['null for sets', { groups: null }, null],
  ])('are empty for %s, and a text says why', async (_name, filters, problem) => {
    expect(await read(filters)).toMatchObject({ conditions: [], conditionsProblem: problem })
  })
})

it.each<[unknown, object, unknown]>([
  [{ payloads: { true: '{"a":1}' } }, {}, { a: 1 }],
  [{ payloads: { true: 'no json' } }, {}, 'no json'],
  [{ payloads: { true: '1' }, multivariate: { variants: [{ key: 'true' }] } }, {}, null],
  [{ payloads: [] }, {}, null],
  [{ payloads: null }, {}, null],
  [{ payloads: { true: 'secret' } }, { isRemoteConfiguration: true, hasEncryptedPayloads: true }, null],
])('the payload of %j', async (filters, flag, payload) => {
  expect(await read(filters, flag)).toMatchObject({ payload, hasEncryptedPayloads: 'hasEncryptedPayloads' in flag })
})

it.each<[unknown, number | null]>([
  [{ holdout: { id: 1, exclusion_percentage: 250 } }, 100],
  [{ holdout: { id: 1, exclusion_percentage: 'x' } }, null],
  [{ holdout: 5 }, null],
  [{ holdout_groups: [{ rollout_percentage: 9, variant: 'holdout-1' }] }, 9],
  [{ holdout_groups: 'x' }, null],
])('the holdout of %j', async (filters, percentage) => {
  expect(await read(filters)).toMatchObject({ holdoutExclusionPercentage: percentage })
})
