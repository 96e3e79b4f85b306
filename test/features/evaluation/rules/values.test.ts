import { describe, expect, it } from 'vitest'
import { foldAscii, isBooleanLike, numberOf, textOf, truthOf } from '../../../../src/features/evaluation/rules/values.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// What the values of filters and properties count as.

it.each<[unknown, string]>([
  ['a text', 'a text'],
  ['', ''],
  [true, 'true'],
  [17, '17'],
  [2.5, '2.5'],
  [null, 'null'],
  [['a', 'b', 1], '["a","b",1]'],
  [{ b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
  [new ExactNumber('12345678901234567890.50'), '12345678901234567890.50'],
])('the text of %j is %s', (value, expected) => {
  expect(textOf(value)).toBe(expected)
})

describe('the number of', () => {
  it.each<[unknown, number | null]>([
    [17, 17],
    ['17', 17],
    ['-2.5', -2.5],
    ['+2.5', 2.5],
    ['1e3', 1_000],
    ['1E-3', 0.001],
    ['1e+3', 1_000],
    ['.5', 0.5],
    ['5.', 5],
    ['007', 7],
    [new ExactNumber('1e2'), 100],
    ...['', ' 5', '5 ', 'x5', '5x', '1e', 'e3', '.', '-', '+-5', '1.2.3', '0x10', 'Infinity', 'NaN'].map((text): [string, null] => [
      text,
      null,
    ]),
    ...[true, false, null, undefined, [5], {}].map((value): [unknown, null] => [value, null]),
  ])('%j is %j', (value, expected) => {
    expect(numberOf(value)).toBe(expected)
  })
})

it.each([
  ['ABCxyz09', 'abcxyz09'],
  ['CAFÉ', 'cafÉ'],
  ['ÅBC', 'Åbc'],
  ['ÅÉ', 'ÅÉ'],
  ['İK', 'İk'],
  ['@[`{', '@[`{'],
  ['AZ@[é', 'az@[é'],
])('in %s, only A to Z fold: %s', (text, expected) => {
  expect(foldAscii(text)).toBe(expected)
})

describe('booleans', () => {
  it.each<[unknown, boolean]>([
    ...[true, false, 'true', 'FALSE', 'True', [], ['true', false], [[true]]].map((value): [unknown, boolean] => [value, true]),
    ...['yes', '', 'true ', 'untrue', 'falsely', 1, 0, null, {}, ['true', 'x'], [1]].map((value): [unknown, boolean] => [value, false]),
  ])('%j is like one: %s', (value, expected) => {
    expect(isBooleanLike(value)).toBe(expected)
  })

  it.each<[unknown, boolean]>([
    ...[true, 'true', 'TRUE', 'tRue', [], [true, 'true'], [['true']]].map((value): [unknown, boolean] => [value, true]),
    ...[false, 'false', 'yes', 'none', 'TRUES', '', 'true ', 'ttrue', 1, null, {}, [true, 'false'], [1]].map(
      (value): [unknown, boolean] => [value, false],
    ),
  ])('%j counts as %s', (value, expected) => {
    expect(truthOf(value)).toBe(expected)
  })
})
