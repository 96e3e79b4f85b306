import { encodeGlobalId } from '../../src/platform/globalId.ts'
import { commonTerm, rareTerm } from '../data/statements.ts'
import type { statements } from '../servers/ceilingStatements.ts'
import { type Body, type Data, type Facts, instant, type Operation } from './operation.ts'

// A, B and C: a page of 20 eligible flags with their creators, experiments and evaluation contexts.

const serviceFlagFields = `databaseId key name active createdAt
  createdBy { databaseId firstName email }
  experiments { nodes { databaseId name startDate } }
  evaluationContexts`
export const serviceQuery = (args: string, variables: string, more = '') => `query Page($projectId: ID!${variables}) {
  eligibleFeatureFlags(projectId: $projectId, first: 20${args}) { nodes { ${serviceFlagFields} } pageInfo { hasNextPage endCursor }${more} }
}`

const postgraphileFlag = `rowId key name active createdAt
  userByCreatedById { rowId firstName email }
  experiments(first: 20, condition: { deleted: false }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { nodes { rowId name startDate } }
  contextNames`
const postgraphilePage = `{ nodes { ${postgraphileFlag} } pageInfo { hasNextPage endCursor } }`
export const postgraphileQuery = (args: string, variables: string, beside = '') => `query Page($projectId: Int!${variables}) {
  page: allEligibleFlags(first: 20, condition: { projectId: $projectId }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]${args}) ${postgraphilePage}${beside}
}`
export const postgraphileSearch = `query Search($projectId: Int!, $pattern: String!) {
  page: searchEligibleFlags(first: 20, ofProject: $projectId, pattern: $pattern) ${postgraphilePage}
}`

const apolloQuery = (args: string, variables: string, more = '') => `query Page($projectId: Int!${variables}) {
  eligibleFeatureFlags(projectId: $projectId, first: 20${args}) {
    nodes {
      id key name active createdAt
      createdBy { id firstName email }
      experiments { id name startDate }
      evaluationContexts
    }
    hasNextPage${more}
  }
}`

interface Canonical {
  id: number
  key: string
  name: string
  active: boolean
  createdAt: string | null
  createdBy: { id: number; firstName: string; email: string } | null
  experiments: { id: number; name: string; startDate: string | null }[]
  contexts: string[]
}

function page(flags: Canonical[], hasNextPage: boolean, totalCount: number | undefined) {
  return { flags, hasNextPage, ...(totalCount === undefined ? {} : { totalCount }) }
}

export const read: Operation['read'] = {
  ours: ({ data: { eligibleFeatureFlags: found } }: Data) =>
    page(
      found.nodes.map((flag: Data) => ({
        id: flag.databaseId,
        key: flag.key,
        name: flag.name,
        active: flag.active,
        createdAt: instant(flag.createdAt),
        createdBy: flag.createdBy && { id: flag.createdBy.databaseId, firstName: flag.createdBy.firstName, email: flag.createdBy.email },
        experiments: flag.experiments.nodes.map((e: Data) => ({ id: e.databaseId, name: e.name, startDate: instant(e.startDate) })),
        contexts: flag.evaluationContexts,
      })),
      found.pageInfo.hasNextPage,
      found.totalCount,
    ),
  ceiling: ({ flags, hasNextPage, totalCount }: Data) =>
    page(
      flags.map((flag: Data) => ({
        ...flag,
        createdAt: instant(flag.createdAt),
        experiments: flag.experiments.map((e: Data) => ({ ...e, startDate: instant(e.startDate) })),
      })),
      hasNextPage,
      totalCount,
    ),
  postgraphile: ({ data: { page: found, totalCount } }: Data) =>
    page(
      found.nodes.map((flag: Data) => ({
        id: flag.rowId,
        key: flag.key,
        name: flag.name,
        active: flag.active,
        createdAt: instant(flag.createdAt),
        createdBy: flag.userByCreatedById && {
          id: flag.userByCreatedById.rowId,
          firstName: flag.userByCreatedById.firstName,
          email: flag.userByCreatedById.email,
        },
        experiments: flag.experiments.nodes.map((e: Data) => ({ id: e.rowId, name: e.name, startDate: instant(e.startDate) })),
        contexts: flag.contextNames,
      })),
      found.pageInfo.hasNextPage,
      totalCount,
    ),
  apollo: ({ data: { eligibleFeatureFlags: found } }: Data) =>
    page(
      found.nodes.map(({ evaluationContexts, ...flag }: Data) => ({ ...flag, contexts: evaluationContexts })),
      found.hasNextPage,
      found.totalCount,
    ),
}

const eachProject = ({ projectIds }: Facts, body: (projectId: number) => Body) => projectIds.map(body)
const graphql = (query: string, variables: (projectId: number) => object) => (facts: Facts) =>
  eachProject(facts, (projectId) => ({ query, variables: variables(projectId) }))
const ceiling =
  (statement: keyof typeof statements, ...values: unknown[]) =>
  (facts: Facts) =>
    eachProject(facts, (projectId) => ({ statement, values: [projectId, ...values] }))
const serviceProject = (projectId: number) => encodeGlobalId('Project', projectId)

const firstPage: Operation = {
  id: 'A',
  title: 'eligible flags, page of 20 with creator, experiments and contexts',
  ask: {
    ours: graphql(serviceQuery('', ''), (id) => ({ projectId: serviceProject(id) })),
    ceiling: ceiling('page'),
    postgraphile: graphql(postgraphileQuery('', ''), (projectId) => ({ projectId })),
    apollo: graphql(apolloQuery('', ''), (projectId) => ({ projectId })),
  },
  read,
}

const withCount: Operation = {
  id: 'A+count',
  title: 'the same with totalCount',
  ask: {
    ours: graphql(serviceQuery('', '', ' totalCount'), (id) => ({ projectId: serviceProject(id) })),
    ceiling: ceiling('pageWithCount'),
    postgraphile: graphql(postgraphileQuery('', '', ' totalCount: eligibleFlagCount(ofProject: $projectId)'), (projectId) => ({
      projectId,
    })),
    apollo: graphql(apolloQuery('', '', ' totalCount'), (projectId) => ({ projectId })),
  },
  read,
}

/** Only the first project, to which the cursors of `facts.deep` belong. */
const forFirstProject = (body: (facts: Facts, projectId: number) => Body) => (facts: Facts) => [body(facts, facts.projectIds[0] ?? 1)]

const deepPage: Operation = {
  id: 'B',
  title: 'the page far down: at item 50,000 of the large set',
  ask: {
    ours: forFirstProject(({ deep }, id) => ({
      query: serviceQuery(', after: $after', ', $after: String'),
      variables: { projectId: serviceProject(id), after: deep.cursors.ours },
    })),
    ceiling: forFirstProject(({ deep }, id) => ({ statement: 'pageAfter', values: [id, deep.createdAt, deep.id] })),
    postgraphile: forFirstProject(({ deep }, projectId) => ({
      query: postgraphileQuery(', after: $after', ', $after: Cursor'),
      variables: { projectId, after: deep.cursors.postgraphile },
    })),
    apollo: forFirstProject(({ deep }, projectId) => ({
      query: apolloQuery(', offset: $offset', ', $offset: Int'),
      variables: { projectId, offset: deep.offset },
    })),
  },
  beside: {
    title: 'its first page',
    ask: forFirstProject((_facts, id) => ({ query: serviceQuery('', ''), variables: { projectId: serviceProject(id) } })),
  },
  read,
}

function search(id: string, term: string, statement: 'searchRare' | 'searchCommon', title: string): Operation {
  return {
    id,
    title,
    ask: {
      ours: graphql(serviceQuery(', search: $search', ', $search: String'), (project) => ({
        projectId: serviceProject(project),
        search: term,
      })),
      ceiling: ceiling(statement, `%${term}%`),
      postgraphile: graphql(postgraphileSearch, (projectId) => ({ projectId, pattern: `%${term}%` })),
      apollo: graphql(apolloQuery(', search: $search', ', $search: String'), (projectId) => ({ projectId, search: term })),
    },
    read,
  }
}

export const pages = [
  firstPage,
  withCount,
  deepPage,
  search('C rare', rareTerm, 'searchRare', 'search for a rare term'),
  search('C common', commonTerm, 'searchCommon', 'search for a common term'),
]
