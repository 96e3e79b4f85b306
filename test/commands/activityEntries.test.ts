import { describe, expect, it } from 'vitest'
import type { Actor } from '../../src/auth/actor.ts'
import { bypassEntries, changedResource, commandEntries, plannedThing, requestedObjects } from '../../src/commands/activityEntries.ts'
import type { CommandPlan, CommandResult } from '../../src/commands/command.ts'

// What the audit trail says of a write.

const actor = { user: { id: 7 }, keyMask: 'phx_...abcd', now: new Date('2026-11-01') } as unknown as Actor
const planOf = (more: object): CommandPlan =>
  ({
    ...{ project: { id: 3, organizationId: 'o', name: 'not told' }, experimentName: null, flag: null, rows: [] },
    ...{ resource: { type: 'FEATURE_FLAG', id: 5 }, before: { active: true }, after: { active: false }, ...more },
  }) as unknown as CommandPlan
const ofFlag = planOf({ flag: { id: 5, key: 'a' } })
const ofExperiment = planOf({ resource: { type: 'EXPERIMENT', id: 9 }, experimentName: 'Old', flag: { id: 5, key: 'a' } })
const ofHoldout = planOf({ resource: { type: 'EXPERIMENT_HOLDOUT', id: 4 }, holdout: { id: 4, name: 'Ten' } })
const flagWritten: CommandResult = { id: 5, experimentId: null, featureFlagId: 5, version: 8 }
const everyEntry = { actor, organizationId: 'o', projectId: 3, changeRequestId: null }

describe('a write leaves', () => {
  const entriesOf = (plan: CommandPlan, result: CommandResult, notes: { changeRequestId: number | null; detail?: string }) =>
    commandEntries(actor, 'updateIt', plan, result, notes)
  const none = { changeRequestId: null }

  it('an entry of its object, with what changed and the version of the flag', () => {
    expect(entriesOf(ofFlag, flagWritten, none)).toEqual([
      {
        ...everyEntry,
        ...{ activity: 'updateIt', resource: { type: 'FEATURE_FLAG', id: 5, name: 'a' }, experimentId: null, featureFlagId: 5 },
        ...{ flagVersion: 8, before: { active: true }, after: { active: false } },
      },
    ])
  })

  it('no entry if it changes no value', () => {
    expect(entriesOf({ ...ofFlag, before: {}, after: {} }, flagWritten, none)).toEqual([])
  })

  it('an entry with the change request that was applied, and with a remark', () => {
    expect(entriesOf(ofFlag, flagWritten, { changeRequestId: 6, detail: 'By the key of Ann.' })).toMatchObject([
      { changeRequestId: 6, detail: 'By the key of Ann.' },
    ])
  })

  it('an entry of an experiment under the id that it got, and of the flag that it wrote', () => {
    expect(entriesOf(ofExperiment, { id: 11, experimentId: 11, featureFlagId: 5, version: 8 }, none)).toMatchObject([
      { resource: { type: 'EXPERIMENT', id: 11, name: 'Old' }, experimentId: 11, featureFlagId: 5, flagVersion: 8 },
    ])
  })

  it('no version of a flag where it wrote none', () => {
    expect(entriesOf(ofExperiment, { id: 9, experimentId: 9, featureFlagId: null, version: 8 }, none)).toMatchObject([
      { featureFlagId: null, flagVersion: null },
    ])
  })

  it('the values that only the write knew', () => {
    expect(entriesOf(ofFlag, { ...flagWritten, after: { key: 'a-2' } }, none)).toMatchObject([{ after: { key: 'a-2' } }])
  })

  it('an entry of each other flag that it created, in its first version', () => {
    const newFlags = [
      { change: { key: 'b' }, after: { key: 'b' } },
      { change: { key: 'c' }, after: { key: 'c' } },
    ]
    const plan = { ...ofFlag, newFlags } as unknown as CommandPlan
    const [own, ...copies] = entriesOf(plan, { ...flagWritten, newFlagIds: [21, 22] }, { changeRequestId: 6 })
    expect(own).toMatchObject({ resource: { id: 5 }, flagVersion: 8, before: { active: true } })
    expect(copies).toEqual(
      [
        ['b', 21],
        ['c', 22],
      ].map(([key, id]) => ({
        ...{ ...everyEntry, activity: 'updateIt', changeRequestId: 6, experimentId: null, featureFlagId: 5, flagVersion: 1 },
        ...{ resource: { type: 'FEATURE_FLAG', id, name: key }, before: {}, after: { key } },
      })),
    )
  })

  it('an entry of each object that changed along, with its own values', () => {
    const changed = [{ experimentId: 31, featureFlagId: 32, flagVersion: 2, before: { share: 1 }, after: { share: 2 } }]
    const result = { id: 4, experimentId: null, featureFlagId: null, version: null, changed }
    expect(entriesOf(ofHoldout, result, none)).toMatchObject([
      { resource: { type: 'HOLDOUT', id: 4, name: 'Ten' }, experimentId: null, before: { active: true } },
      { resource: { type: 'HOLDOUT', id: 4, name: 'Ten' }, ...changed[0] },
    ])
  })
})

describe('a bypass leaves', () => {
  const bypass = { policyId: 2, action: 'FEATURE_FLAG_UPDATE', reason: 'level owner', skipped: 'Skipped 1 approval of: Update.' }

  it('an entry for each policy, which says what was skipped', () => {
    expect(bypassEntries(actor, ofFlag, flagWritten, [bypass, { ...bypass, policyId: 3 }], 6)).toEqual(
      [2, 3].map((policyId) => ({
        ...{ ...everyEntry, activity: 'bypassPolicy', policyId, changeRequestId: 6 },
        detail: 'Bypassed the policy for FEATURE_FLAG_UPDATE by level owner. Skipped 1 approval of: Update.',
        ...{ resource: { type: 'FEATURE_FLAG', id: 5, name: 'a' }, experimentId: null, featureFlagId: 5 },
        ...{ before: { active: true }, after: { active: false } },
      })),
    )
  })

  it('nothing where there is none', () => {
    expect(bypassEntries(actor, ofFlag, flagWritten, [], null)).toEqual([])
  })
})

it.each([
  ['a flag', ofFlag, { id: 5, experimentId: null, featureFlagId: 5 }],
  ['an experiment', ofExperiment, { id: 9, experimentId: 9, featureFlagId: 5 }],
  ['a holdout', ofHoldout, { id: 4, experimentId: null, featureFlagId: null }],
])('a request is about the stored objects of its plan: %s', (_what, plan, objects) => {
  expect(requestedObjects(plan)).toEqual(objects)
})

it.each<[string, CommandPlan, object]>([
  ['a flag by its key', ofFlag, { type: 'FEATURE_FLAG', name: 'a' }],
  ['an experiment by its name', ofExperiment, { type: 'EXPERIMENT', name: 'Old' }],
  ['a holdout by its name before the change', ofHoldout, { type: 'HOLDOUT', name: 'Ten' }],
  [
    'a holdout whose share stays',
    planOf({ resource: { type: 'EXPERIMENT_HOLDOUT' }, holdoutName: 'Ten' }),
    { type: 'HOLDOUT', name: 'Ten' },
  ],
  ['a thing without a name by an empty one', planOf({}), { type: 'FEATURE_FLAG', name: '' }],
  ['a holdout without a name by an empty one', planOf({ resource: { type: 'EXPERIMENT_HOLDOUT' } }), { type: 'HOLDOUT', name: '' }],
])('an entry names %s', (_what, plan, named) => {
  expect(changedResource(plan, 1)).toEqual({ id: 1, ...named })
})

it('a plan is about a thing of PostHog', () => {
  expect([ofFlag, ofExperiment, ofHoldout].map(plannedThing)).toEqual([
    { type: 'FEATURE_FLAG', id: 5 },
    { type: 'EXPERIMENT', id: 9 },
    { type: 'HOLDOUT', id: 4 },
  ])
})
