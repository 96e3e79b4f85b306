import { encodeGlobalId } from '../../src/platform/globalId.ts'
import { type Body, type Data, instant, type Operation } from '../operations/operation.ts'
import { postgraphileQuery, postgraphileSearch, read as readPage, serviceQuery } from '../operations/pages.ts'
import { stats } from '../operations/stats.ts'
import type { statements } from '../servers/ceilingStatements.ts'
import type { DistinctFacts, Position } from './facts.ts'
import { zipf } from './random.ts'

// Requests of which no two are alike: pages (Z), with count (ZC), searches (ZS), stats (ZD), implementation checks (ZE), entities (ZX), the
// list of experiments (ZL), and a flag by its key (ZF).

export type Peer = 'ours' | 'ceiling' | 'postgraphile'
export type DistinctOperation = Operation<Peer, DistinctFacts>

const project = (projectId: number) => encodeGlobalId('Project', projectId)
const statement = (name: keyof typeof statements, ...values: unknown[]): Body => ({ statement: name, values })

/** A page after each of the positions. */
function pages(query: { ours: string; ceiling: keyof typeof statements; postgraphile: string }, of: (facts: DistinctFacts) => Position[]) {
  return {
    ours: (facts: DistinctFacts) =>
      of(facts).map(({ projectId, cursors }) => ({ query: query.ours, variables: { projectId: project(projectId), after: cursors.ours } })),
    ceiling: (facts: DistinctFacts) => of(facts).map(({ projectId, createdAt, id }) => statement(query.ceiling, projectId, createdAt, id)),
    postgraphile: (facts: DistinctFacts) =>
      of(facts).map(({ projectId, cursors }) => ({ query: query.postgraphile, variables: { projectId, after: cursors.postgraphile } })),
  }
}

const after = [', after: $after', ', $after: String'] as const
const afterThere = [', after: $after', ', $after: Cursor'] as const
const flagPage = { ours: serviceQuery(...after), ceiling: 'pageAfter', postgraphile: postgraphileQuery(...afterThere) } as const

const distinctPages: DistinctOperation = {
  id: 'Z',
  title: 'eligible flags: pages of 20 with creator, experiments and contexts',
  ask: pages(flagPage, ({ flagPositions }) => flagPositions),
  read: readPage,
}

const zipfPages: DistinctOperation = {
  id: 'Z zipf',
  title: "the same pages by Zipf's law (s = 1): a few are asked for often",
  ask: pages(flagPage, ({ flagPositions }) => zipf(flagPositions, 10_000, 4)),
  read: readPage,
}

const pagesWithCount: DistinctOperation = {
  id: 'ZC',
  title: 'the same pages with totalCount',
  ask: pages(
    {
      ours: serviceQuery(...after, ' totalCount'),
      ceiling: 'pageAfterWithCount',
      postgraphile: postgraphileQuery(...afterThere, ' totalCount: eligibleFlagCount(ofProject: $projectId)'),
    },
    ({ flagPositions }) => flagPositions,
  ),
  read: readPage,
}

const searches: DistinctOperation = {
  id: 'ZS',
  title: 'searches of different terms',
  ask: {
    ours: ({ terms }) =>
      terms.map(({ projectId, term }) => ({
        query: serviceQuery(', search: $search', ', $search: String'),
        variables: { projectId: project(projectId), search: term },
      })),
    ceiling: ({ terms }) => terms.map(({ projectId, term }) => statement('searchRare', projectId, `%${term}%`)),
    postgraphile: ({ terms }) =>
      terms.map(({ projectId, term }) => ({ query: postgraphileSearch, variables: { projectId, pattern: `%${term}%` } })),
  },
  read: readPage,
}

const projectStats: DistinctOperation = { ...stats, id: 'ZD', title: 'stats of different projects' }

const implementationChecks: DistinctOperation = {
  id: 'ZE',
  title: 'requiresFlagImplementation for different events',
  ask: {
    ours: ({ events }) =>
      events.map((names) => ({
        query: `query Check($projectId: ID!, $events: [String!]) {
          requiresFlagImplementation(projectId: $projectId, events: $events) { required }
        }`,
        variables: { projectId: project(1), events: names },
      })),
    ceiling: ({ events }) => events.map((names) => statement('implementation', 1, names)),
    postgraphile: ({ events }) =>
      events.map((names) => ({
        query:
          'query Check($projectId: Int!, $events: [String!]) { required: flagImplementationRequired(ofProject: $projectId, names: $events) }',
        variables: { projectId: 1, events: names },
      })),
  },
  read: {
    ours: ({ data }: Data) => data.requiresFlagImplementation.required,
    ceiling: ({ required }: Data) => required,
    postgraphile: ({ data }: Data) => data.required,
  },
}

const entities: DistinctOperation = {
  id: 'ZX',
  title: '_entities: 20 flags by different ids',
  ask: {
    ours: ({ flagIds }) =>
      flagIds.map((ids) => ({
        query: `query Flags($of: [_Any!]!) { _entities(representations: $of) { ... on FeatureFlag { databaseId key name active } } }`,
        variables: { of: ids.map((id) => ({ __typename: 'FeatureFlag', id: encodeGlobalId('FeatureFlag', id) })) },
      })),
    ceiling: ({ flagIds }) => flagIds.map((ids) => statement('flagsByIds', ids)),
    // PostGraphile is no subgraph: a function returns the same flags.
    postgraphile: ({ flagIds }) =>
      flagIds.map((ids) => ({
        query: 'query Flags($ids: [Int!]!) { flagsByIds(ids: $ids, first: 100) { nodes { rowId key name active } } }',
        variables: { ids },
      })),
  },
  read: {
    ours: ({ data }: Data) => data._entities.map(({ databaseId, ...flag }: Data) => ({ id: databaseId, ...flag })),
    ceiling: (flags: Data) => flags,
    postgraphile: ({ data }: Data) =>
      data.flagsByIds.nodes.map(({ rowId, ...flag }: Data) => ({ id: rowId, ...flag })).sort((a: Data, b: Data) => a.id - b.id),
  },
}

const times = ({ startDate, endDate }: Data) => ({ startDate: instant(startDate), endDate: instant(endDate) })
const numbered = (row: Data, number: 'databaseId' | 'rowId') => {
  if (row === null) return null
  const { [number]: id, ...others } = row
  return { id, ...others }
}

const experimentLists: DistinctOperation = {
  id: 'ZL',
  title: 'experiments: pages of 20 with flag and creator',
  ask: pages(
    {
      ours: `query Experiments($projectId: ID!, $after: String) {
        experiments(projectId: $projectId, first: 20, after: $after) {
          nodes { databaseId name startDate endDate featureFlag { databaseId key } createdBy { databaseId firstName email } }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      ceiling: 'experimentsAfter',
      postgraphile: `query Experiments($projectId: Int!, $after: Cursor) {
        list: allExperiments(first: 20, after: $after, condition: { projectId: $projectId, deleted: false, archived: false }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
          nodes { rowId name startDate endDate featureFlagByProjectIdAndFeatureFlagId { rowId key } userByCreatedById { rowId firstName email } }
          pageInfo { hasNextPage endCursor }
        }
      }`,
    },
    ({ experimentPositions }) => experimentPositions,
  ),
  read: {
    ours: ({ data: { experiments: found } }: Data) => ({
      experiments: found.nodes.map(({ featureFlag, createdBy, databaseId, name, ...dates }: Data) => ({
        ...{ id: databaseId, name, ...times(dates) },
        ...{ flag: numbered(featureFlag, 'databaseId'), createdBy: numbered(createdBy, 'databaseId') },
      })),
      hasNextPage: found.pageInfo.hasNextPage,
    }),
    ceiling: ({ experiments, hasNextPage }: Data) => ({
      experiments: experiments.map((row: Data) => ({ ...row, ...times(row) })),
      hasNextPage,
    }),
    postgraphile: ({ data: { list: found } }: Data) => ({
      experiments: found.nodes.map(({ featureFlagByProjectIdAndFeatureFlagId: flag, userByCreatedById, rowId, name, ...dates }: Data) => ({
        ...{ id: rowId, name, ...times(dates) },
        ...{ flag: numbered(flag, 'rowId'), createdBy: numbered(userByCreatedById, 'rowId') },
      })),
      hasNextPage: found.pageInfo.hasNextPage,
    }),
  },
}

const flagsByKey: DistinctOperation = {
  id: 'ZF',
  title: 'a flag by its key, with creator and experiments',
  ask: {
    ours: ({ keys }) =>
      keys.map(({ projectId, key }) => ({
        query: `query Flag($projectId: ID!, $key: String!) {
          featureFlag(projectId: $projectId, key: $key) {
            databaseId key name active createdBy { databaseId firstName email } experiments { nodes { databaseId name startDate } }
          }
        }`,
        variables: { projectId: project(projectId), key },
      })),
    ceiling: ({ keys }) => keys.map(({ projectId, key }) => statement('flagByKey', projectId, key)),
    postgraphile: ({ keys }) =>
      keys.map(({ projectId, key }) => ({
        query: `query Flag($projectId: Int!, $key: String!) {
          flag: flagByKey(ofProject: $projectId, ofKey: $key) {
            rowId key name active userByCreatedById { rowId firstName email }
            experiments: experimentsByProjectIdAndFeatureFlagId(first: 20, condition: { deleted: false }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
              nodes { rowId name startDate }
            }
          }
        }`,
        variables: { projectId, key },
      })),
  },
  read: {
    ours: ({ data: { featureFlag: flag } }: Data) => readFlag(numbered(flag, 'databaseId'), 'databaseId', flag.createdBy),
    ceiling: (flag: Data) => ({ ...flag, experiments: flag.experiments.map((e: Data) => ({ ...e, startDate: instant(e.startDate) })) }),
    postgraphile: ({ data: { flag } }: Data) => {
      const { userByCreatedById, ...row } = flag
      return readFlag(numbered(row, 'rowId'), 'rowId', userByCreatedById)
    },
  },
}

function readFlag(flag: Data, number: 'databaseId' | 'rowId', createdBy: Data) {
  const experiments = flag.experiments.nodes.map((e: Data) => ({ ...numbered(e, number), startDate: instant(e.startDate) }))
  return { ...flag, createdBy: numbered(createdBy, number), experiments }
}

export const distinctOperations: readonly DistinctOperation[] = [
  distinctPages,
  zipfPages,
  pagesWithCount,
  searches,
  projectStats,
  implementationChecks,
  entities,
  experimentLists,
  flagsByKey,
]
