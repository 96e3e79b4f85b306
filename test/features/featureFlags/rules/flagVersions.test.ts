import { describe, expect, it } from 'vitest'
import { type CurrentFlag, type FlagEntry, rebuildVersions } from '../../../../src/features/featureFlags/rules/flagVersions.ts'

const day = (n: number) => new Date(Date.UTC(2026, 9, n))
const flag = (version: number, values: object, more: Partial<CurrentFlag> = {}): CurrentFlag => ({
  ...{ version, createdAt: day(1), createdById: 7, values: { key: 'k', active: true, ...values }, hasSecrets: false },
  ...more,
})
const entry = (n: number, before: object, after: object, version: number | null = n): FlagEntry => ({
  ...{ version, before: { ...before }, after: { ...after }, createdAt: day(n), userId: n },
})
const creation = (values: object = {}) => entry(1, {}, { key: 'k', active: true, filters: { groups: [1] }, ...values })
const told = (...args: Parameters<typeof rebuildVersions>) =>
  rebuildVersions(...args).map(({ number, complete, snapshot, createdAt }) => ({ number, complete, snapshot, createdAt }))
const at = (n: number, groups: unknown, more: object = {}) => ({
  ...{ number: n, complete: true, createdAt: day(n) },
  snapshot: { key: 'k', active: true, filters: { groups }, ...more },
})

describe('the versions of a flag', () => {
  it('are rebuilt back to its creation', () => {
    const entries = [
      entry(3, { active: false }, { active: true }),
      entry(2, { active: true, 'filters.groups': [1] }, { active: false, 'filters.groups': [2] }),
      creation(),
    ]
    expect(told(flag(3, { filters: { groups: [2] } }), entries, true)).toEqual([at(3, [2]), at(2, [2], { active: false }), at(1, [1])])
    const [newest, , first] = rebuildVersions(flag(3, { filters: { groups: [2] } }), entries, true)
    expect(newest).toMatchObject({ current: true, userId: 3, before: { active: false }, after: { active: true } })
    expect(first).toMatchObject({ current: false, userId: 1, before: {} })
  })

  it('are numbered back from the present where old entries have no numbers', () => {
    const entries = [
      entry(3, { 'filters.groups': [2] }, { 'filters.groups': [3] }, null),
      entry(2, { 'filters.groups': [1] }, { 'filters.groups': [2] }, null),
      creation(),
    ]
    expect(told(flag(3, { filters: { groups: [3] } }), entries, true).map(({ number, complete }) => [number, complete])).toEqual([
      [3, true],
      [2, true],
      [1, true],
    ])
  })

  it('of an imported flag begin with what was there before the first change', () => {
    expect(told(flag(9, { filters: { groups: [1] } }), [], true)).toEqual([{ ...at(9, [1]), createdAt: null }])
    expect(told(flag(1, { filters: { groups: [1] } }), [], true)).toEqual([at(1, [1])])
    expect(told(flag(9, { filters: { groups: [2] } }), [entry(9, { 'filters.groups': [1] }, { 'filters.groups': [2] })], true)).toEqual([
      at(9, [2]),
      { ...at(8, [1]), createdAt: null },
    ])
  })

  it('are incomplete before a change that left no entry', () => {
    const entries = [
      entry(4, { 'filters.groups': [2] }, { 'filters.groups': [3] }),
      entry(2, { 'filters.groups': [1] }, { 'filters.groups': [2] }),
      creation(),
    ]
    const versions = told(flag(5, { filters: { groups: [3] } }), entries, true)
    expect(versions.map(({ number, complete, createdAt }) => [number, complete, createdAt])).toEqual([
      [5, true, null],
      [4, false, day(4)],
      [3, false, null],
      [2, false, day(2)],
      [1, false, day(1)],
    ])
    expect(versions.at(-1)?.snapshot).toEqual(at(1, [1]).snapshot)
  })

  it('are incomplete where a value is not what the trail left', () => {
    const entries = [entry(2, { 'filters.groups': [1] }, { 'filters.groups': [2] }), creation()]
    expect(told(flag(2, { filters: { groups: ['imported'] } }), entries, true)).toEqual([
      { ...at(2, [2]), complete: false },
      { ...at(1, [1]), complete: false },
    ])
  })

  it('are incomplete where one of several values is not what the trail left', () => {
    const entries = [entry(2, { name: 'a', active: false }, { name: 'b', active: true })]
    expect(told(flag(2, { name: 'other' }), entries, true)[0]).toMatchObject({ number: 2, complete: false, snapshot: { name: 'b' } })
  })

  it('are complete with the same evaluation contexts in another order', () => {
    const entries = [
      entry(2, { evaluationContexts: ['web'] }, { evaluationContexts: ['web', 'app'] }),
      creation({ evaluationContexts: ['web'] }),
    ]
    expect(told(flag(2, { filters: { groups: [1] }, evaluationContexts: ['app', 'web'] }), entries, true)).toEqual([
      at(2, [1], { evaluationContexts: ['app', 'web'] }),
      at(1, [1], { evaluationContexts: ['web'] }),
    ])
  })

  it('have filters that are malformed as they are stored, and none where none are', () => {
    expect(told(flag(1, { filters: 'x' }), [], true)[0]?.snapshot).toEqual({ key: 'k', active: true, filters: 'x' })
    expect(told(flag(1, {}), [], true)[0]?.snapshot).toEqual({ key: 'k', active: true, filters: {} })
  })

  it('end with the creation, whatever its number', () => {
    expect(told(flag(5, { filters: { groups: [1] } }), [{ ...creation(), version: null }], true)).toEqual([
      { ...at(5, [1]), createdAt: day(1) },
    ])
  })

  it('go on before a change of the key, and before one that left no former values', () => {
    const entries = [entry(3, {}, { name: 'N' }), entry(2, { key: 'old' }, { key: 'k' })]
    expect(told(flag(3, { name: 'N' }), entries, true).map(({ number, snapshot }) => [number, snapshot.key])).toEqual([
      [3, 'k'],
      [2, 'k'],
      [1, 'old'],
    ])
  })

  it('are numbered anew after an import that lowered the version', () => {
    const versions = told(flag(2, { filters: { groups: [9] } }), [entry(8, { 'filters.groups': [7] }, { 'filters.groups': [8] })], true)
    expect(versions.map(({ number, complete }) => [number, complete])).toEqual([
      [2, false],
      [1, false],
    ])
  })

  it('are incomplete with secrets, and end before number 1', () => {
    expect(told(flag(1, { filters: {} }, { hasSecrets: true }), [], true)).toMatchObject([{ complete: false }])
    const changes = [entry(3, {}, { name: 'c' }, null), entry(2, {}, { name: 'b' }, null)]
    expect(told(flag(1, { name: 'c' }), changes, true)).toHaveLength(1)
  })

  it('an absent filter and null are the same', () => {
    const entries = [
      entry(2, { 'filters.early_exit': true }, { 'filters.early_exit': null }),
      creation({ filters: { groups: [1], early_exit: true } }),
    ]
    const versions = told(flag(2, { filters: { groups: [1] } }), entries, true)
    expect(versions[0]).toEqual(at(2, [1]))
    expect(versions[1]?.snapshot).toEqual({ key: 'k', active: true, filters: { groups: [1], early_exit: true } })
  })
})
