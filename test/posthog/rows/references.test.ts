import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../../src/platform/json.ts'
import { mapReferences } from '../../../src/posthog/rows/references.ts'

const none = { feature_flags: new Map(), cohorts: new Map(), actions: new Map(), holdouts: new Map() }
const maps = {
  feature_flags: new Map([[1, 101]]),
  cohorts: new Map([[2, 102]]),
  actions: new Map([[3, 103]]),
  holdouts: new Map([[4, 104]]),
}

describe('the numbers that JSON names rows by', () => {
  it('are replaced in each form, as number or text', () => {
    const filters = {
      groups: [
        {
          properties: [
            { type: 'flag', key: '1', value: true },
            { type: 'cohort', key: 'id', value: 2 },
            { type: 'cohort', key: 'id', value: '2' },
          ],
        },
      ],
      holdout: { id: 4, exclusion_percentage: 5 },
    }
    expect(mapReferences(filters, maps)).toEqual({
      groups: [
        {
          properties: [
            { type: 'flag', key: '101', value: true },
            { type: 'cohort', key: 'id', value: 102 },
            { type: 'cohort', key: 'id', value: '102' },
          ],
        },
      ],
      holdout: { id: 104, exclusion_percentage: 5 },
    })
    expect(mapReferences([{ source: { kind: 'ActionsNode', id: 3 } }, { type: 'actions', id: '3' }], maps)).toEqual([
      { source: { kind: 'ActionsNode', id: 103 } },
      { type: 'actions', id: '103' },
    ])
  })

  it('stay where they name something else, or nothing that moved', () => {
    const date = new Date(0)
    const others = {
      ...{ id: 3, value: 2, key: '1', date, exact: new ExactNumber('2.00000000000000000001') },
      ...{ properties: [{ type: 'person', key: '1', value: 2 }], event: { kind: 'EventsNode', id: 3 } },
      ...{ flags: [{ type: 'flag', key: 'one' }, { type: 'flag', key: '01' }, { type: 'cohort', value: [2] }, { type: 'cohort' }] },
    }
    expect(mapReferences(others, maps)).toEqual(others)
    expect((mapReferences(others, maps) as typeof others).date).toBe(date)
    expect(mapReferences({ holdout: null }, maps)).toEqual({ holdout: null })
  })

  it('are not looked for where nothing moved', () => {
    const value = { type: 'cohort', value: 2 }
    expect(mapReferences(value, none)).toBe(value)
  })
})
