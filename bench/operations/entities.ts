import { encodeGlobalId } from '../../src/platform/globalId.ts'
import type { Data, Facts, Operation } from './operation.ts'

const each = (facts: Facts, body: (ids: number[]) => Record<string, unknown>) => facts.flagIds.map(body)

export const entities: Operation = {
  id: 'entities',
  title: '_entities: 100 flags by id',
  ask: {
    ours: (facts) =>
      each(facts, (ids) => ({
        query: `query Flags($of: [_Any!]!) { _entities(representations: $of) { ... on FeatureFlag { databaseId key name active } } }`,
        variables: { of: ids.map((id) => ({ __typename: 'FeatureFlag', id: encodeGlobalId('FeatureFlag', id) })) },
      })),
    ceiling: (facts) => each(facts, (ids) => ({ statement: 'flagsByIds', values: [ids] })),
    // PostGraphile is no subgraph: a function returns the same flags.
    postgraphile: (facts) =>
      each(facts, (ids) => ({
        query: 'query Flags($ids: [Int!]!) { flagsByIds(ids: $ids, first: 100) { nodes { rowId key name active } } }',
        variables: { ids },
      })),
    apollo: (facts) =>
      each(facts, (ids) => ({
        query: `query Flags($of: [_Any!]!) { _entities(representations: $of) { ... on FeatureFlag { id key name active } } }`,
        variables: { of: ids.map((id) => ({ __typename: 'FeatureFlag', id })) },
      })),
  },
  read: {
    ours: ({ data }: Data) => data._entities.map(({ databaseId, ...flag }: Data) => ({ id: databaseId, ...flag })),
    ceiling: (flags: Data) => flags,
    postgraphile: ({ data }: Data) =>
      data.flagsByIds.nodes.map(({ rowId, ...flag }: Data) => ({ id: rowId, ...flag })).sort((a: Data, b: Data) => a.id - b.id),
    apollo: ({ data }: Data) => data._entities,
  },
}
