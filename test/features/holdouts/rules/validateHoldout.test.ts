import { describe, expect, it } from 'vitest'
import { type HoldoutValues, validateHoldout } from '../../../../src/features/holdouts/rules/validateHoldout.ts'

// Which values a holdout may have.

describe('a holdout', () => {
  it.each<[string, Partial<HoldoutValues>]>([
    ['with nothing to set', {}],
    ['with all values', { name: 'Everybody', description: 'Kept out', exclusionPercentage: 10 }],
    ['without a description', { description: null }],
    ['with the longest texts', { name: '😀'.repeat(400), description: 'x'.repeat(400) }],
    ['that keeps out nobody', { exclusionPercentage: 0 }],
    ['that keeps out everybody', { exclusionPercentage: 100 }],
  ])('%s is valid', (_name, values) => {
    expect(validateHoldout(values)).toEqual([])
  })

  it.each<[string, Partial<HoldoutValues>, string[]]>([
    ['a blank name', { name: ' ' }, ['name']],
    ['a long name', { name: 'x'.repeat(401) }, ['name']],
    ['a long description', { description: 'x'.repeat(401) }, ['description']],
    ['a share below 0', { exclusionPercentage: -0.1 }, ['exclusionPercentage']],
    ['a share over 100', { exclusionPercentage: 100.1 }, ['exclusionPercentage']],
    ['all of that', { name: '', description: '\0', exclusionPercentage: 101 }, ['name', 'description', 'exclusionPercentage']],
  ])('%s is refused', (_name, values, paths) => {
    expect(validateHoldout(values).map(({ path }) => path.join('.'))).toEqual(paths)
  })
})
