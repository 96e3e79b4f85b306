import { describe, expect, it } from 'vitest'
import {
  isGroupTypeIndex,
  parseActionId,
  readSource,
  type SourceValues,
  sourceTitle,
  writeSource,
} from '../../../../src/features/metrics/rules/metricSource.ts'

// The sources of metrics: the nodes that name events.

const total = { math: 'total', property: null, groupTypeIndex: null } as const
const ofEvent: SourceValues = { subject: { kind: 'EVENT', event: 'a' }, math: total, filters: [] }
const node = (more: object = {}) => ({ kind: 'EventsNode', event: 'a', ...more })

describe('a source is read', () => {
  it.each<[string, unknown, SourceValues]>([
    ['of an event', node(), ofEvent],
    ['of an event of the other kind', { kind: 'ExperimentEventExposureConfig', event: 'a' }, ofEvent],
    ['of any event', node({ event: null }), { ...ofEvent, subject: { kind: 'ANY_EVENT' } }],
    ['of any event by a blank name', node({ event: ' ' }), { ...ofEvent, subject: { kind: 'ANY_EVENT' } }],
    ['of an action', { kind: 'ActionsNode', id: '5' }, { ...ofEvent, subject: { kind: 'ACTION', actionId: 5 } }],
    [
      'of a table',
      { kind: 'ExperimentDataWarehouseNode', table_name: 't' },
      { ...ofEvent, subject: { kind: 'DATA_WAREHOUSE', table: 't' } },
    ],
    [
      'of a table without a name',
      { kind: 'ExperimentDataWarehouseNode', table_name: 5 },
      { ...ofEvent, subject: { kind: 'DATA_WAREHOUSE', table: null } },
    ],
    ['with filters', node({ properties: [1] }), { ...ofEvent, filters: [1] }],
    ['with a math that is null', node({ math: null, properties: null }), ofEvent],
    ['with a sum', node({ math: 'sum', math_property: 'p' }), { ...ofEvent, math: { math: 'sum', property: 'p', groupTypeIndex: null } }],
    [
      'with a property that does not matter',
      node({ math: 'dau', math_property: 'p', math_group_type_index: 1 }),
      { ...ofEvent, math: { ...total, math: 'dau' } },
    ],
    [
      'with groups',
      node({ math: 'unique_group', math_group_type_index: 0 }),
      { ...ofEvent, math: { math: 'unique_group', property: null, groupTypeIndex: 0 } },
    ],
  ])('%s', (_name, stored, expected) => {
    expect(readSource(stored, 'source')).toEqual(expected)
  })

  it.each<[unknown, string]>([
    ['x', '`source` must be an object that names events'],
    [{ kind: 'Other' }, 'in `source`, the kind "Other" is not known'],
    [{}, 'in `source`, the kind null is not known'],
    [node({ event: 5 }), 'in `source`, `event` must be a text'],
    [{ kind: 'ActionsNode', id: 0 }, 'in `source`, `id` must be the number of an action'],
    [node({ math: 'p90' }), 'in `source`, the math "p90" is not known'],
    [node({ math: 'avg' }), "in `source`, the math 'avg' needs the text `math_property`"],
    [node({ math: 'unique_group' }), "in `source`, the math 'unique_group' needs the number `math_group_type_index`"],
    [node({ properties: {} }), 'in `source`, `properties` must be a list'],
  ])('%j cannot be read', (stored, reason) => {
    expect(() => readSource(stored, 'source')).toThrow(reason)
  })
})

describe('a source is written', () => {
  it.each<[string, SourceValues, unknown, object]>([
    ['of an event', ofEvent, null, node()],
    ['of any event', { ...ofEvent, subject: { kind: 'ANY_EVENT' } }, null, { kind: 'EventsNode', event: null }],
    ['of an action', { ...ofEvent, subject: { kind: 'ACTION', actionId: 5 } }, null, { kind: 'ActionsNode', id: 5 }],
    [
      'of a table',
      { ...ofEvent, subject: { kind: 'DATA_WAREHOUSE', table: 't' } },
      null,
      { kind: 'ExperimentDataWarehouseNode', table_name: 't' },
    ],
    [
      'with a math and filters',
      { ...ofEvent, math: { math: 'sum', property: 'p', groupTypeIndex: null }, filters: [1] },
      null,
      node({ math: 'sum', math_property: 'p', properties: [1] }),
    ],
    [
      'with groups',
      { ...ofEvent, math: { math: 'unique_group', property: null, groupTypeIndex: 0 } },
      null,
      node({ math: 'unique_group', math_group_type_index: 0 }),
    ],
    ['with what is known of the same event', ofEvent, node({ custom_name: 'A', math: 'dau' }), node({ custom_name: 'A' })],
    ['without what was known of another', ofEvent, node({ event: 'b', custom_name: 'B' }), node()],
    ['without what was known of another kind', ofEvent, { kind: 'ActionsNode', id: 5, custom_name: 'B' }, node()],
    ['without what was known of a node that cannot be read', ofEvent, { kind: 'Other', custom_name: 'B' }, node()],
    ['without filters any more', ofEvent, node({ properties: [1] }), node()],
    [
      'as it is where it says the same',
      ofEvent,
      { kind: 'ExperimentEventExposureConfig', event: 'a', math: null, properties: [] },
      { kind: 'ExperimentEventExposureConfig', event: 'a', math: null, properties: [] },
    ],
  ])('%s', (_name, source, base, expected) => {
    expect(writeSource(source, base)).toStrictEqual(expected)
  })
})

it.each<[SourceValues['subject'], string]>([
  [{ kind: 'EVENT', event: 'a' }, 'a'],
  [{ kind: 'ANY_EVENT' }, 'any event'],
  [{ kind: 'ACTION', actionId: 5 }, 'action 5'],
  [{ kind: 'DATA_WAREHOUSE', table: 't' }, 't'],
  [{ kind: 'DATA_WAREHOUSE', table: null }, 'data warehouse'],
])('%j is named %s', (subject, title) => {
  expect(sourceTitle({ ...ofEvent, subject })).toBe(title)
})

it.each<[unknown, number | null]>([
  [5, 5],
  ['5', 5],
  ['007', 7],
  [0, null],
  [-1, null],
  [1.5, null],
  ['5x', null],
  ['x5', null],
  ['', null],
  [[5], null],
  [null, null],
  [2 ** 53, null],
])('the action %j is %j', (id, expected) => {
  expect(parseActionId(id)).toBe(expected)
})

it.each<[unknown, boolean]>([
  [0, true],
  [4, true],
  [5, false],
  [-1, false],
  [0.5, false],
  ['0', false],
])('the index %j of a group type: %s', (index, expected) => {
  expect(isGroupTypeIndex(index)).toBe(expected)
})
