import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignMetricIds, regenerateMetricIds } from '../../../../src/features/experiments/rules/metricIds.ts'

const made = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
const idsOf = (metrics: { uuid?: unknown }[]) => metrics.map(({ uuid }) => uuid)

describe('withIds', () => {
  it.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['blank', ' \t'],
    ['no text', 7],
  ])('makes a UUID where it is %s', (_, uuid) => {
    expect(assignMetricIds([{ uuid, name: 'x' }], [], new Set())).toEqual([[{ name: 'x', uuid: made }], []])
  })

  it('keeps those that are given', () => {
    const [primary, secondary] = assignMetricIds([{ uuid: 'a' }, { uuid: 'b' }], [{ uuid: 'c' }], new Set(['d']))
    expect([idsOf(primary), idsOf(secondary)]).toEqual([['a', 'b'], ['c']])
  })

  it('makes the later one anew, within a list, across the lists, and of those that are taken', () => {
    const [primary, secondary] = assignMetricIds([{ uuid: 'a' }, { uuid: 'a' }], [{ uuid: 'a' }, { uuid: 'saved' }], new Set(['saved']))
    expect([idsOf(primary), idsOf(secondary)]).toEqual([
      ['a', made],
      [made, made],
    ])
  })

  it('leaves out what is no metric, and leaves what it was given as it is', () => {
    const [given, taken] = [[{ uuid: 'a' }, null, 'x', [1]], new Set(['a'])]
    expect(assignMetricIds(given, given, taken)).toEqual([[{ uuid: made }], [{ uuid: made }]])
    expect([given, taken]).toEqual([[{ uuid: 'a' }, null, 'x', [1]], new Set(['a'])])
  })

  it('no UUID comes twice, whatever is given', () => {
    const list = fc.array(fc.record({ uuid: fc.constantFrom('a', 'b', ' a ', '', null) }))
    fc.assert(
      fc.property(list, list, (primary, secondary) => {
        const ids = assignMetricIds(primary, secondary, new Set(['b'])).flatMap(idsOf)
        expect(new Set([...ids, 'b']).size).toBe(primary.length + secondary.length + 1)
      }),
    )
  })
})

describe('withFreshIds', () => {
  it('gives every metric another UUID, and tells the orders in them', () => {
    const copy = regenerateMetricIds([{ uuid: 'a', name: 'A' }, { uuid: 'b' }], [{ uuid: 'c' }], [['b', 'a'], ['c']])
    expect(copy.primary).toEqual([{ uuid: made, name: 'A' }, { uuid: made }])
    const [[a, b], [c]] = [idsOf(copy.primary), idsOf(copy.secondary)]
    expect(copy.orders).toEqual([[b, a], [c]])
    expect(new Set([a, b, c, 'a', 'b', 'c']).size).toBe(6)
  })

  it('leaves UUIDs in an order that are not of these metrics, as saved ones have, and orders that are none', () => {
    const { orders } = regenerateMetricIds([{ uuid: 'a' }], [], [['saved', 'a'], null, 'x'])
    expect(orders).toEqual([['saved', made], null, null])
  })

  it('leaves an entry of an order that is no text, even if a metric has the same in place of a UUID', () => {
    expect(regenerateMetricIds([{ uuid: null }, { uuid: 7 }], [], [[null, 7]]).orders).toEqual([[null, 7]])
  })

  it('names metrics that had no UUID, and leaves out what is no metric', () => {
    expect(regenerateMetricIds([{}, null, 'x'], [7], [])).toEqual({ primary: [{ uuid: made }], secondary: [], orders: [] })
  })
})
