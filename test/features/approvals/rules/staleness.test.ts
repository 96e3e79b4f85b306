import { describe, expect, it } from 'vitest'
import type { CommandPlan, FlagChange, RowState } from '../../../../src/commands/command.ts'
import type { FlagOwner } from '../../../../src/features/approvals/rules/guardedChanges.ts'
import {
  type CurrentRows,
  comparePlans,
  detectStaleness,
  firstPercentagePath,
  hasDamagedPreconditions,
  nameTaken,
  noPreconditions,
  type Preconditions,
  parsePreconditions,
  rowKey,
  toPreconditions,
} from '../../../../src/features/approvals/rules/staleness.ts'

// Whether a request would still do what its approvers see.

const flag = (values: RowState['values']): RowState => ({ type: 'FEATURE_FLAG', id: 1, values })
const experiment = (values: RowState['values']): RowState => ({ type: 'EXPERIMENT', id: 2, values })
const now = (...rows: [Pick<RowState, 'type' | 'id'>, Record<string, unknown>][]): CurrentRows =>
  new Map(rows.map(([row, values]) => [rowKey(row), values]))
const needs = (rows: RowState[], more: Partial<Preconditions> = {}): Preconditions => ({ ...noPreconditions, rows, ...more })
const switchedOn = flag({ active: { before: false, after: true } })

describe('a value', () => {
  const groups = (percentage: unknown) => ({ groups: [{ rollout_percentage: percentage }] })
  /** The paths that differ, for a flag that is stored like this now. */
  const stale = (values: RowState['values'], stored: Record<string, unknown>) =>
    detectStaleness(needs([flag(values)]), now([flag({}), stored]), null)?.differences.map(({ path }) => path) ?? []
  it.each<[string, RowState['values'], Record<string, unknown>, string[]]>([
    ['that is as it was', { active: { before: false, after: true } }, { active: false }, []],
    ['that already has the new value', { active: { before: false, after: true } }, { active: true }, []],
    ['that has another value', { name: { before: 'a', after: 'b' } }, { name: 'c' }, ['featureFlag.name']],
    ['that was only read, and is as it was', { name: { before: 'a' } }, { name: 'a' }, []],
    ['that was only read, and has changed', { name: { before: 'a' } }, { name: 'b' }, ['featureFlag.name']],
    ['that the request has nothing to do with', { name: { before: 'a' } }, { name: 'a', active: false }, []],
    ['that was missing, and is', { name: { before: undefined } }, {}, []],
    ['that was missing, and is null', { name: { before: undefined } }, { name: null }, []],
    ['that is missing now', { name: { before: 'a' } }, {}, ['featureFlag.name']],
    ['that becomes null, and is', { name: { before: 'a', after: null } }, { name: null }, []],
    ['with equal content', { tags: { before: ['a', 'b'] } }, { tags: ['a', 'b'] }, []],
    ['with content in another order', { tags: { before: ['a', 'b'] } }, { tags: ['b', 'a'] }, ['featureFlag.tags']],
    ['of the filters', { 'filters.groups': { before: [] } }, { filters: { groups: [] } }, []],
    ['of the filters that has changed', { 'filters.groups': { before: [] } }, { filters: groups(1) }, ['featureFlag.filters.groups']],
    ['of filters that are gone', { 'filters.groups': { before: [] } }, { filters: null }, ['featureFlag.filters.groups']],
    ['that is the first percentage', { [firstPercentagePath]: { before: 10 } }, { filters: groups(10) }, []],
    [
      'that was the first percentage',
      { [firstPercentagePath]: { before: 10 } },
      { filters: groups(9) },
      [`featureFlag.${firstPercentagePath}`],
    ],
    ['that is no percentage in no filters', { [firstPercentagePath]: { before: null } }, { filters: null }, []],
    ['that is no percentage in no sets', { [firstPercentagePath]: { before: null } }, { filters: { groups: [] } }, []],
    ['that is no percentage in malformed sets', { [firstPercentagePath]: { before: null } }, { filters: { groups: 'x' } }, []],
    ['that is no percentage in a malformed set', { [firstPercentagePath]: { before: null } }, { filters: { groups: ['x'] } }, []],
    ['that is a date', { startDate: { before: '2026-01-01T00:00:00.000Z' } }, { startDate: new Date('2026-01-01') }, []],
  ])('%s', (_name, values, stored, expected) => {
    expect(stale(values, stored)).toEqual(expected)
  })

  it('that has changed is told as it was and is, with its project', () => {
    expect(
      detectStaleness(needs([flag({ name: { before: 'a', after: 'b' } })]), now([flag({}), { name: 'c', projectId: 7 }]), null),
    ).toStrictEqual({
      reason: 'VERSION_MISMATCH',
      message: 'Changed since this request was created: featureFlag.name.',
      differences: [{ path: 'featureFlag.name', requested: 'a', current: 'c', projectId: 7 }],
    })
  })

  it.each<[RowState['type'], string, number | undefined]>([
    ['EXPERIMENT', 'experiment', 7],
    ['HOLDOUT', 'holdout', 7],
    ['SAVED_METRIC', 'savedMetric', 7],
    ['PROMPT', 'prompt', 7],
    ['PROJECT', 'project', 3],
  ])('of a row %s is told with its object and project', (type, object, projectId) => {
    const row: RowState = { type, id: 3, values: { name: { before: undefined } } }
    const [difference] = detectStaleness(needs([row]), now([row, { id: 3, projectId: 7, name: 'b' }]), null)?.differences ?? []
    expect(difference).toStrictEqual({ path: `${object}.name`, requested: null, current: 'b', projectId })
  })

  it('of an object without a project is told without one', () => {
    const [difference] = detectStaleness(needs([switchedOn]), now([switchedOn, { active: null }]), null)?.differences ?? []
    expect(difference).toStrictEqual({ path: 'featureFlag.active', requested: false, current: null })
  })

  const prompt = (values: RowState['values']): RowState => ({ type: 'PROMPT', id: 'p', values })
  const changed = { before: 'a' }
  it.each<[string, RowState, Record<string, unknown>, boolean]>([
    ['encrypted payloads', flag({ 'filters.payloads': changed }), { hasEncryptedPayloads: true, filters: { payloads: 'b' } }, true],
    ['readable payloads', flag({ 'filters.payloads': changed }), { hasEncryptedPayloads: false, filters: { payloads: 'b' } }, false],
    [
      'groups beside encrypted payloads',
      flag({ 'filters.groups': changed }),
      { hasEncryptedPayloads: true, filters: { groups: 'b' } },
      false,
    ],
    [
      'what an experiment calls so',
      experiment({ 'filters.payloads': changed }),
      { hasEncryptedPayloads: true, filters: { payloads: 'b' } },
      false,
    ],
    ['a prompt', prompt({ prompt: changed }), { prompt: 'b' }, true],
    ['the settings of a prompt', prompt({ config: changed }), { config: 'b' }, true],
    ['the name of a prompt', prompt({ name: changed }), { name: 'b' }, false],
    ['what an experiment calls a prompt', experiment({ prompt: changed }), { prompt: 'b' }, false],
    ['the settings of an experiment', experiment({ config: changed }), { config: 'b' }, false],
  ])('that has changed is hidden if it is secret: %s', (_name, row, stored, isHidden) => {
    const [difference] = detectStaleness(needs([row]), now([row, stored]), null)?.differences ?? []
    expect([difference?.requested, difference?.current]).toEqual(isHidden ? [null, null] : ['a', 'b'])
  })
})

it('many values that have changed are counted, and each path is told once', () => {
  const many = (count: number) => {
    const values = Object.fromEntries(Array.from({ length: count }, (_, n) => [`v${n}`, { before: 1 }]))
    return detectStaleness(needs([flag(values), { ...flag(values), id: 5 }]), now([flag({}), {}], [{ ...flag({}), id: 5 }, {}]), null)
  }
  const paths = (count: number) => Array.from({ length: count }, (_, n) => `featureFlag.v${n}`).join(', ')
  expect(many(20)?.message).toBe(`Changed since this request was created: ${paths(20)}.`)
  expect(many(22)?.message).toBe(`Changed since this request was created: ${paths(20)} and 2 more.`)
  expect(many(22)?.differences).toHaveLength(44)
})

describe('an object', () => {
  const kept = { deleted: { before: false } }
  it.each<[string, RowState, Record<string, unknown> | null, string | null]>([
    ['that is there', flag(kept), { deleted: false }, null],
    ['that was deleted', flag(kept), { deleted: true }, 'The feature flag was deleted.'],
    ['that is gone', flag(kept), null, 'The feature flag is gone.'],
    ['that the request deletes', flag({ deleted: { before: false, after: true } }), { deleted: true }, null],
    ['that the request keeps', flag({ deleted: { before: false, after: false } }), { deleted: true }, 'The feature flag was deleted.'],
    ['that was deleted before', flag({ deleted: { before: true } }), { deleted: true }, null],
    ['of which nobody read whether it is there', flag({ name: { before: 'a' } }), { deleted: true, name: 'a' }, null],
    ['that is gone: an experiment', experiment({}), null, 'The experiment is gone.'],
    ['that is gone: a holdout', { type: 'HOLDOUT', id: 1, values: {} }, null, 'The holdout is gone.'],
    ['that is gone: a saved metric', { type: 'SAVED_METRIC', id: 1, values: {} }, null, 'The saved metric is gone.'],
    ['that is gone: a project', { type: 'PROJECT', id: 1, values: {} }, null, 'The project is gone.'],
    ['that is gone: a prompt', { type: 'PROMPT', id: 'p', values: {} }, null, 'The prompt is gone.'],
  ])('%s', (_name, row, stored, message) => {
    const staleness = detectStaleness(needs([row]), stored === null ? now() : now([row, stored]), null)
    expect(staleness?.message ?? null).toBe(message)
    expect(staleness?.reason ?? null).toBe(message === null ? null : 'RESOURCE_GONE')
  })

  it('that is gone is told before what else has changed', () => {
    const rows = [flag({ name: { before: 'a' } }), experiment({})]
    expect(detectStaleness(needs(rows, { flag: { owner: 'none', version: 1 } }), now([flag({}), { name: 'b' }]), 'experiment')).toEqual({
      reason: 'RESOURCE_GONE',
      message: 'The experiment is gone.',
      differences: [
        { path: 'featureFlag.name', requested: 'a', current: 'b' },
        { path: 'experiment', requested: 'present', current: null },
      ],
    })
  })
})

describe('the owner of a flag', () => {
  const [owned, unowned] = ['experiment', 'unowned']
  it.each<[FlagOwner, FlagOwner | null, [string, string] | null]>([
    ['none', 'none', null],
    ['none', 'experiment', [unowned, owned]],
    ['experiment', 'none', [owned, unowned]],
    ['experiment', 'deletedExperiment', [owned, unowned]],
    ['deletedExperiment', 'none', null],
    ['createdForExperiment', 'experiment', null],
    ['none', 'createdForExperiment', [unowned, owned]],
    ['experiment', null, null],
  ])('was %s and is %s', (was, is, change) => {
    const request = needs([switchedOn], { flag: { owner: was, version: null } })
    const staleness = detectStaleness(request, now([switchedOn, { active: false }]), is)
    if (change === null) return expect(staleness).toBeNull()
    const [requested, current] = change
    expect(staleness).toEqual({
      reason: 'OWNER_CHANGED',
      message: `Ownership changed since this request was created: ${requested} -> ${current}`,
      differences: [{ path: 'featureFlag.owner', requested, current }],
    })
  })

  it('does not matter to a request that is about no flag', () => {
    expect(detectStaleness(noPreconditions, now(), 'experiment')).toBeNull()
  })

  it('is told before the version and the values', () => {
    const request = needs([switchedOn], { flag: { owner: 'none', version: 3 } })
    const staleness = detectStaleness(request, now([switchedOn, { active: null }]), 'experiment')
    expect(staleness?.reason).toBe('OWNER_CHANGED')
    expect(staleness?.differences.map(({ path }) => path)).toEqual(['featureFlag.owner', 'featureFlag.active'])
  })
})

describe('a request of a caller who sent an old version', () => {
  const request = needs([experiment({}), switchedOn], { flag: { owner: 'none', version: 3 } })
  it('is stale from the start', () => {
    expect(detectStaleness(request, now([experiment({}), { version: 8 }], [switchedOn, { active: false, version: 5 }]), 'none')).toEqual({
      reason: 'VERSION_MISMATCH',
      message: 'Flag version mismatch: expected 3, got 5',
      differences: [{ path: 'featureFlag.version', requested: 3, current: 5 }],
    })
  })

  it('tells the values that have changed, too, and no version if there is none', () => {
    const staleness = detectStaleness(request, now([experiment({}), {}], [switchedOn, { active: null }]), 'none')
    expect(staleness?.differences).toEqual([
      { path: 'featureFlag.version', requested: 3, current: null },
      { path: 'featureFlag.active', requested: false, current: null },
    ])
  })
})

it('a name that was free and is taken now is told in quotes', () => {
  expect(nameTaken('Copy')).toEqual({
    reason: 'VERSION_MISMATCH',
    message: 'Changed since this request was created: the name "Copy" is taken.',
    differences: [{ path: 'after.name', requested: 'Copy', current: null }],
  })
})

describe('a plan that is computed again', () => {
  const on = { before: { active: false }, after: { active: true } }
  const name = { before: { name: 'a' }, after: { name: 'b' } }
  const both = { before: { active: false, name: 'a' }, after: { active: true, name: 'b' } }
  const inExperiment = (values: object) => ({ before: {}, after: { featureFlag: values } }) as never
  const renamed = flag({ name: { before: 'a', after: 'b' } })
  const compare = (
    shown: Parameters<typeof comparePlans>[0],
    plan: Parameters<typeof comparePlans>[1],
    rows: RowState[] = [],
    current: CurrentRows = now(),
  ) => comparePlans(shown, plan, needs(rows), current)?.differences ?? []

  it.each<[string, () => readonly object[]]>([
    ['is the same', () => compare(both, both)],
    ['is the same in another order', () => compare(both, { before: both.before, after: { name: 'b', active: true } })],
    ['no longer sets what is set already', () => compare(both, on, [renamed], now([renamed, { name: 'b' }]))],
    [
      'no longer sets what is set already in the flag of an experiment',
      () => compare(inExperiment({ name: 'b' }), inExperiment({}), [renamed], now([renamed, { name: 'b' }])),
    ],
    [
      'no longer sets what is set already in the experiment',
      () => compare(name, { before: {}, after: {} }, [experiment(renamed.values)], now([experiment({}), { name: 'b' }])),
    ],
    [
      'no longer sets what is shown without its secrets, and set already',
      () => compare(inExperiment({ name: '***' }), inExperiment({}), [renamed], now([renamed, { name: 'b' }])),
    ],
    [
      'no longer sets what the row has as it is shown',
      () => compare(name, { before: {}, after: {} }, [flag({ name: { before: 'a', after: 'z' } })], now([renamed, { name: 'b' }])),
    ],
    ['shows nothing, as before', () => compare({ before: null, after: null }, { before: {}, after: {} })],
  ])('%s', (_name, differences) => {
    expect(differences()).toEqual([])
  })

  it.each<[string, () => readonly object[], object[]]>([
    [
      'sets another value',
      () => compare(name, { before: { name: 'a' }, after: { name: 'c' } }),
      [{ path: 'after.name', requested: 'b', current: 'c' }],
    ],
    [
      'starts from another value',
      () => compare(name, { before: { name: 'z' }, after: { name: 'b' } }),
      [{ path: 'after.name', requested: 'b', current: 'b' }],
    ],
    [
      'sets another value, where the row has the one that is shown',
      () => compare(name, { before: { name: 'a' }, after: { name: 'c' } }, [renamed], now([renamed, { name: 'b' }])),
      [{ path: 'after.name', requested: 'b', current: 'c' }],
    ],
    ['sets a value more', () => compare(on, both), [{ path: 'after.name', requested: null, current: 'b' }]],
    ['sets a value less', () => compare(both, on), [{ path: 'after.name', requested: 'b', current: null }]],
    [
      'sets a value less that is not set yet',
      () => compare(both, on, [renamed], now([renamed, { name: 'a' }])),
      [{ path: 'after.name', requested: 'b', current: null }],
    ],
    [
      'sets a value less of a row that is gone',
      () => compare(both, on, [renamed], now()),
      [{ path: 'after.name', requested: 'b', current: null }],
    ],
    [
      'sets a value less that it only read',
      () => compare(both, on, [flag({ name: { before: 'b' } })], now([renamed, { name: 'b' }])),
      [{ path: 'after.name', requested: 'b', current: null }],
    ],
    [
      'sets a value less of another object',
      () => compare(inExperiment({ name: 'b' }), inExperiment({}), [experiment(renamed.values)], now([experiment({}), { name: 'b' }])),
      [{ path: 'after.featureFlag.name', requested: 'b', current: null }],
    ],
    [
      'sets another value in the flag of an experiment',
      () => compare(inExperiment({ active: true, name: 'b' }), inExperiment({ active: true, name: 'c' })),
      [{ path: 'after.featureFlag.name', requested: 'b', current: 'c' }],
    ],
    [
      'sets another value that has parts, which are no values of a flag',
      () => compare({ before: {}, after: { parameters: { a: 1 } } }, { before: {}, after: { parameters: { a: 2 } } }),
      [{ path: 'after.parameters', requested: { a: 1 }, current: { a: 2 } }],
    ],
    [
      'has another flag instead of values',
      () => compare({ before: {}, after: { featureFlag: 'a' } }, { before: {}, after: { featureFlag: 'b' } }),
      [{ path: 'after.featureFlag', requested: 'a', current: 'b' }],
    ],
  ])('%s', (_name, differences, expected) => {
    expect(differences()).toEqual(expected)
  })

  it('is told with the paths that differ', () => {
    expect(comparePlans(name, both, noPreconditions, now())).toMatchObject({
      reason: 'VERSION_MISMATCH',
      message: 'Changed since this request was created: after.active.',
    })
    expect(comparePlans(name, name, noPreconditions, now())).toBeNull()
  })
})

describe('what a plan needs to stay as it is', () => {
  const change: FlagChange = {
    ...{ id: 1, key: 'checkout', createdForExperiment: false, expectedVersion: null },
    before: { active: false, deleted: false, archived: true, filters: {} },
    after: { active: true, deleted: false, archived: true, filters: {} },
    changedValues: { active: { before: false, after: true } },
  }
  const plan = (more: Partial<CommandPlan>) =>
    ({ project: { id: 7, organizationId: 'o' }, flag: change, rows: [experiment({})], ...more }) as Partial<CommandPlan> as CommandPlan
  const ids = { idSeed: 'seed', keyId: null }
  const project = { type: 'PROJECT', id: 7, values: { organizationId: { before: 'o' } } }

  it('is its flag with project and state, its other rows, and its project', () => {
    expect(toPreconditions(plan({ chosenName: 'Copy' }), 'experiment', ids)).toEqual({
      ...{ flag: { owner: 'experiment', version: null }, idSeed: 'seed', keyId: null, newKeys: [], chosenName: 'Copy' },
      rows: [
        {
          ...{ type: 'FEATURE_FLAG', id: 1 },
          values: {
            projectId: { before: 7 },
            deleted: { before: false },
            archived: { before: true },
            active: { before: false, after: true },
          },
        },
        { type: 'EXPERIMENT', id: 2, values: {} },
        project,
      ],
    })
  })

  it('is the version that the caller sent, if it was old', () => {
    expect(toPreconditions(plan({ flag: { ...change, expectedVersion: 3 } }), 'none', ids).flag).toEqual({ owner: 'none', version: 3 })
  })

  it.each<[string, Partial<CommandPlan>, string[]]>([
    ['a plan without a flag', { flag: null }, []],
    ['a plan that creates its flag', { flag: { ...change, id: null, before: null } }, []],
    ['a plan that creates others', { flag: null, newFlags: [{ change: { ...change, id: null, key: 'copy' }, after: {} }] }, ['copy']],
  ])('has no flag in %s', (_name, more, newKeys) => {
    expect(toPreconditions(plan(more), 'none', ids)).toEqual({
      flag: null,
      rows: [{ ...experiment({}) }, project],
      idSeed: 'seed',
      keyId: null,
      newKeys,
    })
  })
})

describe('stored preconditions', () => {
  const parse = (preconditions: object, featureFlagId: number | null = 1) =>
    parsePreconditions({ id: 4, featureFlagId, preconditions: preconditions as never })
  const keyId = '018f4e2a-0000-7000-8000-000000000001'
  const row = { type: 'EXPERIMENT', id: 2, values: { name: { before: 'a' } } }

  it('may be empty in an old request, which gets ids of its own', () => {
    expect(parse({})).toEqual({ ...noPreconditions, idSeed: 'request 4' })
    expect(noPreconditions).toEqual({ flag: null, rows: [], idSeed: '', keyId: null, newKeys: [], chosenName: null })
  })

  it('are read as they were stored', () => {
    const stored = { flag: { owner: 'none', version: 3 }, rows: [row], idSeed: 'seed', keyId, newKeys: ['copy'], chosenName: 'Copy' }
    expect(parse(stored)).toEqual(stored)
  })

  it('of an old request have the values of its flag with the flag', () => {
    const old = { flag: { owner: 'none', version: null, touched: { name: { before: 'a', after: 'b' } } }, rows: [row] }
    expect(parse(old).rows).toEqual([{ type: 'FEATURE_FLAG', id: 1, values: { name: { before: 'a', after: 'b' } } }, row])
    expect(parse(old, null).rows).toEqual([row])
  })

  it('say what a change of a flag implies: switching it off, that no other flag depends on it', () => {
    const values = { active: { before: true, after: false } }
    expect(parse({ rows: [{ type: 'FEATURE_FLAG', id: 1, values }] }).rows[0]?.values).toEqual({
      ...values,
      dependentFlags: { before: [] },
    })
  })

  it.each<[string, unknown, boolean]>([
    ['nothing', {}, false],
    ['a row', { rows: [row] }, false],
    ['a prompt, by its uuid', { rows: [{ ...row, type: 'PROMPT', id: keyId }] }, false],
    ['no object', null, true],
    ['rows that are no list', { rows: row }, true],
    ['a row of an unknown type', { rows: [{ ...row, type: 'SURVEY' }] }, true],
    ['a prompt by a number', { rows: [{ ...row, type: 'PROMPT' }] }, true],
    ['an experiment by a uuid', { rows: [{ ...row, id: keyId }] }, true],
    ['a flag of an unknown owner', { flag: { owner: 'survey', version: null } }, true],
    ['a version that is no number', { flag: { owner: 'none', version: '3' } }, true],
    ['a key that is no uuid', { keyId: 'key' }, true],
  ])('with %s', (_name, preconditions, isDamaged) => {
    expect(hasDamagedPreconditions({ preconditions: preconditions as never })).toBe(isDamaged)
  })
})
