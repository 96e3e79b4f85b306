import { ClientError, GraphQLClient, gql } from 'graphql-request'
import { explain } from '../explain.ts'
import { key, url } from '../settings.ts'

// Checks whether a project is ready for an experiment, and creates a flag for it. Run it twice: the second time, the flag exists.

const client = new GraphQLClient(url, { headers: { authorization: `Bearer ${key}` } })

interface Project {
  id: string
  name: string
  experimentStats: { activeExperiments: number; percentChange: number } | null
  requiresFlagImplementation: { required: boolean } | null
}

const overview = gql`
  query Overview {
    viewer {
      projects(first: 1) {
        nodes { id name experimentStats { activeExperiments percentChange } requiresFlagImplementation(anyEvent: true) { required } }
      }
    }
  }`

interface FlagsPage {
  eligibleFeatureFlags: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: { key: string }[] } | null
}

const flagsPage = gql`
  query FlagsPage($project: ID!, $after: String) {
    eligibleFeatureFlags(projectId: $project, active: true, first: 5, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { key }
    }
  }`

type MakeFlagResult =
  | { __typename: 'FeatureFlag'; key: string; project: { name: string } }
  | { __typename: 'ApprovalRequiredError'; message: string; changeRequest: { id: string; expiresAt: string } }
  | { __typename: 'ValidationError'; message: string; fieldErrors: { path: string[]; message: string }[] }
  | { __typename: 'Error'; message: string }

const makeFlag = gql`
  mutation MakeFlag($input: CreateFeatureFlagInput!) {
    createFeatureFlag(input: $input) {
      __typename
      ... on FeatureFlag { key project { name } }
      ... on ApprovalRequiredError { changeRequest { id expiresAt } }
      ... on ValidationError { fieldErrors { path message } }
      ... on Error { message }
    }
  }`

/** Returns the data. By default, graphql-request throws if a field has an error; the data of the other fields is in the error. */
async function ask<Data extends object>(document: string, variables: object = {}): Promise<Partial<Data>> {
  try {
    return await client.request<Data>(document, variables)
  } catch (error) {
    if (!(error instanceof ClientError) || error.response.errors === undefined) throw error
    for (const fieldError of error.response.errors) console.log(explain(fieldError))
    return (error.response.data ?? {}) as Partial<Data>
  }
}

const { viewer } = await ask<{ viewer: { projects: { nodes: Project[] } } | null }>(overview)
const [project] = viewer?.projects.nodes ?? []
if (project === undefined) throw new Error('There is no project to show.')
const { experimentStats: stats, requiresFlagImplementation: check } = project
if (stats !== null) console.log(`${project.name}: ${stats.activeExperiments} active, ${stats.percentChange}% against the month before.`)
if (check !== null) console.log(`The flag is ${check.required ? 'not yet' : 'already'} wired into the events.`)

const keys: string[] = []
for (let after: string | null | undefined = null; after !== undefined; ) {
  const page: Partial<FlagsPage> = await ask<FlagsPage>(flagsPage, { project: project.id, after })
  keys.push(...(page.eligibleFeatureFlags?.nodes.map((flag) => flag.key) ?? []))
  after = page.eligibleFeatureFlags?.pageInfo.hasNextPage ? page.eligibleFeatureFlags.pageInfo.endCursor : undefined
}
console.log(`Flags that are on: ${keys.join(', ')}`)

const variants = ['control', 'test'].map((key) => ({ key, rollout_percentage: 50 }))
const filters = { groups: [{ properties: [], rollout_percentage: 100 }], multivariate: { variants } }
const { createFeatureFlag: result } = await ask<{ createFeatureFlag: MakeFlagResult }>(makeFlag, {
  input: { projectId: project.id, key: 'made-by-graphql-request', filters, active: true },
})
if (result === undefined) throw new Error('Nothing was made.')
switch (result.__typename) {
  case 'FeatureFlag':
    console.log(`${result.project.name} has the flag ${result.key} now.`)
    break
  case 'ApprovalRequiredError':
    console.log(`Waits for approval until ${result.changeRequest.expiresAt}: request ${result.changeRequest.id}.`)
    break
  case 'ValidationError':
    for (const { path, message } of result.fieldErrors) console.log(`${path.join('.')}: ${message}`)
    break
  default:
    // Error types that are added later implement `Error`, too.
    console.log(`Error: ${result.message}`)
}
