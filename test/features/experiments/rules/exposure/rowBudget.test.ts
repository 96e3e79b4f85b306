import { expect, it } from 'vitest'
import { overBudget, rowBudget } from '../../../../../src/features/experiments/rules/exposure/rowBudget.ts'

// How much of the events is read to judge the filters of exposures, and what is said beyond it.

it.each([
  ['one experiment', 100_000, 1, 101_000],
  ['one experiment of a large cohort', 1_000_000, 1, 250_000],
  ['no experiment', 100_000, 0, 101_000],
  ['two, which have room for both', 100_000, 2, 101_000],
  ['fifty, which share', 100_000, 50, 5_000],
])('%s', (_what, max, asked, budget) => {
  expect(rowBudget(max, asked)).toBe(budget)
})

it('names what was too much, and whether asking for one alone helps', () => {
  expect(overBudget(100_000, 1)).toBe('More than 101000 people and values would have to be judged by the filters.')
  expect(overBudget(1_000_000, 1)).toBe('More than 250000 people and values would have to be judged by the filters.')
  expect(overBudget(100_000, 50)).toBe(
    'More than 5000 people and values would have to be judged by the filters, which is the share of each of 50 experiments. Ask about this one alone.',
  )
})
