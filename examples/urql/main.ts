import { type AnyVariables, Client, cacheExchange, fetchExchange, gql, type TypedDocumentNode } from '@urql/core'
import { explain } from '../explain.ts'
import { key, url } from '../settings.ts'

// Lists the eligible flags, and turns one of them on or off.

const client = new Client({
  url,
  exchanges: [cacheExchange, fetchExchange],
  fetchOptions: { headers: { authorization: `Bearer ${key}` } },
  preferGetMethod: false,
})

interface Project {
  id: string
  name: string
  experimentStats: { launchedLast30d: number; activeExperiments: number } | null
}

const overview = gql<{ viewer: { projects: { nodes: Project[] } } | null }, Record<string, never>>`
  query Overview {
    viewer { projects(first: 1) { nodes { id name experimentStats { launchedLast30d activeExperiments } } } }
  }`

interface Flag {
  id: string
  key: string
  active: boolean
  version: number
  variants: { key: string; rolloutPercentage: number }[]
}

interface FlagsPage {
  eligibleFeatureFlags: { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: Flag[] } | null
}

const flagsPage = gql<FlagsPage, { project: string; after: string | null }>`
  query FlagsPage($project: ID!, $after: String) {
    eligibleFeatureFlags(projectId: $project, orderBy: { field: KEY, direction: ASC }, first: 5, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id key active version variants { key rolloutPercentage } }
    }
  }`

type SwitchFlagResult =
  | { __typename: 'FeatureFlag'; key: string; active: boolean }
  | { __typename: 'ApprovalRequiredError'; changeRequest: { id: string }; requiredApprovers: { users: { email: string }[] } }
  | { __typename: 'ChangeRequestPendingError'; changeRequest: { id: string } }
  | { __typename: 'InvalidStateError'; message: string }
  | { __typename: 'Error'; message: string }

const switchFlag = gql<{ updateFeatureFlag: SwitchFlagResult }, { id: string; version: number; active: boolean }>`
  mutation SwitchFlag($id: ID!, $version: Int!, $active: Boolean!) {
    updateFeatureFlag(input: { id: $id, version: $version, active: $active }) {
      __typename
      ... on FeatureFlag { id key active version }
      ... on ApprovalRequiredError { changeRequest { id } requiredApprovers { users { email } } }
      ... on ChangeRequestPendingError { changeRequest { id } }
      ... on Error { message }
    }
  }`

/** Runs a query, prints its errors and returns its data. A field with an error is null, and the other fields have data. */
async function read<Data, Variables extends AnyVariables>(query: TypedDocumentNode<Data, Variables>, variables: Variables) {
  const { data, error } = await client.query(query, variables)
  if (error?.networkError) throw error.networkError
  for (const fieldError of error?.graphQLErrors ?? []) console.log(explain(fieldError))
  return data
}

const [project] = (await read(overview, {}))?.viewer?.projects.nodes ?? []
if (project === undefined) throw new Error('There is no project to show.')
const stats = project.experimentStats
if (stats !== null) console.log(`${project.name}: ${stats.launchedLast30d} launched in 30 days, ${stats.activeExperiments} active.`)

/** Reads a page and prints it. */
async function readPage(project: string, after: string | null) {
  const page = (await read(flagsPage, { project, after }))?.eligibleFeatureFlags
  if (page === null || page === undefined) throw new Error('There are no flags to show.')
  for (const { key, variants } of page.nodes) console.log(`  ${key}: ${variants.map((v) => `${v.key} ${v.rolloutPercentage}%`).join(', ')}`)
  return page
}

let page = await readPage(project.id, null)
const flags = [...page.nodes]
while (page.pageInfo.hasNextPage) {
  page = await readPage(project.id, page.pageInfo.endCursor)
  flags.push(...page.nodes)
}
console.log(`${flags.length} of ${page.totalCount} flags.`)

const flag = flags.find(({ key }) => key === 'loyalty-points')
if (flag === undefined) throw new Error('This project has no flag loyalty-points: use the demo project. Nothing was changed.')

const { data, error } = await client.mutation(switchFlag, { id: flag.id, version: flag.version, active: !flag.active })
if (data === undefined) throw error?.networkError ?? new Error(error?.graphQLErrors.map(explain).join('\n'))
const result = data.updateFeatureFlag
switch (result.__typename) {
  case 'FeatureFlag':
    console.log(`${result.key} is ${result.active ? 'on' : 'off'} now.`)
    break
  case 'ApprovalRequiredError':
    console.log(`Waits for ${result.requiredApprovers.users.map(({ email }) => email).join(' or ')}: request ${result.changeRequest.id}.`)
    break
  case 'ChangeRequestPendingError':
    console.log(`Somebody has asked for such a change already: request ${result.changeRequest.id}.`)
    break
  case 'InvalidStateError':
    console.log(`Somebody was faster: ${result.message}`)
    break
  default:
    // Error types that are added later implement `Error`, too.
    console.log(`Error: ${result.message}`)
}
