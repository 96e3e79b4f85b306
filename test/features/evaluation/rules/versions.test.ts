import { describe, expect, it } from 'vitest'
import { matchesVersion } from '../../../../src/features/evaluation/rules/versions.ts'

// How versions of software compare.

const ascending = [
  ...['0.0.1', '0.1.0', '0.9.9', '0.10.0', '1.0.0-1', '1.0.0-9', '1.0.0-10', '1.0.0-100', '1.0.0-a1', '1.0.0-alpha', '1.0.0-alpha.1'],
  ...['1.0.0-alpha.2', '1.0.0-alpha.10', '1.0.0-alpha.b', '1.0.0-beta', '1.0.0', '1.0.0+1', '1.0.0+1.2', '1.0.0+a', '1.0.1', '1.1.0'],
  ...['1.10.0', '1.100.0', '2.0.0-rc.1', '2.0.0', '10.0.0', '100.0.0', '9007199254740992.0.0', '9007199254740993.0.0'],
]

describe('versions', () => {
  it.each(ascending.slice(1).map((higher, n) => [ascending[n] as string, higher]))('%s is lower than %s', (lower, higher) => {
    const results = (given: string, filter: string) =>
      ['EQ', 'NEQ', 'GT', 'GTE', 'LT', 'LTE'].filter((operator) => matchesVersion(`SEMVER_${operator}`, filter, given))
    expect(results(lower, higher)).toEqual(['NEQ', 'LT', 'LTE'])
    expect(results(higher, lower)).toEqual(['NEQ', 'GT', 'GTE'])
    expect(results(lower, lower)).toEqual(['EQ', 'GTE', 'LTE'])
  })

  it.each([
    ['3', '3.0.0'],
    ['3.10', '3.10.0'],
    ['03.08.00', '3.8.0'],
    ['v1.2.3', '1.2.3'],
    [' v 1.2.3 ', '1.2.3'],
    ['0', '000'],
    ['1.2.3-rc.1', 'v1.02.3-rc.1'],
    [1.5, '1.5.0'],
    [2, '2.0.0'],
  ])('%j is %j', (one, other) => {
    expect(matchesVersion('SEMVER_EQ', one, other)).toBe(true)
    expect(matchesVersion('SEMVER_EQ', other, one)).toBe(true)
    expect(matchesVersion('SEMVER_NEQ', one, other)).toBe(false)
  })

  it.each([
    ...[
      '',
      'one',
      '1.',
      '.1',
      '1.2.3.4',
      '1..2',
      '1.x',
      '-1',
      '1.2.3-',
      '1.2.3-a..b',
      '1.2.3-01',
      '1.2.3-012',
      '1.2.3+a_b',
      '1.2.3-a_b',
      '1.2.3+',
      '1.2.3+a..b',
    ],
    ...['vv1', '1v', '1 2', '1.2.3-rc.1.', '1.2.3 beta', 'x1.2.3', '1.2.3+a b'],
    ...[null, true, [1], { major: 1 }],
  ])('%j is no version', (text) => {
    for (const operator of ['EQ', 'NEQ', 'GTE', 'LT', 'TILDE', 'CARET', 'WILDCARD']) {
      expect(matchesVersion(`SEMVER_${operator}`, '1.2.3', text)).toBe(false)
      expect(matchesVersion(`SEMVER_${operator}`, text, '1.2.3')).toBe(false)
    }
  })

  it('an unknown operator never holds', () => {
    expect(matchesVersion('SEMVER_LIKE', '1.2.3', '1.2.3')).toBe(false)
  })

  it.each(['1.2.3-0', '1.2.3-0a', '1.2.3-01a', '1.2.3-a01', '1.2.3-A.Z', '1.2.3+A-z.09', '1.2.3-x-y', '1.2.3-a.b.c'])(
    '%s is a version',
    (text) => {
      expect(matchesVersion('SEMVER_EQ', text, text)).toBe(true)
    },
  )
})

describe('ranges', () => {
  it.each([
    // At least the bound, and below the next minor version.
    ['TILDE', '1.2.3', ['1.2.3', '1.2.4', '1.2.99'], ['1.2.2', '1.3.0', '2.2.3', '0.2.3', '1.1.9', '1.2.4-rc.1']],
    ['TILDE', '1.2.3-rc.2', ['1.2.3-rc.2', '1.2.3-rc.3', '1.2.3', '1.2.4'], ['1.2.3-rc.1', '1.2.4-rc.3', '1.3.0']],
    ['CARET', '1.2.3', ['1.2.3', '1.2.4', '1.9.0'], ['1.2.2', '1.1.9', '2.0.0', '0.9.9', '1.3.0-rc.1', '2.0.0-rc.1']],
    ['CARET', '0.2.3', ['0.2.3', '0.2.9'], ['0.2.2', '0.3.0', '1.2.3']],
    ['CARET', '0.0.3', ['0.0.3'], ['0.0.2', '0.0.4', '0.1.3', '1.0.3']],
    ['CARET', '0.0.0', ['0.0.0'], ['0.0.1', '0.1.0', '1.0.0']],
    ['CARET', '1.2.3-rc.2', ['1.2.3-rc.2', '1.2.3', '1.3.0'], ['1.2.3-rc.1', '1.3.0-rc.3', '2.0.0']],
    ['WILDCARD', '*', ['0.0.0', '1.2.3', '99.0.0'], ['1.2.3-rc.1']],
    ['WILDCARD', '1.*', ['1.0.0', '1.9.9'], ['0.9.9', '2.0.0', '11.0.0', '1.2.3-rc.1']],
    ['WILDCARD', '1.2.*', ['1.2.0', '1.2.9'], ['1.3.0', '1.1.9', '2.2.0', '1.20.0']],
    ['WILDCARD', '01.02.*', ['1.2.0'], ['1.3.0', '2.2.0']],
    ['WILDCARD', 'v1.*', ['1.2.3'], ['2.0.0']],
    ['WILDCARD', '*.*.*', ['1.2.3'], []],
    ['WILDCARD', '1.*.*.*', [], ['1.2.3']],
    ['WILDCARD', '1.2.3.*', [], ['1.2.3']],
    ['WILDCARD', '*.1', [], ['1.1.1', '2.1.0']],
    ['WILDCARD', '1.*.3', [], ['1.2.3']],
    ['WILDCARD', 'x.*', [], ['1.2.3']],
    // Without a star it is a range as by caret. The parts that it leaves out may be anything.
    ['WILDCARD', '1', ['1.0.0', '1.9.9'], ['0.9.9', '2.0.0']],
    ['WILDCARD', '0', ['0.0.0', '0.9.9'], ['1.0.0']],
    ['WILDCARD', '0.0', ['0.0.0', '0.0.9'], ['0.1.0', '1.0.0']],
    ['WILDCARD', '0.2', ['0.2.0', '0.2.9'], ['0.1.9', '0.3.0']],
    ['WILDCARD', '1.2', ['1.2.0', '1.9.0'], ['1.1.9', '2.0.0']],
    ['WILDCARD', '1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0']],
    ['WILDCARD', '0.0.3', ['0.0.3'], ['0.0.4', '0.1.3']],
    ['WILDCARD', '0.0.3-rc.1', ['0.0.3-rc.1', '0.0.3-rc.2', '0.0.3'], ['0.0.3-rc.0', '0.0.4']],
  ] as const)('%s %s', (operator, bound, inside, outside) => {
    const holds = (version: string) => matchesVersion(`SEMVER_${operator}`, bound, version)
    expect(inside.filter((version) => !holds(version))).toEqual([])
    expect(outside.filter(holds)).toEqual([])
  })
})
