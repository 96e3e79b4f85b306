import { describe, expect, it } from 'vitest'
import { groupKey, groupProperty, personProperty } from '../../../../src/features/evaluation/rules/subject.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'
import { toSubject } from './support.ts'

// What is known of a person and the groups.

const unknown = { isKnown: false, value: null }
const known = (value: unknown) => ({ isKnown: true, value })

describe('a property of a person', () => {
  it.each<[string, Record<string, unknown>, string, object]>([
    ['is what was given', { plan: 'pro' }, 'plan', known('pro')],
    ['may be null', { plan: null }, 'plan', known(null)],
    ['is not known', {}, 'plan', unknown],
    ['is the distinct id', {}, 'distinct_id', known('user-1')],
    ['is a given distinct id', { distinct_id: 'other' }, 'distinct_id', known('other')],
    ['is a first value by the present one', { $browser: 'Firefox' }, '$initial_browser', known('Firefox')],
    ['is a first value without a dollar', { utm_source: 'mail' }, '$initial_utm_source', known('mail')],
    ['is a first value that was given', { $browser: 'Firefox', $initial_browser: 'Opera' }, '$initial_browser', known('Opera')],
    ['is no present value by the first', { $initial_browser: 'Opera' }, '$browser', unknown],
    ['is no first value of what is not copied', { $plan: 'pro' }, '$initial_plan', unknown],
    ['is the system by its name', { $os_name: 'Linux' }, '$os', known('Linux')],
    ['is the name of the system', { $os: 'Linux' }, '$os_name', known('Linux')],
    ['is nothing of the prototype', {}, 'toString', unknown],
  ])('%s', (_name, personProperties, key, expected) => {
    expect(personProperty(toSubject({ personProperties }), key)).toEqual(expected)
  })
})

describe('the key of a group', () => {
  it.each<[unknown, string | null]>([
    ['acme', 'acme'],
    ['a'.repeat(201), 'a'.repeat(200)],
    [42, '42'],
    [new ExactNumber('12345678901234567890'), '12345678901234567890'],
    ['', null],
    [null, null],
    [true, null],
    [['acme'], null],
  ])('given as %j is %j', (company, expected) => {
    expect(groupKey(toSubject({ groups: { company } }), 'company')).toBe(expected)
  })

  it('is not that of another group, nor of the prototype', () => {
    expect(groupKey(toSubject({ groups: { company: 'acme' } }), 'team')).toBeNull()
    expect(groupKey(toSubject(), 'constructor')).toBeNull()
  })
})

describe('a property of a group', () => {
  const subject = toSubject({
    groups: { company: 42, team: '' },
    groupProperties: { company: { size: 5, empty: null }, team: 'malformed', other: { $group_key: 'given' } },
  })
  it.each<[string, string, object]>([
    ['company', 'size', known(5)],
    ['company', 'empty', known(null)],
    ['company', 'plan', unknown],
    ['company', 'toString', unknown],
    ['company', '$group_key', known(42)],
    ['team', 'size', unknown],
    ['team', '$group_key', unknown],
    ['other', '$group_key', known('given')],
    ['nobody', 'size', unknown],
    ['constructor', 'name', unknown],
  ])('%s.%s', (type, key, expected) => {
    expect(groupProperty(subject, type, key)).toEqual(expected)
  })
})
