import { describe, expect, it } from 'vitest'
import { snapshotFlagsAndExperiments } from '../../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

const fields =
  '... on FeatureFlag { id key name active archived deleted version filters tags evaluationContexts evaluationRuntime ensureExperienceContinuity lastModifiedBy { id } }'
const create = `mutation ($input: CreateFeatureFlagInput!) { result: createFeatureFlag(input: $input) {
  __typename ... on Error { code message } ... on ValidationError { fieldErrors { path code message } } ${fields} } }`
const update = `mutation ($input: UpdateFeatureFlagInput!) { result: updateFeatureFlag(input: $input) {
  __typename ... on Error { code message } ... on ValidationError { fieldErrors { path code message } } ... on InvalidStateError { state } ${fields} } }`

async function ask(key: string, document: string, input: object) {
  const { data, errors } = await run(key, document, { input })
  return { ...data?.result, errors }
}
async function scene(flag: object = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, flag)
  return {
    ...tenant,
    flag: row,
    id: globalId('FeatureFlag', row.id),
    row: () => db.featureFlag.findUniqueOrThrow({ where: { id: row.id } }),
  }
}
const set = (more: object = {}) => ({ groups: [{ properties: [], rollout_percentage: 100, ...more }] })

describe('making a flag', () => {
  it('fills in what is not said', async () => {
    const { key, user, project } = await seedTenant(db)
    const made = await ask(key, create, { projectId: globalId('Project', project.id), key: 'new-flag' })
    expect(made).toMatchObject({
      __typename: 'FeatureFlag',
      key: 'new-flag',
      name: '',
      active: true,
      version: 1,
      filters: { groups: [{ properties: [], rollout_percentage: 100 }] },
      evaluationRuntime: 'ALL',
      ensureExperienceContinuity: false,
    })
    expect(await db.featureFlag.findFirstOrThrow({ where: { projectId: project.id } })).toMatchObject({
      createdById: user.id,
      createdAt: time.now,
    })
  })

  it('keeps contexts in small letters, tags once, payloads as JSON text, and the project’s default of continuity', async () => {
    const tenant = await seedTenant(db)
    const project = await seedProject(db, tenant.organization, { flagsPersistenceDefault: true, requireEvaluationContexts: true })
    const input = {
      projectId: project.id,
      key: 'contexts',
      tags: ['a', 'a', 'b '],
      filters: { ...controlAndTest, payloads: { test: { a: 1 }, control: '"x"' } },
    }
    expect(await ask(tenant.key, create, input)).toMatchObject({
      fieldErrors: [{ path: ['evaluationContexts'], message: 'At least one evaluation context is required to create a new feature flag.' }],
    })
    expect(await ask(tenant.key, create, { ...input, evaluationContexts: [' Web', 'APP', 'web'] })).toMatchObject({
      evaluationContexts: ['app', 'web'],
      tags: ['a', 'b'],
      ensureExperienceContinuity: true,
      filters: { payloads: { test: '{"a":1}', control: '"x"' } },
    })
  })

  it('tells every fault at once, and writes nothing', async () => {
    const { key, project, flag } = await scene()
    const before = await snapshotFlagsAndExperiments(db)
    const answer = await ask(key, create, {
      projectId: project.id,
      key: flag.key,
      name: 'x'.repeat(4_001),
      tags: [''],
      filters: {
        version: 1,
        groups: [{ rollout_percentage: 101, variant: 'nope' }, 'nonsense', { properties: [{ key: '', type: 'planet', operator: 'near' }] }],
        multivariate: { variants: [{ key: 'a b', rollout_percentage: null }] },
        payloads: { test: '{' },
        early_exit: 'yes',
        holdout: { id: 'x' },
      },
    })
    expect(answer.fieldErrors.map(({ path }: { path: string[] }) => path.join('.')).sort()).toEqual([
      'filters.early_exit',
      'filters.groups.0.rollout_percentage',
      'filters.groups.0.variant',
      'filters.groups.1',
      'filters.groups.2.properties.0.key',
      'filters.groups.2.properties.0.operator',
      'filters.groups.2.properties.0.type',
      'filters.holdout.exclusion_percentage',
      'filters.holdout.id',
      'filters.multivariate.variants.0.key',
      'filters.multivariate.variants.0.rollout_percentage',
      'filters.payloads.test',
      'filters.payloads.test',
      'filters.version',
      'key',
      'name',
      'tags.0',
    ])
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  })

  it.each<[string, object, string[], string]>([
    ['a taken key', { key: 'taken' }, ['key'], 'There is already a feature flag with this key.'],
    ['a key with a blank', { key: 'a b' }, ['key'], 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.'],
    ['an empty key', { key: '' }, ['key'], 'This field may not be blank.'],
    ['a long key', { key: 'x'.repeat(401) }, ['key'], 'Ensure this field has no more than 400 characters.'],
    ['no condition set', { filters: { groups: [] } }, ['filters', 'groups'], 'Feature flags must have at least one condition set (group).'],
    ['filters that are none', { filters: [] }, ['filters'], 'Must be an object.'],
    [
      'shares that do not sum to 100',
      {
        filters: {
          ...set(),
          multivariate: {
            variants: [
              { key: 'a', rollout_percentage: 33.3 },
              { key: 'b', rollout_percentage: 33.3 },
            ],
          },
        },
      },
      ['filters', 'multivariate', 'variants'],
      'Variant rollout percentages must sum to 100, got 66.6.',
    ],
    [
      'variants of one key',
      {
        filters: {
          ...set(),
          multivariate: {
            variants: [
              { key: 'a', rollout_percentage: 50 },
              { key: 'a', rollout_percentage: 50 },
            ],
          },
        },
      },
      ['filters', 'multivariate', 'variants'],
      'Variant keys must be unique, duplicated: a.',
    ],
    [
      'no variants',
      { filters: { ...set(), multivariate: { variants: [] } } },
      ['filters', 'multivariate', 'variants'],
      'Must not be empty.',
    ],
    [
      'a payload of no variant',
      { filters: { ...controlAndTest, payloads: { x: '1' } } },
      ['filters', 'payloads', 'x'],
      "Payload key 'x' does not match any variant key.",
    ],
    [
      'a payload of a boolean flag',
      { filters: { ...set(), payloads: { test: '1' } } },
      ['filters', 'payloads', 'test'],
      "Payload key 'test' is invalid: boolean flags only support the 'true' key.",
    ],
    [
      'an unknown override',
      { filters: { ...controlAndTest, ...set({ variant: 'x' }) } },
      ['filters', 'groups', '0', 'variant'],
      "Variant override 'x' does not match any variant key.",
    ],
    [
      'a group property about people',
      { filters: set({ properties: [{ key: 'a', type: 'group', group_type_index: 0, value: 1 }] }) },
      ['filters', 'groups', '0', 'properties', '0', 'type'],
      'Condition sets about people can only use person, cohort and flag properties.',
    ],
    [
      'a cohort operator on a person',
      { filters: set({ properties: [{ key: 'a', type: 'person', operator: 'in', value: 1 }] }) },
      ['filters', 'groups', '0', 'properties', '0', 'operator'],
      'in is only for cohort properties.',
    ],
    [
      'a NUL character',
      { filters: set({ description: 'a\u0000b' }) },
      ['filters'],
      'Cannot be stored: groups.0.description must not have a NUL character (\\u0000): PostgreSQL cannot store it.',
    ],
    ['too much', { filters: set({ description: 'x'.repeat(262_144) }) }, ['filters'], 'Must be at most 262144 bytes of JSON.'],
    [
      'nesting',
      { filters: set({ properties: [{ key: 'a', type: 'person', value: JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) }] }) },
      ['filters'],
      'Cannot be stored: it must not be nested deeper than 50 levels.',
    ],
  ])('rejects %s', async (_name, input, path, message) => {
    const { key, project } = await scene({ key: 'taken' })
    expect(await ask(key, create, { projectId: project.id, key: 'fresh', ...input })).toMatchObject({
      __typename: 'ValidationError',
      code: 'VALIDATION_FAILED',
      fieldErrors: [{ path, message }],
    })
    expect(await db.featureFlag.count({ where: { projectId: project.id } })).toBe(1)
  })

  it('needs the scope, and a project that is there and open to the key', async () => {
    const { user, key, project, organization } = await scene()
    const stranger = await seedTenant(db)
    const reader = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    expect((await ask(reader, create, { projectId: project.id, key: 'x' })).errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      requiredScope: 'feature_flag:write',
    })
    for (const projectId of [stranger.project.id, 999_999, 'nonsense']) {
      expect(await ask(key, create, { projectId, key: 'x' })).toMatchObject({ __typename: 'NotFoundError' })
    }
    const other = await seedProject(db, organization)
    const restricted = await seedKey(db, user, { scopedProjects: [project.id] })
    expect(await ask(restricted, create, { projectId: other.id, key: 'x' })).toMatchObject({
      __typename: 'PermissionDeniedError',
      message: `API key does not have access to the requested project: ID ${other.id}.`,
    })
  })
})

describe('changing a flag', () => {
  it('replaces the top-level keys that are given, counts the version, and notes who it was', async () => {
    const { key, id, user, row } = await scene({ filters: { ...controlAndTest, payloads: { test: '1' }, early_exit: true } })
    const answer = await ask(key, update, {
      id,
      name: 'Renamed',
      filters: { groups: [{ properties: [{ key: 7, type: 'person', value: 1, operator: 'min' }], rollout_percentage: 10 }] },
    })
    expect(answer).toMatchObject({ name: 'Renamed', version: 2, lastModifiedBy: { id: globalId('User', user.id) } })
    expect((await row()).filters).toEqual({
      ...controlAndTest,
      payloads: { test: '1' },
      early_exit: true,
      groups: [{ properties: [{ key: '7', type: 'person', value: 1, operator: 'gte' }], rollout_percentage: 10 }],
    })
    expect(await db.activity.findMany({ where: { featureFlag: { id: (await row()).id } } })).toMatchObject([
      {
        activity: 'updateFeatureFlag',
        userId: user.id,
        keyMask: expect.stringMatching(/^phx_\.\.\./),
        before: { name: '' },
        after: { name: 'Renamed' },
      },
    ])
  })

  it('an equal save writes nothing', async () => {
    const { key, id, flag, row } = await scene()
    expect(await ask(key, update, { id, key: flag.key, active: true, filters: flag.filters })).toMatchObject({ version: 1 })
    expect(await row()).toEqual(flag)
    expect(await db.activity.count({ where: { featureFlagId: flag.id } })).toBe(0)
  })

  it('is rejected to who has read an older version', async () => {
    const { key, id, user, row } = await scene({ version: 5 })
    await db.featureFlag.updateMany({ where: { id: (await row()).id }, data: { lastModifiedById: user.id } })
    expect(await ask(key, update, { id, version: 4, name: 'x' })).toMatchObject({
      __typename: 'InvalidStateError',
      state: 'version 5',
      message: `The feature flag was updated by ${user.email} since you started editing it. Please refresh and try again.`,
    })
    expect(await ask(key, update, { id, version: 5, name: 'x' })).toMatchObject({ version: 6 })
  })

  it('does not archive what is on, nor switch on what is archived', async () => {
    const { key, id } = await scene()
    expect(await ask(key, update, { id, archived: true })).toMatchObject({
      fieldErrors: [
        {
          path: ['archived'],
          message: 'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.',
        },
      ],
    })
    expect(await ask(key, update, { id, archived: true, active: false })).toMatchObject({ archived: true, active: false })
    expect(await ask(key, update, { id, active: true })).toMatchObject({
      fieldErrors: [{ path: ['active'], message: 'Cannot enable an archived feature flag. Unarchive it first.' }],
    })
    expect(await ask(key, update, { id, active: true, archived: false })).toMatchObject({ archived: false, active: true })
  })

  it('does not take a variant from a running experiment', async () => {
    const { key, id, flag } = await scene()
    const experiment = await seedExperiment(db, flag, { name: 'Running', startDate: new Date('2026-11-01') })
    const filters = {
      multivariate: {
        variants: [
          { key: 'control', rollout_percentage: 50 },
          { key: 'other', rollout_percentage: 50 },
        ],
      },
    }
    expect(await ask(key, update, { id, filters })).toMatchObject({
      fieldErrors: [
        {
          message:
            `Cannot remove variant(s) 'test' from a feature flag that is linked to running experiment(s): "Running" (ID: ${experiment.id}). ` +
            'Please stop the experiment(s) before removing variants.',
        },
      ],
    })
    await db.experiment.update({ where: { id: experiment.id }, data: { endDate: time.now } })
    expect(await ask(key, update, { id, filters })).toMatchObject({ version: 2 })
  })

  it('deletes what no experiment uses, frees its key, and restores it with its key', async () => {
    const { key, id, flag, project } = await scene({ key: 'mine' })
    const experiment = await seedExperiment(db, flag)
    expect(await ask(key, update, { id, deleted: true })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['deleted'] }],
    })
    await db.experiment.update({ where: { id: experiment.id }, data: { deleted: true } })
    expect(await ask(key, update, { id, deleted: true })).toMatchObject({ deleted: true, key: `mine:deleted:${flag.id}` })
    expect(await ask(key, create, { projectId: project.id, key: 'mine' })).toMatchObject({ __typename: 'FeatureFlag' })
    expect(await ask(key, update, { id, deleted: false })).toMatchObject({ fieldErrors: [{ path: ['deleted'], code: 'unique' }] })
    await db.featureFlag.updateMany({ where: { projectId: project.id, key: 'mine' }, data: { key: 'other' } })
    expect(await ask(key, update, { id, deleted: false })).toMatchObject({ deleted: false, key: 'mine' })
  })

  it('leaves an odd old flag as it is where it is not touched', async () => {
    const { key, id, row } = await scene({ filters: { groups: 'all', multivariate: { variants: 3 } } })
    expect(await ask(key, update, { id, name: 'x', filters: { early_exit: true } })).toMatchObject({ version: 2 })
    expect((await row()).filters).toEqual({ groups: 'all', multivariate: { variants: 3 }, early_exit: true })
  })

  it('takes no payloads that it would have to keep secret, and keeps those that come back as they were shown', async () => {
    const { key, id, row } = await scene({
      filters: { ...set(), payloads: { true: 'ciphertext' } },
      isRemoteConfiguration: true,
      hasEncryptedPayloads: true,
    })
    expect(await ask(key, update, { id, filters: { payloads: { true: '"open"' } } })).toMatchObject({
      fieldErrors: [{ path: ['filters', 'payloads', 'true'], message: 'Encrypted payloads cannot be changed here.' }],
    })
    expect(await ask(key, update, { id, name: 'x', filters: { payloads: { true: '********* (encrypted)' } } })).toMatchObject({
      version: 2,
    })
    expect((await row()).filters).toMatchObject({ payloads: { true: 'ciphertext' } })
  })
})
