import { describe, expect, it } from 'vitest'
import { impliedValues } from '../../../../src/features/approvals/rules/impliedValues.ts'

// What must not use a flag for a change of it to be made.

const of = (values: Record<string, { before: unknown; after?: unknown }>) =>
  Object.keys(impliedValues({ type: 'FEATURE_FLAG', id: 1, values })).sort()
const variants = (...keys: unknown[]) => ({ variants: keys.map((key) => ({ key })) })
const forDeletion = ['dependentFlags', 'isInEarlyAccess', 'isUsedInReplaySettings', 'unfinishedExperiments']

describe('what a change of a flag needs', () => {
  it.each([
    ['switching it off', { active: { before: true, after: false } }, ['dependentFlags']],
    ['leaving it off', { active: { before: false, after: false } }, []],
    ['switching it on', { active: { before: false, after: true } }, []],
    ['reading whether it is on', { active: { before: true } }, []],
    ['deleting it', { deleted: { before: false, after: true } }, forDeletion],
    ['leaving it deleted', { deleted: { before: true, after: true } }, []],
    ['restoring it', { deleted: { before: true, after: false } }, []],
    ['taking a variant out', { 'filters.multivariate': { before: variants('a', 'b'), after: variants('b') } }, ['runningExperiments']],
    ['taking all out', { 'filters.multivariate': { before: variants('a'), after: null } }, ['runningExperiments']],
    ['adding one', { 'filters.multivariate': { before: variants('a'), after: variants('b', 'a') } }, []],
    [
      'variants that become malformed',
      { 'filters.multivariate': { before: variants('a'), after: { variants: 7 } } },
      ['runningExperiments'],
    ],
    ['variants that were malformed', { 'filters.multivariate': { before: { variants: 7 }, after: null } }, []],
    ['malformed ones', { 'filters.multivariate': { before: { variants: [null, { key: 7 }, 'a'] }, after: 'b' } }, []],
    ['reading the variants', { 'filters.multivariate': { before: variants('a') } }, []],
  ])('for %s', (_what, values, expected) => {
    expect(of(values)).toEqual(expected)
  })

  it('is that nothing uses it', () => {
    const values = { deleted: { before: false, after: true }, 'filters.multivariate': { before: variants('a'), after: null } }
    expect(impliedValues({ type: 'FEATURE_FLAG', id: 1, values })).toEqual({
      ...{ dependentFlags: { before: [] }, unfinishedExperiments: { before: [] }, runningExperiments: { before: [] } },
      ...{ isInEarlyAccess: { before: false }, isUsedInReplaySettings: { before: false } },
    })
  })

  it('of another thing is nothing', () => {
    expect(impliedValues({ type: 'EXPERIMENT', id: 1, values: { deleted: { before: false, after: true } } })).toEqual({})
  })
})
