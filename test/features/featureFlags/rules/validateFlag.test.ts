import { describe, expect, it } from 'vitest'
import { normalizeTags, validateFlag, validateFlagKey, validateLabels } from '../../../../src/features/featureFlags/rules/validateFlag.ts'

// Which values a flag may have, beside its filters.

const charset = 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.'

describe('the key', () => {
  it.each(['a', 'A-b_9', 'x'.repeat(400)])('%s is valid', (key) => {
    expect(validateFlagKey(['key'], key)).toEqual([])
  })

  it.each([
    ['', 'blank', 'This field may not be blank.'],
    ['  ', 'blank', 'This field may not be blank.'],
    ['a b', 'invalid_key', charset],
    [' a', 'invalid_key', charset],
    ['a ', 'invalid_key', charset],
    ['é', 'invalid_key', charset],
    ['a.b', 'invalid_key', charset],
    ['a\u0000b', 'invalid_key', charset],
    ['x'.repeat(401), 'max_length', 'Ensure this field has no more than 400 characters.'],
  ])('%j is refused', (key, code, message) => {
    expect(validateFlagKey(['flag', 'key'], key)).toEqual([{ path: ['flag', 'key'], code, message }])
  })
})

it('all values are checked', () => {
  expect(validateFlag({})).toEqual([])
  expect(validateFlag({ key: null, name: null, tags: null, evaluationContexts: null })).toEqual([])
  expect(validateFlag({ key: 'a', name: 'x'.repeat(4_000), tags: ['a'], evaluationContexts: ['b'] })).toEqual([])
  const wrong = validateFlag({ key: '', name: 'x'.repeat(4_001), tags: ['a', ' '], evaluationContexts: [''] })
  expect(wrong.map(({ path, code }) => [path.join('.'), code])).toEqual([
    ['key', 'blank'],
    ['name', 'max_length'],
    ['evaluationContexts.0', 'blank'],
    ['tags.1', 'blank'],
  ])
})

describe('labels', () => {
  const many = (count: number) => Array.from({ length: count }, () => 'a')
  it.each<[string, string[] | null | undefined, [string, string][]]>([
    ['none', undefined, []],
    ['null', null, []],
    ['a hundred of them', many(100), []],
    ['the longest one', ['x'.repeat(255)], []],
    ['too many', many(101), [['tags', 'Ensure this field has no more than 100 elements.']]],
    ['a long one', ['a', 'x'.repeat(256)], [['tags.1', 'Ensure this field has no more than 255 characters.']]],
    ['a blank one', [' '], [['tags.0', 'This field may not be blank.']]],
  ])('%s', (_name, labels, expected) => {
    expect(validateLabels('tags', labels).map(({ path, message }) => [path.join('.'), message])).toEqual(expected)
  })
})

it('tags are trimmed, and each is there once', () => {
  expect(normalizeTags([' a', 'a ', 'b', 'A'])).toEqual(['a', 'b', 'A'])
})
