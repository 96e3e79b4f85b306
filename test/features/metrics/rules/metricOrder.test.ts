import { describe, expect, it } from 'vitest'
import { inDisplayOrder, newOrder } from '../../../../src/features/metrics/rules/metricOrder.ts'

// The order in which an experiment shows its metrics.

describe('metrics are shown', () => {
  const shown = (uuids: (string | null)[], order: unknown) =>
    inDisplayOrder(
      uuids.map((uuid) => ({ metric: { uuid } })),
      order,
    ).map(({ metric }) => metric.uuid)
  it.each<[string, (string | null)[], unknown, (string | null)[]]>([
    ['in the stored order', ['a', 'b', 'c'], ['c', 'a', 'b'], ['c', 'a', 'b']],
    ['those that it does not name last, as given', ['x', 'a', 'y', 'b'], ['b', 'a'], ['b', 'a', 'x', 'y']],
    ['as given where there is no order', ['b', 'a'], null, ['b', 'a']],
    ['as given where the order is malformed', ['b', 'a'], 'ab', ['b', 'a']],
    ['by what of the order is a text', ['a', 'b'], [5, 'b', null, 'a'], ['b', 'a']],
    ['by the first of two places', ['a', 'b'], ['b', 'a', 'b'], ['b', 'a']],
    ['also where metrics are gone', ['a', 'b'], ['gone', 'b', 'a'], ['b', 'a']],
    ['also where there is no uuid', ['a', null, 'b'], ['b'], ['b', 'a', null]],
  ])('%s', (_name, uuids, order, expected) => {
    expect(shown(uuids, order)).toEqual(expected)
  })

  it('without changing what was given', () => {
    const metrics = [{ metric: { uuid: 'a' } }, { metric: { uuid: 'b' } }]
    inDisplayOrder(metrics, ['b'])
    expect(metrics.map(({ metric }) => metric.uuid)).toEqual(['a', 'b'])
  })
})

it.each<[string, string[], string[], unknown, string[]]>([
  ['its own metrics as given', ['b', 'a'], [], ['a', 'b'], ['b', 'a']],
  ['saved ones where they were', ['b', 'a'], ['s'], ['a', 's', 'b'], ['b', 's', 'a']],
  ['a saved one first', ['a'], ['s'], ['s', 'a'], ['s', 'a']],
  ['several saved ones where they were', ['a', 'b'], ['t', 's'], ['s', 'a', 't'], ['s', 'a', 't', 'b']],
  ['three saved ones where they were', ['a'], ['u', 's', 't'], ['s', 't', 'a', 'u'], ['s', 't', 'a', 'u']],
  ['two saved ones beside each other where they were', ['a', 'b'], ['t', 'u'], ['a', 't', 'u', 'b'], ['a', 't', 'u', 'b']],
  ['new saved ones last', ['a'], ['s', 't'], ['a'], ['a', 's', 't']],
  ['saved ones beyond the end at the end', ['a'], ['s'], ['x', 'y', 'z', 's'], ['a', 's']],
  ['a saved one that is its own too once', ['s', 'a'], ['s'], ['a', 's'], ['a', 's']],
  ['each once', ['a', 'a'], ['s', 's'], null, ['a', 's']],
])('the order to store has %s', (_name, own, saved, stored, expected) => {
  expect(newOrder(own, saved, stored)).toEqual(expected)
})
