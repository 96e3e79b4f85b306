import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { explain } from '../explain.ts'
import { key, url } from '../settings.ts'
import { possibleTypes } from './generated/possibleTypes.ts'

// Reads the eligible flags page by page into one list of the cache, and changes the rollout of one of them. The list then shows it.

/** Caches one list for each filter and order: for all arguments except those of paging. */
const connection = relayStylePagination((args) =>
  Object.keys(args ?? {}).filter((name) => !['first', 'after', 'last', 'before', 'offset'].includes(name)),
)

const client = new ApolloClient({
  link: new HttpLink({ uri: url, headers: { authorization: `Bearer ${key}` } }),
  cache: new InMemoryCache({
    // Without it, the cache does not know that a fragment on an interface, such as `... on Error`, matches a ValidationError.
    possibleTypes,
    typePolicies: {
      Query: { fields: { eligibleFeatureFlags: connection, experiments: connection, changeRequests: connection } },
      Project: { fields: { eligibleFeatureFlags: connection, experiments: connection, changeRequests: connection } },
    },
  }),
})

interface Project {
  id: string
  name: string
  experimentStats: { launchedLast30d: number; completedLast30d: number } | null
}

const overview: TypedDocumentNode<{ viewer: { projects: { nodes: Project[] } } | null }> = gql`
  query Overview {
    viewer { projects(first: 1) { nodes { id name experimentStats { launchedLast30d completedLast30d } } } }
  }`

interface Flags {
  eligibleFeatureFlags: {
    edges: { node: { id: string; key: string; version: number; rolloutPercentage: number | null } }[]
    pageInfo: { hasNextPage: boolean; endCursor: string | null }
  } | null
}

// The policy joins pages by their edges: select `edges { node }`, not `nodes`.
const allFlags: TypedDocumentNode<Flags, { project: string; after?: string | null }> = gql`
  query AllFlags($project: ID!, $after: String) {
    eligibleFeatureFlags(projectId: $project, orderBy: { field: KEY, direction: ASC }, first: 5, after: $after) {
      edges { cursor node { id key version rolloutPercentage } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`

type ChangeRolloutResult =
  | { __typename: 'FeatureFlag'; id: string; key: string }
  | { __typename: 'ApprovalRequiredError'; message: string; changeRequest: { id: string }; requiredApprovers: { quorum: number } }
  | { __typename: 'ChangeRequestPendingError'; message: string; changeRequest: { id: string } }
  | { __typename: 'ValidationError'; message: string; fieldErrors: { path: string[]; message: string }[] }
  | { __typename: 'Error'; message: string }

const changeRollout: TypedDocumentNode<{ updateFeatureFlag: ChangeRolloutResult }, { id: string; version: number; filters: unknown }> = gql`
  mutation ChangeRollout($id: ID!, $version: Int!, $filters: JSON!) {
    updateFeatureFlag(input: { id: $id, version: $version, filters: $filters }) {
      ... on FeatureFlag { id key version rolloutPercentage }
      ... on Error { message }
      ... on ChangeRequestError { changeRequest { id } }
      ... on ApprovalRequiredError { requiredApprovers { quorum } }
      ... on ValidationError { fieldErrors { path message } }
    }
  }`

/** Prints GraphQL errors, and throws all other errors, such as a lost connection. */
function report(error: Error | undefined): void {
  if (CombinedGraphQLErrors.is(error)) for (const fieldError of error.errors) console.log(explain(fieldError))
  else if (error !== undefined) throw error
}

// With errorPolicy 'all', a field with an error is null, and the other fields have data.
const seen = await client.query({ query: overview, errorPolicy: 'all' })
report(seen.error)
const [project] = seen.data?.viewer?.projects.nodes ?? []
if (project === undefined) throw new Error('There is no project to show.')
const stats = project.experimentStats
if (stats !== null) console.log(`${project.name}: ${stats.launchedLast30d} launched in 30 days, ${stats.completedLast30d} completed.`)

/** Reads a page, which the cache adds to its list. In a component, use `fetchMore`. */
async function readPage(project: string, after: string | null) {
  const variables = { project, after }
  const { data, error } = await client.query({ query: allFlags, variables, fetchPolicy: 'network-only', errorPolicy: 'all' })
  report(error)
  // `relayStylePagination` turns a list with an error into an empty list whose `hasNextPage` is true.
  if (error !== undefined || !data?.eligibleFeatureFlags) throw new Error('There are no flags to show.')
  return data.eligibleFeatureFlags.pageInfo
}

let page = await readPage(project.id, null)
while (page.hasNextPage) page = await readPage(project.id, page.endCursor)

/** All flags, from the cache. */
const flags = () =>
  client.readQuery({ query: allFlags, variables: { project: project.id } })?.eligibleFeatureFlags?.edges.map(({ node }) => node) ?? []
const names = flags().map((flag) => flag.key)
console.log(`Flags: ${names.join(', ')}`)

const loyaltyPoints = () => flags().find((flag) => flag.key === 'loyalty-points')
const flag = loyaltyPoints()
if (flag === undefined) throw new Error('This project has no flag loyalty-points: use the demo project. Nothing was changed.')

const filters = { groups: [{ properties: [], rollout_percentage: flag.rolloutPercentage === 100 ? 50 : 100 }] }
const change = await client.mutate({
  mutation: changeRollout,
  variables: { id: flag.id, version: flag.version, filters },
  errorPolicy: 'all',
})
report(change.error)
const result = change.data?.updateFeatureFlag
if (result === undefined) throw new Error('Nothing was changed.')
switch (result.__typename) {
  case 'FeatureFlag':
    // The response contains the id and the changed fields, so the cache has updated the list.
    console.log(`${result.key} is for ${loyaltyPoints()?.rolloutPercentage}% of the people now, says the list.`)
    break
  case 'ApprovalRequiredError':
    console.log(`Waits for ${result.requiredApprovers.quorum} to approve: request ${result.changeRequest.id}.`)
    break
  case 'ChangeRequestPendingError':
    console.log(`Somebody has asked for such a change already: request ${result.changeRequest.id}.`)
    break
  case 'ValidationError':
    for (const { path, message } of result.fieldErrors) console.log(`${path.join('.')}: ${message}`)
    break
  default:
    // Error types that are added later implement `Error`, too.
    console.log(`Error: ${result.message}`)
}
