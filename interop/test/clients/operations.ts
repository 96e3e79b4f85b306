// The operations that the tests send with every client.

export interface FlagList {
  eligibleFeatureFlags: {
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
    edges: { cursor: string; node: { id: string; key: string; name: string } }[]
  } | null
}

export const list = `
  query List($project: ID!, $order: FeatureFlagOrder, $people: [ID!], $first: Int, $after: String, $last: Int, $before: String) {
    eligibleFeatureFlags(
      projectId: $project, orderBy: $order, createdByIds: $people, first: $first, after: $after, last: $last, before: $before
    ) {
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { id key name } }
    }
  }`

export const byKey = { field: 'KEY', direction: 'ASC' }

/** The keys of a page. */
export function keysOf(data: FlagList | null | undefined): string[] {
  return data?.eligibleFeatureFlags?.edges.map(({ node }) => node.key) ?? []
}

export interface StatsAndFlags {
  stats: { activeExperiments: number } | null
  eligibleFeatureFlags: { nodes: { key: string }[] } | null
}

export const statsAndFlags = `
  query StatsAndFlags($project: ID!) {
    stats(projectId: $project) { activeExperiments }
    eligibleFeatureFlags(projectId: $project) { nodes { key } }
  }`

export type UpdateResult =
  | { __typename: 'FeatureFlag'; id: string; name: string }
  | { __typename: 'ApprovalRequiredError'; changeRequest: { id: string } }
  | { __typename: 'Error'; code: string; message: string }

export const update = `
  mutation Update($input: UpdateFeatureFlagInput!) {
    updateFeatureFlag(input: $input) {
      __typename
      ... on FeatureFlag { id name }
      ... on ApprovalRequiredError { changeRequest { id } }
      ... on ChangeRequestPendingError { changeRequest { id } }
      ... on ValidationError { fieldErrors { path code } }
      ... on InvalidStateError { state }
      ... on Error { code message }
    }
  }`

/** Invalid inputs, by the argument or variable that the error names. */
export const mistakes: [string, object][] = [
  ['first', { first: 500 }],
  ['after', { after: 'nowhere' }],
  // A variable of the wrong type is rejected before the operation runs, with HTTP 400.
  ['people', { people: [true] }],
]

export const badKeys: [string, string | null][] = [
  ['no key', null],
  ['a key that is not valid', 'phx_nobody'],
]

export function headers(key: string | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` }
}
