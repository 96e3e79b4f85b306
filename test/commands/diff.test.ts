import { expect, it } from 'vitest'
import { diffValues } from '../../src/commands/diff.ts'
import { Prisma } from '../../src/database/generated/client.ts'

// What a write changes, as audit trails and change requests show it.

it.each<[string, object, object, object, object]>([
  ['nothing', { name: 'a', tags: ['x'] }, { name: 'a', tags: ['x'] }, {}, {}],
  ['a value', { name: 'a', active: true }, { name: 'b', active: true }, { name: 'a' }, { name: 'b' }],
  ['a value that is new', {}, { name: 'b' }, { name: null }, { name: 'b' }],
  ['a value that is gone', { name: 'a' }, {}, { name: 'a' }, { name: null }],
  ['not a missing value, which is null', { name: null }, {}, {}, {}],
  [
    'a part of a value',
    { filters: { groups: [1] } },
    { filters: { groups: [2] } },
    { filters: { groups: [1] } },
    { filters: { groups: [2] } },
  ],
  ['a time, as text', { at: new Date(0) }, { at: new Date(1) }, { at: '1970-01-01T00:00:00.000Z' }, { at: '1970-01-01T00:00:00.001Z' }],
  ['a column of JSON that becomes null', { stats: {} }, { stats: Prisma.DbNull }, { stats: {} }, { stats: null }],
  ['not a column of JSON that is null', { stats: null }, { stats: Prisma.DbNull }, {}, {}],
])('a write changes %s', (_what, before, after, previous, next) => {
  expect(diffValues({ ...before }, { ...after })).toEqual({ before: previous, after: next })
})
