import { describe, expect, it } from 'vitest'
import { type MatchContext, matchesProperty } from '../../../../src/features/evaluation/rules/matchProperty.ts'
import type { PropertyOperatorName } from '../../../../src/features/featureFlags/rules/conditions.ts'

// Whether a filter holds for the value of a property.

const context = (steps = 100_000): MatchContext => ({
  now: new Date('2026-11-20T12:00:00Z'),
  timezone: 'UTC',
  matchingVersion: 1,
  work: { steps },
})
const holds = (operator: PropertyOperatorName, filter: unknown, given: unknown, steps?: number) =>
  matchesProperty(operator, filter, true, given, context(steps))

/** Each operator with its opposite, if it has one: a filter, values for which it holds, and values for which it does not. */
const operators: [PropertyOperatorName, PropertyOperatorName | null, unknown, unknown[], unknown[]][] = [
  ['EXACT', 'IS_NOT', 'Pro', ['pro', 'PRO'], ['prof', 'pr', '', null, 5]],
  ['EXACT', 'IS_NOT', ['a', 5], ['A', 5, '5'], ['b', ['a', 5], '']],
  ['EXACT', 'IS_NOT', { a: [1] }, [{ a: [1] }, '{"a":[1]}'], [{ a: [2] }, 'a']],
  ['ICONTAINS', 'NOT_ICONTAINS', 'B', ['abc', 'B'], ['ac', '', null]],
  ['ICONTAINS_MULTI', 'NOT_ICONTAINS_MULTI', ['x', 'B'], ['abc', 'x'], ['ac', '']],
  ['ICONTAINS_MULTI', 'NOT_ICONTAINS_MULTI', 'B', ['abc'], ['ac']],
  ['ICONTAINS_MULTI', 'NOT_ICONTAINS_MULTI', [], [], ['', 'a']],
  ['STARTS_WITH', 'NOT_STARTS_WITH', 'aB', ['abc', 'AB'], ['cab', 'a', '']],
  ['ENDS_WITH', 'NOT_ENDS_WITH', 'Bc', ['abc', 'bC'], ['bcd', 'c', '']],
  ['REGEX', 'NOT_REGEX', '^a.c$', ['abc', 'a-c'], ['ABC', 'abcd', '']],
  ['GT', null, 5, [6, '6', 5.1], [5, 4, '4', 'many', null, true]],
  ['GTE', null, '5', [6, 5, '5'], [4, 'many', null]],
  ['LT', null, 5, [4, '4', 4.9], [5, 6, 'many', null]],
  ['LTE', null, 5, [4, 5, '5'], [6, 'many', null]],
  ['BETWEEN', 'NOT_BETWEEN', [1, 3], [1, 2, '3'], [0.9, 3.1, '4']],
  ['BETWEEN', 'NOT_BETWEEN', ['2', 2], [2], [1, 3]],
  ['IS_DATE_BEFORE', null, '2026-11-01', ['2026-10-31', 0], ['2026-11-01', '2026-11-02', 'soon', null]],
  ['IS_DATE_AFTER', null, '2026-11-01', ['2026-11-02'], ['2026-11-01', '2026-10-31', 'soon', null]],
  ['IS_DATE_EXACT', null, '2026-11-01', ['2026-11-01', '2026-11-01T00:00:00Z'], ['2026-11-02', '2026-10-31', 'soon', null]],
  ['SEMVER_GT', null, '1.2.3', ['1.2.4'], ['1.2.3', 'one', null]],
]

describe.each(operators)('%s (or %s) of %j', (operator, opposite, filter, matching, others) => {
  it.each([...matching.map((value) => [value, true] as const), ...others.map((value) => [value, false] as const)])(
    'for %j: %s',
    (given, expected) => {
      expect(holds(operator, filter, given)).toBe(expected)
      if (opposite !== null) expect(holds(opposite, filter, given)).toBe(!expected)
    },
  )
})

describe('neither holds', () => {
  it.each<[string, PropertyOperatorName[], unknown, unknown]>([
    ['a search by no pattern', ['REGEX', 'NOT_REGEX'], '((', 'a'],
    ['a range that is no list', ['BETWEEN', 'NOT_BETWEEN'], 5, 5],
    ['a range of one', ['BETWEEN', 'NOT_BETWEEN'], [1], 5],
    ['a range of three', ['BETWEEN', 'NOT_BETWEEN'], [1, 3, 5], 2],
    ['a range without a start', ['BETWEEN', 'NOT_BETWEEN'], ['x', 3], 2],
    ['a range without an end', ['BETWEEN', 'NOT_BETWEEN'], [1, 'x'], 2],
    ['a range of a text', ['BETWEEN', 'NOT_BETWEEN'], [1, 3], 'x'],
    ['a reversed range', ['BETWEEN', 'NOT_BETWEEN'], [3, 1], 2],
    ['a comparison with no number', ['GT', 'GTE', 'LT', 'LTE'], 'x', 5],
    ['a comparison with no date', ['IS_DATE_BEFORE', 'IS_DATE_AFTER', 'IS_DATE_EXACT'], 'soon', '2026-11-01'],
    ['what others ask for', ['IN', 'NOT_IN', 'FLAG_EVALUATES_TO', 'UNKNOWN'], '1.0.0', '1.0.0'],
  ])('%s', (_name, names, filter, given) => {
    expect(names.filter((operator) => holds(operator, filter, given))).toEqual([])
  })
})

const all: PropertyOperatorName[] = [
  ...new Set([...operators.flatMap(([one, other]) => (other === null ? [one] : [one, other])), 'SEMVER_NEQ' as const]),
]
const negative: PropertyOperatorName[] = [
  ...(['IS_NOT', 'NOT_ICONTAINS', 'NOT_ICONTAINS_MULTI', 'NOT_STARTS_WITH', 'NOT_ENDS_WITH', 'NOT_REGEX', 'NOT_BETWEEN'] as const),
]

it('a property that is not given meets what is negative', () => {
  expect(all.filter((operator) => matchesProperty(operator, ['1', '2'], false, null, context())).sort()).toEqual([...negative].sort())
})

it('nothing to compare with meets nothing', () => {
  for (const filter of [null, undefined]) {
    for (const isGiven of [true, false]) {
      expect(all.filter((operator) => matchesProperty(operator, filter, isGiven, 'a', context()))).toEqual([])
    }
  }
})

it('being set is all that some ask', () => {
  const asks = (operator: PropertyOperatorName, isGiven: boolean) => matchesProperty(operator, null, isGiven, null, context(0))
  expect([asks('IS_SET', true), asks('IS_SET', false), asks('IS_NOT_SET', true), asks('IS_NOT_SET', false)]).toEqual([
    true,
    false,
    false,
    true,
  ])
})

describe('the work of a request', () => {
  it.each(operators.filter(([, , filter]) => !Array.isArray(filter) || filter.length > 0))(
    '%s and %s hold for nothing when it is done',
    (operator, opposite, filter, [given]) => {
      expect(holds(operator, filter, given, 0)).toBe(false)
      if (opposite !== null) expect(holds(opposite, filter, given, 0)).toBe(false)
    },
  )

  const taken = (operator: PropertyOperatorName, filter: unknown, given: unknown) => {
    const given_ = context(10_000_000)
    matchesProperty(operator, filter, true, given, given_)
    return 10_000_000 - given_.work.steps
  }
  const long = 'x'.repeat(64_000)
  const list = Array.from({ length: 8_000 }, () => 'true')

  it.each<[string, PropertyOperatorName, unknown, unknown, number]>([
    ['a long text', 'EXACT', 'a', long, 2_000],
    ['a long text, compared with many', 'ICONTAINS_MULTI', Array.from({ length: 9 }, () => 'a'), long, 20_000],
    ['many texts', 'EXACT', Array.from({ length: 5_000 }, () => 'a'), 'b', 5_000],
    ['a list that has to be written', 'EXACT', 'a', list, 15_000],
    ['a list of booleans', 'EXACT', 'true', list, 8_000],
    ['a filter of booleans', 'EXACT', list, 'true', 8_000],
    ['a long text that is no number', 'GT', 1, long, 8_000],
    ['a long text in a range', 'BETWEEN', [1, 2], long, 8_000],
    ['a date', 'IS_DATE_AFTER', '2026-01-01', '2026-01-02', 500],
    ['a long text that is no date', 'IS_DATE_AFTER', '2026-01-01', long, 8_500],
    ['a long text that is no version', 'SEMVER_EQ', '1.0.0', long, 64_000],
    ['a long filter that is no version', 'SEMVER_EQ', long, '1.0.0', 64_000],
    ['an object with many keys as version', 'SEMVER_EQ', '1.0.0', Object.fromEntries(Array.from({ length: 900 }, (_, n) => [n, n])), 900],
  ])('is taken by %s', (_name, operator, filter, given, least) => {
    expect(taken(operator, filter, given)).toBeGreaterThanOrEqual(least)
    expect(taken(operator, filter, given)).toBeLessThan(least * 1.5 + 20)
  })

  it('is little for what is short', () => {
    const short = all.filter((operator) => !operator.startsWith('IS_DATE')).map((operator) => taken(operator, '1.0.0', '1.0.0'))
    expect(Math.min(...short)).toBeGreaterThan(0)
    expect(Math.max(...short)).toBeLessThan(100)
    for (const value of [null, 5, true]) expect(taken('SEMVER_EQ', '1.0.0', value)).toBeLessThan(10)
  })
})
