import { describe, expect, it } from 'vitest'
import {
  assertPageArguments,
  firstPageSize,
  nextRows,
  type PageArguments,
  type PageRequest,
  pageSizeOf,
  previousRows,
} from '../../../src/graphql/connections/pageRequest.ts'

// What the arguments of a list ask for, and what is known of the rows around a page.

it.each<[PageArguments, number]>([
  [{}, 20],
  [{ first: null, last: null }, 20],
  [{ first: 5 }, 5],
  [{ last: 6 }, 6],
  [{ first: 5, last: 6 }, 5],
  [{ first: 0 }, 0],
  [{ first: -1 }, 0],
  [{ first: 100 }, 100],
  [{ first: 101 }, 100],
])('%j asks for %i rows', (args, size) => {
  expect(pageSizeOf(args)).toBe(size)
})

describe('arguments', () => {
  it.each<PageArguments>([
    {},
    { first: 1, after: 'a', before: 'b' },
    { last: 1, after: 'a', before: 'b' },
    { first: 1, offset: 0 },
    { first: null, last: 1 },
    { last: null, after: null, before: null, offset: 1 },
  ])('%j go together', (args) => {
    expect(() => assertPageArguments(args)).not.toThrow()
  })

  it.each<[PageArguments, string]>([
    [{ first: 1, last: 1 }, "Arguments 'first' and 'last' cannot be used together: page forwards or backwards."],
    [{ offset: 0, after: 'a' }, "Argument 'offset' can be used only with 'first', not with cursors or 'last'."],
    [{ offset: 1, before: 'a' }, "Argument 'offset' can be used only with 'first', not with cursors or 'last'."],
    [{ offset: 1, last: 1 }, "Argument 'offset' can be used only with 'first', not with cursors or 'last'."],
  ])('%j exclude each other', (args, message) => {
    expect(() => assertPageArguments(args)).toThrow(message)
  })

  it.each([
    [{ first: 1, last: 1 }, 'last'],
    [{ offset: 1, last: 1 }, 'offset'],
  ])('%j are refused by name of the one that is too much: %s', (args, path) => {
    expect(() => assertPageArguments(args)).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', argument: path }) }),
    )
  })

  it.each<[PageArguments, number | null]>([
    [{}, 20],
    [{ first: 5, after: null, before: null, last: null, offset: null }, 5],
    [{ first: 5, offset: 0 }, 5],
    [{ first: 5, offset: 1 }, null],
    [{ after: 'a' }, null],
    [{ before: 'a' }, null],
    [{ last: 5 }, null],
  ])('%j select the first page of %j rows', (args, size) => {
    expect(firstPageSize(args)).toBe(size)
  })
})

describe('there are rows', () => {
  const [after, before] = [
    { value: 'a', id: 1 },
    { value: 'z', id: 2 },
  ]
  const page = (more: Partial<PageRequest> = {}): PageRequest => ({
    ...{ range: { after: null, before: null }, size: 2, offset: 0, backwards: false },
    ...more,
  })

  it.each<[string, PageRequest, boolean, unknown]>([
    ['where the list continues', page(), true, true],
    ['not where it ends', page(), false, false],
    ['maybe beyond the cursor', page({ range: { after: null, before } }), false, { position: before, side: 'after' }],
    ['not beyond a cursor on the other side', page({ range: { after, before: null } }), false, false],
    ['not for a page of the end, which continues backwards', page({ backwards: true }), true, false],
    ['maybe, if it ends at a cursor', page({ backwards: true, range: { after, before } }), true, { position: before, side: 'after' }],
  ])('after a page: %s', (_what, part, overflows, expected) => {
    expect(nextRows(part, overflows)).toEqual(expected)
  })

  it.each<[string, PageRequest, boolean, boolean, unknown]>([
    ['where the list continues backwards', page({ backwards: true }), true, false, true],
    ['not where it begins', page({ backwards: true }), false, false, false],
    ['not before the first page, which continues forwards', page(), true, false, false],
    ['maybe beyond the cursor', page({ range: { after, before: null } }), true, false, { position: after, side: 'before' }],
    ['not beyond a cursor on the other side', page({ range: { after: null, before } }), false, true, false],
    ['those that an offset skips', page({ offset: 1 }), false, false, true],
    ['maybe, if an offset skips all that there are', page({ offset: 1 }), false, true, { position: null, side: 'before' }],
  ])('before a page: %s', (_what, part, overflows, isEmpty, expected) => {
    expect(previousRows(part, overflows, isEmpty)).toEqual(expected)
  })
})
