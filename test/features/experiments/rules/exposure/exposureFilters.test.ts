import { describe, expect, it } from 'vitest'
import {
  type EventFilter,
  type EventValues,
  meetsFilters,
  readEventFilters,
} from '../../../../../src/features/experiments/rules/exposure/exposureFilters.ts'

// Filters that are judged by what an event says.

const read = { of: 'event', key: 'plan', operator: 'EXACT', value: 'pro' }

describe('a filter', () => {
  it.each<[string, unknown, object]>([
    ['on an event', { key: 'plan', type: 'event', value: 'pro', operator: 'exact' }, read],
    ['on an event, without a type', { key: 'plan', value: 'pro' }, read],
    ['on a person', { key: 'plan', type: 'person', value: 'pro' }, { ...read, of: 'person' }],
    ['with another operator', { key: 'plan', value: ['a'], operator: 'is_not' }, { ...read, operator: 'IS_NOT', value: ['a'] }],
    ['with an older operator', { key: 'plan', value: 5, operator: 'min' }, { ...read, operator: 'GTE', value: 5 }],
  ])('%s is read', (_name, filter, expected) => {
    expect(readEventFilters([filter], 'Here')).toEqual({ filters: [expected], problems: [] })
  })

  const other = (type: string) => `Here, filter 1: only filters on properties of events and persons can be judged, not ${type}.`
  it.each<[string, unknown, string]>([
    ['of a cohort', { key: 'id', type: 'cohort', value: 5 }, other('"cohort"')],
    ['that is no object', 'x', other('"event"')],
    ['without a key', { value: 5 }, 'Here, filter 1: a property has no key.'],
    ['with an unknown operator', { key: 'a', operator: 'like' }, 'Here, filter 1: the operator "like" cannot be judged.'],
    ['with an operator of cohorts', { key: 'a', operator: 'in' }, 'Here, filter 1: the operator "in" cannot be judged.'],
    ['with the other one', { key: 'a', operator: 'not_in' }, 'Here, filter 1: the operator "not_in" cannot be judged.'],
    [
      'with the operator of flags',
      { key: 'a', operator: 'flag_evaluates_to' },
      'Here, filter 1: the operator "flag_evaluates_to" cannot be judged.',
    ],
  ])('%s cannot be judged', (_name, filter, problem) => {
    expect(readEventFilters([filter], 'Here')).toEqual({ filters: [], problems: [problem] })
  })

  it('is told beside others by its place', () => {
    expect(readEventFilters([{ key: 'plan', value: 'pro' }, {}, 'x'], 'Here')).toMatchObject({
      filters: [read],
      problems: [expect.stringMatching(/^Here, filter 2:/), expect.stringMatching(/^Here, filter 3:/)],
    })
  })

  it('is none where there is none', () => {
    expect(readEventFilters(null, 'Here')).toEqual({ filters: [], problems: [] })
    expect(readEventFilters('x', 'Here')).toEqual({ filters: [], problems: ['Here is no list.'] })
  })
})

describe('an event meets', () => {
  const context = { now: new Date('2026-11-20'), timezone: 'UTC', matchingVersion: 1, work: { steps: 1_000 } }
  const filter = (of: 'event' | 'person', key: string, value: unknown, operator: EventFilter['operator'] = 'EXACT'): EventFilter => ({
    of,
    key,
    value,
    operator,
  })
  const values: EventValues = { own: { a: 'own', b: 'own', c: 'own' }, set: { a: 'set' }, setOnce: { a: 'once', b: 'once' } }

  it.each<[string, EventFilter[], EventValues | null, boolean]>([
    ['no filters', [], null, true],
    ['a filter on its own property', [filter('event', 'a', 'own')], values, true],
    ['no filter on another value', [filter('event', 'a', 'set')], values, false],
    ['all of two filters', [filter('event', 'a', 'own'), filter('event', 'b', 'own')], values, true],
    ['not all of two filters', [filter('event', 'a', 'own'), filter('event', 'b', 'x')], values, false],
    ['a filter on its person, by what it sets', [filter('person', 'a', 'set')], values, true],
    ['a filter on its person, by what it sets once', [filter('person', 'b', 'once')], values, true],
    ['a filter on its person, by its own property', [filter('person', 'c', 'own')], values, true],
    ['no filter on what is absent', [filter('event', 'd', 'own')], values, false],
    ['a negated filter on what is absent', [filter('event', 'd', 'own', 'IS_NOT')], values, true],
    ['no filter where nothing is known', [filter('person', 'a', 'own')], null, false],
    ['a negated filter where nothing is known', [filter('person', 'a', 'own', 'IS_NOT_SET')], null, true],
    ['no filter on what objects of JavaScript have', [filter('event', 'toString', null, 'IS_SET')], values, false],
  ])('%s', (_name, filters, given, expected) => {
    expect(meetsFilters(filters, given, context)).toBe(expected)
  })
})
