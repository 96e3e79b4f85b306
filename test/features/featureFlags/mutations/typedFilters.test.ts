import { describe, expect, it } from 'vitest'
import { seedColleague, seedPolicy, snapshotFlagsAndExperiments } from '../../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run } = await testServer()

async function ask(key: string, mutation: 'createFeatureFlag' | 'updateFeatureFlag', input: object) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const { data, errors } = await run(
    key,
    `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
      __typename ... on FeatureFlag { databaseId version filters } ... on Error { code message } ... on ValidationError { fieldErrors { path code message } }
    } }`,
    { input },
  )
  return { ...data?.result, errors }
}

async function faults(key: string, mutation: 'createFeatureFlag' | 'updateFeatureFlag', input: object) {
  const before = await snapshotFlagsAndExperiments(db)
  const answer = await ask(key, mutation, input)
  expect(answer).toMatchObject({ __typename: 'ValidationError' })
  expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  return answer.fieldErrors.map(({ path, message }: { path: string[]; message: string }) => `${path.join('.')}: ${message}`)
}

async function scene(flag: object = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { key: 'checkout', ...flag })
  return {
    ...tenant,
    flag: row,
    id: globalId('FeatureFlag', row.id),
    row: () => db.featureFlag.findUniqueOrThrow({ where: { id: row.id } }),
    filters: async () => (await db.featureFlag.findUniqueOrThrow({ where: { id: row.id } })).filters as Record<string, unknown>,
  }
}
const person = (key: string, operator: string, value?: unknown) => ({
  person: { key, operator, ...(value === undefined ? {} : { value }) },
})
const sets = (...groups: object[]) => ({ groups })

describe('createFeatureFlag with typed fields', () => {
  it('stores conditions, variants, payloads and settings in the form of the REST API', async () => {
    const { key, project, flag } = await scene({ filters: controlAndTest })
    const cohort = await db.cohort.create({ data: { projectId: project.id, name: 'Friends' } })
    const answer = await ask(key, 'createFeatureFlag', {
      projectId: project.id,
      key: 'typed',
      conditions: [
        {
          properties: [
            person('country', 'EXACT', ['DE', 'FR']),
            person('email', 'IS_SET'),
            { cohort: { cohortId: globalId('Cohort', cohort.id), excluded: true } },
            { flag: { featureFlagId: globalId('FeatureFlag', flag.id), value: 'test' } },
          ],
          rolloutPercentage: 12.5,
          variantKey: 'b',
          description: 'Friends',
        },
        {},
      ],
      variants: [
        { key: 'a', rolloutPercentage: 50, payload: { text: 'A' } },
        { key: 'b', name: 'B', rolloutPercentage: 50 },
      ],
      earlyExit: true,
      bucketing: 'DEVICE_ID',
      remoteConfiguration: true,
    })
    expect(answer.__typename).toBe('FeatureFlag')
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: answer.databaseId } })).toMatchObject({
      bucketingIdentifier: 'device_id',
      isRemoteConfiguration: true,
      filters: {
        groups: [
          {
            properties: [
              { type: 'person', key: 'country', operator: 'exact', value: ['DE', 'FR'] },
              { type: 'person', key: 'email', operator: 'is_set' },
              { type: 'cohort', key: 'id', operator: 'not_in', value: cohort.id },
              { type: 'flag', key: String(flag.id), operator: 'flag_evaluates_to', value: 'test' },
            ],
            rollout_percentage: 12.5,
            variant: 'b',
            description: 'Friends',
          },
          { properties: [], rollout_percentage: null },
        ],
        multivariate: {
          variants: [
            { key: 'a', rollout_percentage: 50 },
            { key: 'b', name: 'B', rollout_percentage: 50 },
          ],
        },
        payloads: { a: '{"text":"A"}' },
        early_exit: true,
      },
    })
  })

  it('makes a flag about groups, with conditions on their properties', async () => {
    const { key, project } = await seedTenant(db)
    const group = (key: string, more = {}) => ({ group: { key, operator: 'GTE', value: 3, ...more } })
    const input = { projectId: project.id, key: 'of-groups', groupTypeIndex: 1 }
    const answer = await ask(key, 'createFeatureFlag', {
      ...input,
      conditions: [{ properties: [group('size')] }, { groupTypeIndex: null }],
    })
    expect(answer.filters).toEqual({
      groups: [
        {
          properties: [{ key: 'size', type: 'group', operator: 'gte', value: 3, group_type_index: 1 }],
          rollout_percentage: null,
          aggregation_group_type_index: 1,
        },
        { properties: [], rollout_percentage: null, aggregation_group_type_index: null },
      ],
      aggregation_group_type_index: null,
    })
    const wrong = { ...input, key: 'wrong', conditions: [{ properties: [group('size', { groupTypeIndex: 0 }), person('a', 'EXACT', 1)] }] }
    expect(await faults(key, 'createFeatureFlag', wrong)).toEqual([
      'conditions.0.properties.0.group.groupTypeIndex: Must be 1, the group type of its condition set.',
      'conditions.0.properties.1.person: Condition sets about groups can only use group properties.',
    ])
  })

  it('stores any JSON as the payload of a flag without variants, and keeps texts texts', async () => {
    const { key, project } = await seedTenant(db)
    for (const [index, payload] of ['text', '{"a":1}', 7, false, { deep: [1, null] }].entries()) {
      const answer = await ask(key, 'createFeatureFlag', { projectId: project.id, key: `p${index}`, payload })
      expect(answer.filters).toMatchObject({ payloads: { true: JSON.stringify(payload) } })
    }
  })

  it('names each fault at its place in the input', async () => {
    const { key, project } = await scene()
    const stranger = await seedTenant(db)
    const foreignFlag = await seedFlag(db, stranger.project)
    const foreignCohort = await db.cohort.create({ data: { projectId: stranger.project.id, name: 'Theirs' } })
    const deletedCohort = await db.cohort.create({ data: { projectId: project.id, name: 'Gone', deleted: true } })
    const gone = await seedFlag(db, project, { deleted: true })
    const input = { projectId: project.id, key: 'wrong' }
    expect(
      await faults(key, 'createFeatureFlag', {
        ...input,
        conditions: [
          {
            properties: [
              person('a', 'IS_DATE_BEFORE', 'soon'),
              person('a', 'BETWEEN', [3, 1]),
              person('a', 'IN', 3),
              person('', 'IS_SET'),
              person('a', 'UNKNOWN', 3),
            ],
            rolloutPercentage: 101,
            variantKey: 'nope',
            groupTypeIndex: -1,
          },
        ],
        variants: [{ key: 'a b', rolloutPercentage: 120 }],
        payload: 1,
      }),
    ).toEqual([
      'payload: Must be left out: a flag with variants has the payloads of its variants.',
      expect.stringContaining('conditions.0.rolloutPercentage: '),
      expect.stringContaining('conditions.0.groupTypeIndex: '),
      ...['0', '1', '2', '3', '4'].flatMap((at) => [
        ...(at === '3' ? [`conditions.0.properties.${at}.person.key: This field is required.`] : []),
        `conditions.0.properties.${at}.person: Condition sets about groups can only use group properties.`,
        ...(at === '0' ? ['conditions.0.properties.0.person.value: is_date_before needs a date as its value.'] : []),
        ...(at === '1'
          ? ['conditions.0.properties.1.person.value: between needs a list of the least and the greatest number as its value.']
          : []),
        ...(at === '2' ? ['conditions.0.properties.2.person.operator: in is only for cohort properties.'] : []),
        ...(at === '4' ? [`conditions.0.properties.4.person.operator: Unknown operator 'unknown'.`] : []),
      ]),
      expect.stringContaining('variants.0.key: '),
      'variants.0.rolloutPercentage: Must be a number from 0 to 100.',
      `conditions.0.variantKey: Variant override 'nope' does not match any variant key.`,
    ])
    const references = [foreignFlag.id, gone.id, 999_999, 'nonsense', globalId('Cohort', 1)].map((featureFlagId) => ({
      flag: { featureFlagId, value: true },
    }))
    const cohorts = [foreignCohort.id, deletedCohort.id, 'nonsense'].map((cohortId) => ({ cohort: { cohortId } }))
    expect(await faults(key, 'createFeatureFlag', { ...input, conditions: [{}, { properties: [...references, ...cohorts] }] })).toEqual([
      ...references.map((_, at) => `conditions.1.properties.${at}.flag.featureFlagId: The project has no such feature flag.`),
      ...cohorts.map((_, at) => `conditions.1.properties.${5 + at}.cohort.cohortId: The project has no such cohort.`),
    ])
  })

  it.each<[string, object, string[]]>([
    ['no condition set', { conditions: [] }, ['conditions: Feature flags must have at least one condition set (group).']],
    [
      'filters and a typed field',
      { filters: sets({}), earlyExit: true, conditions: [{}] },
      ['conditions: Cannot be sent together with `filters`.', 'earlyExit: Cannot be sent together with `filters`.'],
    ],
    [
      'too many sets',
      { conditions: Array.from({ length: 101 }, () => ({})) },
      ['conditions: Ensure this field has no more than 100 elements.'],
    ],
    [
      'too many properties',
      { conditions: [{ properties: Array.from({ length: 101 }, () => person('a', 'IS_SET')) }] },
      ['conditions.0.properties: Ensure this field has no more than 100 elements.'],
    ],
    [
      'a missing value',
      { conditions: [{ properties: [person('a', 'GT'), person('a', 'EXACT', null)] }] },
      ['conditions.0.properties.0.person.value: GT needs a value.', 'conditions.0.properties.1.person.value: EXACT needs a value.'],
    ],
    ['a long payload', { payload: 'x'.repeat(65_536) }, ['payload: Must be at most 65536 bytes of JSON.']],
    [
      'a description that is too long',
      { conditions: [{ description: 'x'.repeat(4_001) }] },
      ['conditions.0.description: Ensure this field has no more than 4000 characters.'],
    ],
    [
      'shares that do not add up',
      { variants: [{ key: 'a', rolloutPercentage: 10 }] },
      ['variants: Variant rollout percentages must sum to 100, got 10.'],
    ],
    [
      'two ways to tell people apart',
      { bucketing: 'DEVICE_ID', ensureExperienceContinuity: true },
      ['ensureExperienceContinuity: Must be false while the flag buckets by device_id.'],
    ],
  ])('rejects %s', async (_name, input, messages) => {
    const { key, project } = await seedTenant(db)
    expect(await faults(key, 'createFeatureFlag', { projectId: project.id, key: 'wrong', ...input })).toEqual(messages)
  })

  it('takes exactly one kind of condition', async () => {
    const { key, project } = await seedTenant(db)
    const both = { ...person('a', 'IS_SET'), cohort: { cohortId: '1' } }
    for (const property of [both, {}]) {
      const { data, errors } = await run(
        key,
        'mutation ($input: CreateFeatureFlagInput!) { createFeatureFlag(input: $input) { __typename } }',
        {
          input: { projectId: project.id, key: 'wrong', conditions: [{ properties: [property] }] },
        },
      )
      expect([data, errors?.length]).toEqual([undefined, 1])
    }
  })
})

describe('updateFeatureFlag with typed fields', () => {
  const stored = {
    groups: [
      {
        properties: [
          { key: 'country', type: 'person', value: 'DE', operator: 'exact', label: 'Country' },
          { key: 'age', type: 'person', value: 3, operator: 'newer_operator' },
        ],
        rollout_percentage: 40,
        exposure_frozen: true,
        sort_key: 'x',
      },
      { properties: [{ key: 'plan', type: 'person', value: 'pro', operator: 'exact', negation: false }], sort_key: 'y' },
    ],
    something: 'else',
  }
  const first = { properties: [person('country', 'EXACT', 'DE'), person('age', 'UNKNOWN', 3)], rolloutPercentage: 40 }
  const second = { properties: [person('plan', 'EXACT', 'pro')] }

  it('writes nothing when the same comes back', async () => {
    const { key, id, filters } = await scene({ filters: stored })
    expect(await ask(key, 'updateFeatureFlag', { id, conditions: [first, second] })).toMatchObject({ version: 1 })
    expect(await ask(key, 'updateFeatureFlag', { id, conditions: [first, { ...second, rolloutPercentage: 100 }] })).toMatchObject({
      version: 1,
    })
    expect(await filters()).toEqual(stored)
  })

  it('keeps what types cannot say of the sets that stay: by content, then by place', async () => {
    const { key, id, filters } = await scene({ filters: stored })
    // In another order, and with one new.
    expect(await ask(key, 'updateFeatureFlag', { id, conditions: [second, first, {}] })).toMatchObject({ version: 2 })
    expect(await filters()).toEqual({
      ...stored,
      groups: [stored.groups[1], stored.groups[0], { properties: [], rollout_percentage: null }],
    })
    // Another share, and another property in the set at the same place.
    const changed = [{ ...second, rolloutPercentage: 5 }, { properties: [person('country', 'EXACT', 'DE'), person('city', 'IS_SET')] }]
    expect(await ask(key, 'updateFeatureFlag', { id, conditions: changed })).toMatchObject({ version: 3 })
    expect((await filters()).groups).toEqual([
      { ...stored.groups[1], rollout_percentage: 5 },
      {
        properties: [stored.groups[0]?.properties[0], { key: 'city', type: 'person', operator: 'is_set' }],
        rollout_percentage: null,
        exposure_frozen: true,
        sort_key: 'x',
      },
    ])
  })

  it('refuses an unknown operator that is not stored', async () => {
    const { key, id } = await scene({ filters: stored })
    const other = { properties: [person('age', 'UNKNOWN', 4)] }
    expect(await faults(key, 'updateFeatureFlag', { id, conditions: [first, other] })).toEqual([
      `conditions.1.properties.0.person.operator: Unknown operator 'unknown'.`,
    ])
  })

  it('adds condition sets, and sets the share of all', async () => {
    const { key, id, filters } = await scene({ filters: stored })
    expect(await ask(key, 'updateFeatureFlag', { id, addConditions: [{ rolloutPercentage: 1 }], rolloutPercentage: 7 })).toMatchObject({
      version: 2,
    })
    expect((await filters()).groups).toEqual([
      { ...stored.groups[0], rollout_percentage: 7 },
      { ...stored.groups[1], rollout_percentage: 7 },
      { properties: [], rollout_percentage: 1 },
    ])
    expect(await faults(key, 'updateFeatureFlag', { id, rolloutPercentage: 101 })).toEqual([
      'rolloutPercentage: Must be a number from 0 to 100.',
    ])
    expect(await faults(key, 'updateFeatureFlag', { id, rolloutPercentage: 10, addConditions: [{ rolloutPercentage: -1 }] })).toEqual([
      'addConditions.0.rolloutPercentage: Must be a number from 0 to 100.',
    ])
    expect(await faults(key, 'updateFeatureFlag', { id, conditions: [], addConditions: [], rolloutPercentage: 1 })).toEqual([
      'addConditions: Cannot be sent together with `conditions`.',
      'rolloutPercentage: Cannot be sent together with `conditions`.',
    ])
    expect(await ask(key, 'updateFeatureFlag', { id, conditions: [] })).toMatchObject({ version: 3 })
    expect((await filters()).groups).toEqual([])
    expect(await faults(key, 'updateFeatureFlag', { id, rolloutPercentage: 1 })).toEqual([
      'rolloutPercentage: The flag has no condition set.',
    ])
  })

  it('replaces variants, keeps their payloads and what the type does not know, and takes them away', async () => {
    const variants = [
      { key: 'control', rollout_percentage: 50, description: 'kept' },
      { key: 'test', rollout_percentage: 50 },
    ]
    const { key, id, filters } = await scene({
      filters: { groups: [{ properties: [] }], multivariate: { variants }, payloads: { control: '1', test: '2' } },
    })
    await ask(key, 'updateFeatureFlag', {
      id,
      variants: [
        { key: 'control', name: 'Control', rolloutPercentage: 20 },
        { key: 'new', rolloutPercentage: 80, payload: 'three' },
      ],
    })
    expect(await filters()).toMatchObject({
      multivariate: {
        variants: [
          { key: 'control', name: 'Control', rollout_percentage: 20, description: 'kept' },
          { key: 'new', rollout_percentage: 80 },
        ],
      },
      payloads: { control: '1', new: '"three"' },
    })
    expect(await faults(key, 'updateFeatureFlag', { id, payload: 1 })).toHaveLength(1)
    expect(await faults(key, 'updateFeatureFlag', { id, removePayload: true })).toHaveLength(1)
    await ask(key, 'updateFeatureFlag', { id, variants: [], payload: { on: true } })
    expect(await filters()).toMatchObject({ multivariate: null, payloads: { true: '{"on":true}' } })
    expect(await faults(key, 'updateFeatureFlag', { id, payload: 1, removePayload: true })).toEqual([
      'removePayload: Cannot be sent together with `payload`.',
    ])
    await ask(key, 'updateFeatureFlag', { id, payload: null })
    expect(await filters()).toMatchObject({ payloads: { true: '{"on":true}' } })
    await ask(key, 'updateFeatureFlag', { id, removePayload: true })
    expect(await filters()).toMatchObject({ payloads: {} })
  })

  it('takes no variant from a running experiment, nor one that a stored set forces', async () => {
    const { key, id, flag } = await scene({ filters: { ...controlAndTest, groups: [{ properties: [], variant: 'test' }] } })
    const variants = [
      { key: 'control', rolloutPercentage: 50 },
      { key: 'other', rolloutPercentage: 50 },
    ]
    expect(await faults(key, 'updateFeatureFlag', { id, variants })).toEqual([
      `variants: Variant override 'test' does not match any variant key.`,
    ])
    await seedExperiment(db, flag, { startDate: new Date('2026-11-01') })
    expect(await faults(key, 'updateFeatureFlag', { id, variants, conditions: [{}] })).toEqual([
      expect.stringContaining(`variants: Cannot remove variant(s) 'test'`),
    ])
  })

  it('keeps encrypted payloads secret and as they are', async () => {
    const { key, id, row } = await scene({
      filters: { groups: [{}], payloads: { true: 'ciphertext' } },
      isRemoteConfiguration: true,
      hasEncryptedPayloads: true,
    })
    expect(await faults(key, 'updateFeatureFlag', { id, payload: 'open' })).toEqual(['payload: Encrypted payloads cannot be changed here.'])
    expect(await ask(key, 'updateFeatureFlag', { id, conditions: [{}], earlyExit: true })).toMatchObject({ version: 2 })
    expect((await row()).filters).toMatchObject({ payloads: { true: 'ciphertext' } })
  })

  it('lets a policy guard conditions and bucketing, and replays them', async () => {
    for (const [input, done] of [
      [{ conditions: [{ properties: [person('a', 'IS_SET')] }] }, { filters: { groups: [{ properties: [{ key: 'a' }] }] } }],
      [{ bucketing: 'DEVICE_ID' }, { bucketingIdentifier: 'device_id' }],
    ] as const) {
      const { organization, project, key, id, row, flag } = await scene()
      const approver = await seedColleague(db, { organization })
      await seedPolicy(db, { organization, project }, 'FEATURE_FLAG_UPDATE', [approver])
      expect(await ask(key, 'updateFeatureFlag', { id, ...input })).toMatchObject({ __typename: 'ApprovalRequiredError' })
      expect(await row()).toEqual(flag)
      const request = await db.changeRequest.findFirstOrThrow({ where: { projectId: project.id } })
      const { data } = await run(approver.key, 'mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename } }', {
        id: globalId('ChangeRequest', request.id),
      })
      expect(data.approveChangeRequest.__typename).toBe('ApproveChangeRequestSuccess')
      expect(await row()).toMatchObject(done)
    }
  })

  it('does not bucket a flag by device that keeps values after login', async () => {
    const { key, id } = await scene({ ensureExperienceContinuity: true })
    expect(await faults(key, 'updateFeatureFlag', { id, bucketing: 'DEVICE_ID' })).toHaveLength(1)
    expect(await ask(key, 'updateFeatureFlag', { id, bucketing: 'DEVICE_ID', ensureExperienceContinuity: false })).toMatchObject({
      version: 2,
    })
    expect(await faults(key, 'updateFeatureFlag', { id, ensureExperienceContinuity: true })).toHaveLength(1)
  })
})

describe('dependencies', () => {
  const on = (featureFlagId: number | string) => ({ properties: [{ flag: { featureFlagId: String(featureFlagId), value: true } }] })
  const stored = (key: number | string) =>
    sets({ properties: [{ key: String(key), type: 'flag', operator: 'flag_evaluates_to', value: true }] })

  it('refuses a circle, whether typed or raw, by number or by key, and through others', async () => {
    const { key, id, flag, project } = await scene()
    const middle = await seedFlag(db, project, { key: 'middle', filters: stored('checkout') })
    const end = await seedFlag(db, project, { key: 'end', filters: stored(middle.id), active: false })
    const circle = 'The flag would depend on itself.'
    for (const other of [flag.id, middle.id, end.id]) {
      expect(await faults(key, 'updateFeatureFlag', { id, conditions: [{}, on(other)] })).toEqual([
        `conditions.1.properties.0.flag.featureFlagId: ${circle}`,
      ])
    }
    for (const other of ['checkout', 'end', middle.id]) {
      expect(await faults(key, 'updateFeatureFlag', { id, filters: stored(other) })).toEqual([
        `filters.groups.0.properties.0.key: ${circle}`,
      ])
    }
    // The other way round is no circle.
    expect(await ask(key, 'updateFeatureFlag', { id: end.id, addConditions: [on(flag.id)] })).toMatchObject({ version: 2 })
  })

  it('refuses a flag that is not there, unless the flag depended on it before', async () => {
    const { key, id, flag, project, organization } = await scene({ filters: stored('lost') })
    const elsewhere = await seedFlag(db, await seedProject(db, organization))
    expect(await faults(key, 'updateFeatureFlag', { id, filters: stored(elsewhere.id) })).toEqual([
      'filters.groups.0.properties.0.key: The project has no such feature flag.',
    ])
    expect(await ask(key, 'updateFeatureFlag', { id, name: 'x', filters: stored('lost') })).toMatchObject({ version: 2 })
    expect(await faults(key, 'createFeatureFlag', { projectId: project.id, key: 'new', filters: stored('lost') })).toHaveLength(1)
    // A flag that is made under a key that others wait for.
    expect(await faults(key, 'createFeatureFlag', { projectId: project.id, key: 'lost', conditions: [on(flag.id)] })).toEqual([
      'conditions.0.properties.0.flag.featureFlagId: The flag would depend on itself.',
    ])
  })

  it('lets two that would depend on each other not both be written', async () => {
    const { key, flag, project } = await scene()
    const other = await seedFlag(db, project)
    const answers = await Promise.all([
      ask(key, 'updateFeatureFlag', { id: flag.id, conditions: [on(other.id)] }),
      ask(key, 'updateFeatureFlag', { id: other.id, conditions: [on(flag.id)] }),
    ])
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['FeatureFlag', 'ValidationError'])
  })
})

describe('a regular expression', () => {
  const stored = (value: string, operator = 'regex') => sets({ properties: [{ key: 'mail', type: 'person', operator, value }] })
  const problem = 'Must be a valid regular expression.'

  it.each(['REGEX', 'NOT_REGEX'])('with %s has to be valid, in typed conditions and in filters', async (operator) => {
    const { key, id, project } = await scene()
    const ok = person('mail', operator, '(?i)^a+$')
    const conditions = [{ properties: [ok] }, { properties: [ok, person('mail', operator, '((')] }]
    const filters = stored('[a-', operator.toLowerCase())
    expect(await faults(key, 'createFeatureFlag', { projectId: project.id, key: 'new', conditions })).toEqual([
      `conditions.1.properties.1.person.value: ${problem}`,
    ])
    expect(await faults(key, 'updateFeatureFlag', { id, conditions })).toEqual([`conditions.1.properties.1.person.value: ${problem}`])
    expect(await faults(key, 'updateFeatureFlag', { id, addConditions: conditions.slice(1) })).toEqual([
      `addConditions.0.properties.1.person.value: ${problem}`,
    ])
    expect(await faults(key, 'updateFeatureFlag', { id, filters })).toEqual([`filters.groups.0.properties.0.value: ${problem}`])
    expect(await faults(key, 'createFeatureFlag', { projectId: project.id, key: 'new', filters })).toEqual([
      `filters.groups.0.properties.0.value: ${problem}`,
    ])
    const { data } = await run(
      key,
      `query ($id: ID!, $change: FeatureFlagChangeInput!) { node(id: $id) { ... on FeatureFlag { preview(change: $change) { fieldErrors { path message } } } } }`,
      { id, change: { conditions } },
    )
    expect(data.node.preview.fieldErrors).toEqual([{ path: ['conditions', '1', 'properties', '1', 'person', 'value'], message: problem }])
  })

  it('that is invalid stays where it came with an import, and evaluation says why it does not hold', async () => {
    const { key, id, filters } = await scene({ filters: stored('((') })
    const typed = person('mail', 'REGEX', '((')
    expect(await ask(key, 'updateFeatureFlag', { id, conditions: [{ properties: [typed], rolloutPercentage: 30 }] })).toMatchObject({
      __typename: 'FeatureFlag',
    })
    expect(await ask(key, 'updateFeatureFlag', { id, filters: { ...(await filters()), early_exit: true } })).toMatchObject({
      __typename: 'FeatureFlag',
    })
    expect(await faults(key, 'updateFeatureFlag', { id, filters: stored(')') })).toHaveLength(1)
    const { data } = await run(
      key,
      `query ($id: ID!) { node(id: $id) { ... on FeatureFlag { conditionsProblem conditions { properties { operator value } }
        evaluate(distinctId: "ada", personProperties: { mail: "x" }) { enabled conditions { properties { matched explanation } } } } } }`,
      { id },
    )
    expect(data.node).toEqual({
      conditionsProblem: null,
      conditions: [{ properties: [{ operator: 'REGEX', value: '((' }] }],
      evaluate: {
        enabled: false,
        conditions: [{ properties: [{ matched: false, explanation: 'The regular expression is invalid, so it does not hold.' }] }],
      },
    })
  })
})
