import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FlagChange, FlagState } from '../../../../src/commands/command.ts'
import { describeChange } from '../../../../src/features/approvals/rules/describeChange.ts'
import {
  type FlagOwner,
  guardedChanges,
  guardedHoldoutChanges,
  plannedChanges,
} from '../../../../src/features/approvals/rules/guardedChanges.ts'
import { matchesCondition, toStoredCondition, validateCondition } from '../../../../src/features/approvals/rules/policyConditions.ts'

const state = (filters: unknown, more: Partial<FlagState> = {}): FlagState => ({
  active: true,
  deleted: false,
  archived: false,
  filters,
  ...more,
})
const group = (rollout: number | null, properties: object[] = [], more: object = {}) => ({
  properties,
  rollout_percentage: rollout,
  ...more,
})
const variants = (...percentages: number[]) => ({
  variants: percentages.map((rollout_percentage, index) => ({ key: index === 0 ? 'control' : `test-${index}`, rollout_percentage })),
})
const country = { key: 'country', type: 'person', value: ['DE'], operator: 'exact' }
const plan = { key: 'plan', type: 'person', value: 'pro' }
const actionsOf = (before: FlagState | null, after: FlagState, owner: FlagOwner = 'none') =>
  guardedChanges(before, after, owner).flatMap(({ actions }) => actions)

describe('switching a flag', () => {
  const filters = { groups: [] }
  const off = state(filters, { active: false })
  const on = state(filters)
  it.each<[string, FlagState | null, FlagState, FlagOwner, string[]]>([
    ['on', off, on, 'none', ['FEATURE_FLAG_ENABLE']],
    ['on, of an experiment', off, on, 'experiment', ['EXPERIMENT_LAUNCH']],
    ['off', on, off, 'none', ['FEATURE_FLAG_DISABLE']],
    ['off, of an experiment', on, off, 'experiment', ['EXPERIMENT_PAUSE']],
    ['off by archiving', on, state(filters, { active: false, archived: true }), 'none', ['FEATURE_FLAG_DISABLE']],
    ['archiving one that is off', off, state(filters, { active: false, archived: true }), 'none', []],
    ['deleting one that is on', on, state(filters, { deleted: true }), 'none', ['FEATURE_FLAG_DELETE']],
    ['deleting one that is on, and off at once', on, state(filters, { deleted: true, active: false }), 'none', ['FEATURE_FLAG_DELETE']],
    ['deleting one that is off', off, state(filters, { deleted: true, active: false }), 'none', []],
    ['restoring one that was on', state(filters, { deleted: true }), on, 'none', ['FEATURE_FLAG_ENABLE']],
    ['a birth that is on', null, on, 'none', ['FEATURE_FLAG_ENABLE']],
    ['a birth that is off', null, off, 'none', []],
    ['a birth with an experiment that runs', null, on, 'createdForExperiment', ['EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE']],
    ['nothing', on, on, 'none', []],
    ['on, where its experiment is deleted', off, on, 'deletedExperiment', ['EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE']],
    ['off, where its experiment is deleted', on, off, 'deletedExperiment', ['EXPERIMENT_PAUSE', 'FEATURE_FLAG_DISABLE']],
  ])('%s', (_name, before, after, owner, expected) => {
    expect(actionsOf(before, after, owner)).toEqual(expected)
  })
})

describe('what is told of a guarded change', () => {
  const filters = { groups: [] }
  const toggle = (field: string, before: boolean, after: boolean) => [{ field, path: field, before, after }]
  it.each<[string, FlagState | null, FlagState, boolean, object[]]>([
    ['on', state(filters, { active: false }), state(filters), false, toggle('active', false, true)],
    ['off', state(filters), state(filters, { active: false }), false, toggle('active', true, false)],
    ['deleting', state(filters), state(filters, { deleted: true }), false, toggle('deleted', false, true)],
    ['restoring', state(filters, { deleted: true }), state(filters), false, toggle('deleted', true, false)],
    ['a birth', null, state(filters), true, toggle('active', false, true)],
  ])('%s', (_name, before, after, isCreate, triggers) => {
    expect(guardedChanges(before, after, 'none')).toMatchObject([{ triggers, isCreate }])
  })

  it.each<[FlagOwner, boolean, string[]]>([
    ['none', false, ['FEATURE_FLAG_UPDATE']],
    ['deletedExperiment', false, ['EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE']],
    ['experiment', false, []],
    ['createdForExperiment', false, []],
    ['experiment', true, ['EXPERIMENT_UPDATE']],
    ['createdForExperiment', true, ['FEATURE_FLAG_UPDATE']],
  ])('the conditions of a flag of %s, changed on purpose: %s', (owner, guardsConditions, expected) => {
    const changes = guardedChanges(state({ groups: [group(10)] }), state({ groups: [group(10, [country])] }), owner, guardsConditions)
    expect(changes.flatMap(({ actions }) => actions)).toEqual(expected)
  })

  it('a birth with a percentage is guarded as an update, too, and one without is not', () => {
    expect(actionsOf(null, state({ groups: [group(10)] }, { active: false }), 'experiment')).toEqual(['EXPERIMENT_UPDATE'])
    expect(actionsOf(null, state({ groups: [group(null)] }, { active: false }), 'experiment')).toEqual([])
  })
})

describe('changing a holdout', () => {
  const holdout = { id: 1, name: 'Quarter', experiments: 2 }
  const path = 'holdout.exclusion_percentage'
  it.each<[string, number, number | null, boolean, string[], string[]]>([
    ['that stays as it is', 5, 5, true, [], []],
    ['of flags', 5, 10, true, ['EXPERIMENT_HOLDOUT_UPDATE', 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'], [path]],
    ['of no flag', 5, 10, false, ['EXPERIMENT_HOLDOUT_UPDATE'], [path]],
    [
      'of flags, which is deleted',
      5,
      null,
      true,
      ['EXPERIMENT_HOLDOUT_DELETE', 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'],
      ['deleted', path],
    ],
    ['of no flag, which is deleted', 5, null, false, ['EXPERIMENT_HOLDOUT_DELETE'], ['deleted', path]],
  ])('%s', (_name, before, after, changesFlags, actions, paths) => {
    const changes = guardedHoldoutChanges({ ...holdout, before, after, changesFlags })
    expect(changes.flatMap((change) => change.actions)).toEqual(actions)
    expect(changes.flatMap(({ triggers }) => triggers.map((trigger) => trigger.path))).toEqual(paths)
  })

  it('is told with its percentage, and is no birth', () => {
    const percentage = { field: 'rollout_percentage', path, before: 5 }
    expect(guardedHoldoutChanges({ ...holdout, before: 5, after: 10, changesFlags: false })).toEqual([
      { actions: ['EXPERIMENT_HOLDOUT_UPDATE'], triggers: [{ ...percentage, after: 10 }], isCreate: false },
    ])
    expect(guardedHoldoutChanges({ ...holdout, before: 5, after: null, changesFlags: false })).toEqual([
      {
        actions: ['EXPERIMENT_HOLDOUT_DELETE'],
        triggers: [
          { field: 'deleted', path: 'deleted', before: false, after: true },
          { ...percentage, after: null },
        ],
        isCreate: false,
      },
    ])
  })
})

describe('changing filters', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['a percentage', { groups: [group(10)] }, { groups: [group(20)] }, ['rollout_percentage groups[0].rollout_percentage']],
    ['a set without percentage is one with 100', { groups: [group(null)] }, { groups: [group(100)] }, []],
    [
      'a set that comes',
      { groups: [group(10)] },
      { groups: [group(10), group(50, [plan])] },
      ['rollout_percentage groups[1].rollout_percentage', 'release_conditions groups[1]'],
    ],
    [
      'a set that goes',
      { groups: [group(10), group(50, [plan])] },
      { groups: [group(10)] },
      ['rollout_percentage groups[1].rollout_percentage', 'release_conditions groups[1]'],
    ],
    [
      'sets in another order',
      { groups: [group(10, [country]), group(20, [plan])] },
      { groups: [group(20, [plan]), group(10, [country])] },
      [],
    ],
    [
      'sets in another order where the first match decides',
      { early_exit: true, groups: [group(10, [country]), group(20, [plan])] },
      { early_exit: true, groups: [group(20, [plan]), group(10, [country])] },
      [
        'rollout_percentage groups[0].rollout_percentage',
        'rollout_percentage groups[1].rollout_percentage',
        'release_conditions groups[0]',
        'release_conditions groups[1]',
      ],
    ],
    ['properties in another order', { groups: [group(10, [country, plan])] }, { groups: [group(10, [plan, country])] }, []],
    [
      'what is for display',
      { groups: [group(10, [country])] },
      { groups: [group(10, [{ ...country, label: 'Country', cohort_name: 'x' }])] },
      [],
    ],
    [
      'an operator that is the default',
      { groups: [group(10, [plan])] },
      { groups: [group(10, [{ ...plan, operator: 'exact', negation: false }])] },
      [],
    ],
    [
      'another name of an operator',
      { groups: [group(1, [{ ...plan, operator: 'min' }])] },
      { groups: [group(1, [{ ...plan, operator: 'gte' }])] },
      [],
    ],
    ['a number as a key', { groups: [group(1, [{ ...plan, key: 7 }])] }, { groups: [group(1, [{ ...plan, key: '7' }])] }, []],
    [
      'another value',
      { groups: [group(1, [plan])] },
      { groups: [group(1, [{ ...plan, value: 'free' }])] },
      ['release_conditions groups[0]'],
    ],
    ['a forced variant', { groups: [group(1)] }, { groups: [group(1, [], { variant: 'test' })] }, ['release_conditions groups[0]']],
    [
      'a share of a variant',
      { multivariate: variants(50, 50) },
      { multivariate: variants(60, 40) },
      [
        'rollout_percentage multivariate.variants[control].rollout_percentage',
        'rollout_percentage multivariate.variants[test-1].rollout_percentage',
      ],
    ],
    [
      'variants in another order',
      { multivariate: { variants: variants(60, 40).variants } },
      { multivariate: { variants: [...variants(60, 40).variants].reverse() } },
      [],
    ],
    ['a holdout', { holdout: null }, { holdout: { id: 1, exclusion_percentage: 10 } }, ['rollout_percentage holdout.exclusion_percentage']],
    ['how people are told apart', {}, { bucketing_identifier: 'device_id' }, ['release_conditions bucketing_identifier']],
    ['groups that are none', { groups: [] }, { groups: 'all' }, ['rollout_percentage groups']],
    [
      'variants that are none',
      { multivariate: { variants: 1 } },
      { multivariate: { variants: 2 } },
      ['rollout_percentage multivariate.variants'],
    ],
    ['payloads', {}, { payloads: { control: '1' } }, []],
  ])('%s', (_name, before, after, expected) => {
    const [change, ...others] = guardedChanges(state(before), state(after), 'none')
    expect(others).toEqual([])
    expect((change?.triggers ?? []).map(({ field, path }) => `${field} ${path}`)).toEqual(expected)
  })

  it('looks at a deleted flag too, which can be restored as it is then', () => {
    const deleted = { deleted: true }
    expect(actionsOf(state({ groups: [group(10)] }, deleted), state({ groups: [group(90)] }, deleted))).toEqual(['FEATURE_FLAG_UPDATE'])
  })

  it("looks away from the release conditions of an experiment's flag", () => {
    expect(actionsOf(state({ groups: [group(10)] }), state({ groups: [group(10, [country])] }), 'experiment')).toEqual([])
    expect(actionsOf(state({ groups: [group(10)] }), state({ groups: [group(11)] }), 'experiment')).toEqual(['EXPERIMENT_UPDATE'])
  })
})

// Filters of any shape people send, and some that nobody should.
const percentage = fc.integer({ min: 0, max: 100 })
const property = fc.record(
  {
    key: fc.constantFrom('country', 'plan', 'age'),
    type: fc.constant('person'),
    value: fc.constantFrom('a', 'b', 1, null),
    operator: fc.constantFrom('exact', 'is_not', undefined),
  },
  { requiredKeys: ['key', 'type'] },
)
const filters = fc.record(
  {
    groups: fc.array(
      fc.record(
        { properties: fc.array(property, { maxLength: 3 }), rollout_percentage: percentage, variant: fc.constantFrom(null, 'control') },
        { requiredKeys: ['properties', 'rollout_percentage'] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
    multivariate: fc.record({
      variants: fc.uniqueArray(fc.record({ key: fc.constantFrom('control', 'a', 'b', 'c'), rollout_percentage: percentage }), {
        selector: ({ key }) => key,
        minLength: 2,
      }),
    }),
    holdout: fc.option(fc.record({ id: fc.constant(1), exclusion_percentage: percentage })),
    early_exit: fc.boolean(),
  },
  { requiredKeys: ['groups'] },
)
const reversedKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversedKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, reversedKeys(inner)]),
        )
      : value
const owners = fc.constantFrom<FlagOwner>('none', 'experiment')

describe('for any filters', () => {
  it('an equal save is no change, however its keys and properties are ordered', () => {
    fc.assert(
      fc.property(filters, owners, (given, owner) => {
        const shuffled = reversedKeys({
          ...given,
          groups: given.groups.map((set) => ({ ...set, properties: [...set.properties].reverse() })),
        })
        expect(guardedChanges(state(given), state(shuffled), owner)).toEqual([])
      }),
    )
  })

  it('another percentage anywhere is a change, and every policy without a condition guards it', () => {
    fc.assert(
      fc.property(filters, owners, fc.nat(), fc.integer({ min: 1, max: 50 }), (given, owner, place, by) => {
        const edited = structuredClone(given)
        const holders: { rollout_percentage?: number; exclusion_percentage?: number }[] = [
          ...edited.groups,
          ...(edited.multivariate?.variants ?? []),
          ...(edited.holdout ? [edited.holdout] : []),
        ]
        const holder = holders[place % holders.length] ?? {}
        const key = 'exclusion_percentage' in holder ? 'exclusion_percentage' : 'rollout_percentage'
        holder[key] = ((holder[key] ?? 0) + by) % 101
        // Sets that say the same can change places; then nothing changed.
        const multiset = (sets: object[]) => sets.map((set) => JSON.stringify(set)).sort()
        fc.pre(
          holders.indexOf(holder) >= edited.groups.length ||
            JSON.stringify(multiset(given.groups)) !== JSON.stringify(multiset(edited.groups)),
        )
        const [change] = guardedChanges(state(given), state(edited), owner)
        expect(change?.actions).toEqual([owner === 'experiment' ? 'EXPERIMENT_UPDATE' : 'FEATURE_FLAG_UPDATE'])
        expect(change && matchesCondition({}, change)).toBe(true)
        expect(change && matchesCondition({ type: 'something new' }, change)).toBe(true)
      }),
    )
  })

  it('never fails, whatever is stored or sent, and misses no difference of what is malformed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), owners, (before, after, owner) => {
        guardedChanges(state(before), state(after), owner)
        guardedChanges(state({ groups: before, multivariate: after }), state({ groups: after, multivariate: before }), owner)
        expect(guardedChanges(state(before), state(structuredClone(before)), owner)).toEqual([])
      }),
    )
  })
})

describe('a condition', () => {
  const from10 = (to: number) => guardedChanges(state({ groups: [group(10)] }), state({ groups: [group(to)] }), 'none')[0]
  const drop = guardedChanges(state({ groups: [group(90)] }), state({ groups: [group(0)] }), 'none')[0]
  const twoSets = guardedChanges(
    state({ groups: [group(80, [plan]), group(10)] }),
    state({ groups: [group(80, [plan]), group(20)] }),
    'none',
  )[0]
  const added = guardedChanges(state({ groups: [group(10)] }), state({ groups: [group(10), group(100, [plan])] }), 'none')[0]
  const on = (type: string, operator: string, value: number) => ({ type, field: 'rollout_percentage', operator, value })
  it.each([
    ['before_after >= 75 guards 75', on('before_after', '>=', 75), from10(75), true],
    ['before_after >= 75 guards not 74', on('before_after', '>=', 75), from10(74), false],
    ['before_after > 50 looks at what changed only', on('before_after', '>', 50), twoSets, false],
    ['change_amount > 20 guards 10 to 40', on('change_amount', '>', 20), from10(40), true],
    ['change_amount > 20 guards not 10 to 30', on('change_amount', '>', 20), from10(30), false],
    ['change_amount > 20 guards 90 to 0', on('change_amount', '>', 20), drop, true],
    ['change_amount > 20 guards a new set at 100', on('change_amount', '>', 20), added, true],
    ['change_amount < 20 guards 10 to 15', on('change_amount', '<', 20), from10(15), true],
    ['crosses_threshold >= 50 guards 10 to 50', on('crosses_threshold', '>=', 50), from10(50), true],
    ['crosses_threshold < 50 guards not 10 to 20', on('crosses_threshold', '<', 50), from10(20), false],
    ['any_change of percentages', { type: 'any_change', field: 'rollout_percentage' }, from10(11), true],
    ['any_change of conditions guards no percentage', { type: 'any_change', field: 'release_conditions' }, from10(11), false],
    ['an unknown operator guards', on('before_after', '~', 99), from10(11), true],
    ['a missing value guards', { type: 'before_after', field: 'rollout_percentage', operator: '>' }, from10(11), true],
    ['what is no object guards', 'nonsense', from10(11), true],
  ])('%s', (_name, condition, change, expected) => {
    expect(change && matchesCondition(condition, change)).toBe(expected)
  })

  it('on a create, counts release conditions only where it names them', () => {
    const [change] = guardedChanges(null, state({ groups: [{ properties: [plan] }] }, { active: false }), 'none')
    expect(change?.actions).toEqual(['FEATURE_FLAG_UPDATE'])
    expect(change && matchesCondition({}, change)).toBe(false)
    expect(change && matchesCondition({ type: 'any_change', field: 'release_conditions' }, change)).toBe(true)
  })

  it.each([
    ['FEATURE_FLAG_UPDATE', { type: 'BEFORE_AFTER', field: 'rollout_percentage', operator: 'GTE', value: 75 }, []],
    ['FEATURE_FLAG_UPDATE', { type: 'ANY_CHANGE', field: 'release_conditions' }, []],
    ['EXPERIMENT_UPDATE', { type: 'ANY_CHANGE', field: 'release_conditions' }, ['condition.field']],
    ['FEATURE_FLAG_ENABLE', { type: 'ANY_CHANGE' }, []],
    ['FEATURE_FLAG_ENABLE', { type: 'BEFORE_AFTER', field: 'active', operator: 'EQ', value: 1 }, ['condition.type']],
    ['FEATURE_FLAG_UPDATE', { type: 'CHANGE_AMOUNT' }, ['condition.field', 'condition.operator', 'condition.value']],
    ['FEATURE_FLAG_UPDATE', { type: 'CHANGE_AMOUNT', field: 'rollout_percentage', operator: 'GT', value: 101 }, ['condition.value']],
    ['FEATURE_FLAG_UPDATE', { type: 'ANY_CHANGE', operator: 'GT', value: 1 }, ['condition.operator', 'condition.value']],
  ] as const)('for %s, %o has the faults %o', (action, condition, expected) => {
    expect(validateCondition(action, condition).map(({ path }) => path.join('.'))).toEqual(expected)
  })

  it('is stored as the reference stores it', () => {
    expect(toStoredCondition({ type: 'BEFORE_AFTER', field: 'rollout_percentage', operator: 'GTE', value: 75 })).toEqual(
      on('before_after', '>=', 75),
    )
    expect(toStoredCondition(null)).toEqual({})
  })
})

describe('a description', () => {
  it('names action, flag and every percentage', () => {
    const [change] = guardedChanges(state({ groups: [group(10)] }), state({ groups: [group(20), group(50, [plan])] }), 'none')
    expect(describeChange('FEATURE_FLAG_UPDATE', { flag: { key: 'checkout' }, experimentName: null }, change?.triggers ?? [])).toBe(
      "Update feature flag 'checkout': groups[0].rollout_percentage 10% -> 20%, groups[1].rollout_percentage N/A -> 50%, condition set 2 added",
    )
    expect(describeChange('EXPERIMENT_LAUNCH', { flag: { key: 'checkout' }, experimentName: 'Checkout' }, [])).toBe(
      "Launch experiment 'Checkout' (feature flag 'checkout')",
    )
  })

  it('is bounded', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      group(index % 100, [{ key: `${index}`.repeat(50), type: 'person', value: index }]),
    )
    const [change] = guardedChanges(state({ groups: [] }), state({ groups: many }), 'none')
    const text = describeChange(
      'FEATURE_FLAG_UPDATE',
      { flag: { key: 'x'.repeat(400) }, experimentName: 'y'.repeat(400) },
      change?.triggers ?? [],
    )
    expect(text.length).toBeLessThanOrEqual(2_000)
    expect(text).toContain('and 980 more')
  })
})

describe('a plan', () => {
  const flagChange = (before: FlagState | null, after: FlagState, more: Partial<FlagChange> = {}): FlagChange => ({
    ...{ id: 1, key: 'a', createdForExperiment: false, changedValues: {}, expectedVersion: null },
    ...{ before, after, ...more },
  })
  const [off, on] = [state({ groups: [] }, { active: false }), state({ groups: [] })]
  const byPlan = state({ groups: [group(100, [plan])] })
  const holdout = { id: 1, name: 'Ten', before: 10, after: 20, experiments: 0, changesFlags: false }

  it.each<[string, Parameters<typeof plannedChanges>[0], FlagOwner, string[][]]>([
    ['that changes neither a flag nor a holdout', { flag: null }, 'none', []],
    ['of a flag', { flag: flagChange(off, on) }, 'none', [['FEATURE_FLAG_ENABLE']]],
    ["of an experiment's flag", { flag: flagChange(off, on) }, 'experiment', [['EXPERIMENT_LAUNCH']]],
    [
      "that rewrites the conditions of an experiment's flag",
      { flag: flagChange(state({ groups: [group(100)] }), byPlan) },
      'experiment',
      [],
    ],
    [
      "that changes the conditions of an experiment's flag on purpose",
      { flag: flagChange(state({ groups: [group(100)] }), byPlan, { guardsConditions: true }) },
      'experiment',
      [['EXPERIMENT_UPDATE']],
    ],
    [
      'that also creates flags, which have no owner',
      { flag: flagChange(off, on), newFlags: [{ change: flagChange(null, on, { id: null }), after: {} }] },
      'experiment',
      [['EXPERIMENT_LAUNCH'], ['FEATURE_FLAG_ENABLE']],
    ],
    ['of a holdout', { flag: null, holdout }, 'none', [['EXPERIMENT_HOLDOUT_UPDATE']]],
  ])('%s can need approval', (_name, planned, owner, expected) => {
    expect(plannedChanges(planned, owner).map(({ actions }) => actions)).toEqual(expected)
  })
})
