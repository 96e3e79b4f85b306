import { describe, expect, it } from 'vitest'
import { type CohortRule, cohortsOf, leavesOf, matchesRule, readCohort } from '../../../../src/features/evaluation/rules/cohorts.ts'
import { createDependencyWalk, dependsOnItself } from '../../../../src/features/evaluation/rules/dependencyWalk.ts'
import { evaluate, flagWith, type Json } from './support.ts'

// Things that depend on each other.

const graph = (edges: Record<string, string>) => (node: string) => [...(edges[node] ?? '')]

describe('a walk', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['of one node', {}, 'a', ''],
    ['of a chain', { a: 'b', b: 'c' }, 'cba', ''],
    ['of several dependencies', { a: 'bcd', c: 'e' }, 'becda', ''],
    ['meets each node once', { a: 'bc', b: 'd', c: 'd' }, 'dbca', ''],
    ['of a node on itself', { a: 'a' }, 'a', 'a'],
    ['of a circle', { a: 'b', b: 'c', c: 'a' }, 'cba', 'abc'],
    ['of a way to a circle', { a: 'xb', b: 'c', c: 'b' }, 'xcba', 'abc'],
    ['of a second way to a circle', { a: 'xb', x: 'b', b: 'b' }, 'bxa', 'abx'],
  ])('%s', (_name, edges, order, circular) => {
    const walk = createDependencyWalk(graph(edges))
    expect(walk.visit('a').join('')).toBe(order)
    expect([...walk.circular].sort().join('')).toBe(circular)
    expect(walk.visit('a')).toEqual([])
  })

  it('goes on where another ended', () => {
    const walk = createDependencyWalk(graph({ a: 'b', c: 'bd', d: 'c' }))
    expect([walk.visit('a').join(''), walk.visit('c').join('')]).toEqual(['ba', 'dc'])
    expect([...walk.circular].sort()).toEqual(['c', 'd'])
  })
})

it.each<[string, Record<string, string>, boolean]>([
  ['nothing', {}, false],
  ['others', { a: 'bc', b: 'c' }, false],
  ['itself', { a: 'ba' }, true],
  ['itself through another', { a: 'b', b: 'a' }, true],
  ['itself through several', { a: 'xb', b: 'yc', c: 'za' }, true],
  ['a circle of others', { a: 'b', b: 'c', c: 'b' }, false],
])('a node that depends on %s', (_name, edges, expected) => {
  expect(dependsOnItself('a', graph(edges))).toBe(expected)
})

describe('a flag', () => {
  const on = (key: string, value: unknown = true) => ({ key, type: 'flag', operator: 'flag_evaluates_to', value })
  const other = (id: number, ...properties: Json[]) => ({ id, key: `f${id}`, ...flagWith(properties) })
  const reason = (flag: Json, ...otherFlags: Json[]) => evaluate(flag, { otherFlags }).reason

  it('is off where any of its dependencies misses one, or is on a circle', () => {
    expect(reason(flagWith([on('2'), on('3', false)]), other(2), other(3, on('9')))).toBe('MISSING_DEPENDENCY')
    expect(reason(flagWith([on('2'), on('3', false)]), other(2), other(3, on('4', false)), other(4, on('3', false)))).toBe(
      'MISSING_DEPENDENCY',
    )
    expect(reason(flagWith([on('2'), on('3')]), other(2), other(3))).toBe('CONDITION_MATCH')
  })
})

it('a cohort that contains itself through two others has no members, whichever is asked first', () => {
  const not = (id: number) => ({ type: 'AND', values: [{ key: 'id', type: 'cohort', value: id, negation: true }] })
  const cohorts = [1, 2, 3].map((id) => ({ id, filters: { properties: not((id % 3) + 1) } }))
  for (const id of [1, 2, 3]) {
    expect(evaluate(flagWith([{ key: 'id', type: 'cohort', value: id }]), { cohorts }).enabled).toBe(false)
  }
})

describe('the definition of a cohort', () => {
  const leaf = { key: 'plan', type: 'person', value: 'pro' }
  const read = { kind: 'PERSON', key: 'plan', operator: 'EXACT', value: 'pro', negated: false, groupTypeIndex: null }
  const inCohort = (value: unknown) => ({ key: 'id', type: 'cohort', value })
  const nested = (levels: number): object => (levels === 0 ? leaf : { type: 'OR', values: [nested(levels - 1)] })

  it.each<[string, unknown, unknown]>([
    ['is a leaf', { properties: leaf }, read],
    [
      'is a tree',
      { properties: { type: 'OR', values: [leaf, { type: 'AND', values: [] }] } },
      { all: false, rules: [read, { all: true, rules: [] }] },
    ],
    ['is all of a property group', { properties: { type: 'property', values: [leaf] } }, { all: true, rules: [read] }],
    ['is none without properties', {}, null],
    ['is none where they are null', { properties: null }, null],
    ['is none in malformed filters', 'x', null],
    ['is none in null', null, null],
    ['is none where a value is malformed', { properties: { type: 'AND', values: [leaf, 'x'] } }, null],
    ['is none where values are no list', { properties: { type: 'AND', values: 'x' } }, null],
    ['is none of an unknown type', { properties: { type: 'NOT', values: [] } }, null],
    ['is none of groups', { properties: { ...leaf, type: 'group' } }, null],
    ['is none of flags', { properties: { ...leaf, type: 'flag' } }, null],
    ['is none of what people did', { properties: { ...leaf, type: 'behavioral' } }, null],
  ])('%s', (_name, filters, expected) => {
    expect(readCohort(filters)).toEqual(expected)
  })

  it('has at most 50 levels', () => {
    // Each level of the tree is an object and a list, and the leaf is one more.
    expect(readCohort({ properties: nested(24) })).not.toBeNull()
    expect(readCohort({ properties: nested(25) })).toBeNull()
  })

  it('has filters, and names other cohorts', () => {
    const rule = readCohort({
      properties: { type: 'AND', values: [leaf, { type: 'OR', values: [inCohort(5), inCohort('x'), inCohort('6')] }] },
    })
    expect(leavesOf(rule).map(({ value }) => value)).toEqual(['pro', 5, 'x', '6'])
    expect(cohortsOf(rule)).toEqual([5, 6])
    expect([leavesOf(null), cohortsOf(null)]).toEqual([[], []])
  })

  it('holds by its parts', () => {
    const rule = (type: string, ...values: unknown[]) => readCohort({ properties: { type, values } }) as CohortRule
    const isPro = (property: { value: unknown }) => property.value === 'pro'
    const free = { ...leaf, value: 'free' }
    const results = [
      rule('AND', leaf, free),
      rule('OR', free, leaf),
      rule('AND', leaf, { ...free, negation: true }),
      rule('OR', free),
      rule('OR', { ...leaf, negation: true }),
    ]
    expect(results.map((one) => matchesRule(one, isPro))).toEqual([false, true, true, false, false])
  })
})
