import { graphql } from './generated/gql.ts'

// The operations of this program. `graphql()` returns each with the generated types of its variables and its data.

export const overview = graphql(`
  query Overview {
    viewer { projects(first: 1) { nodes { id name experimentStats { launchedLast30d launchedPrevious30d } } } }
  }
`)

export const flagsForAnExperiment = graphql(`
  query FlagsForAnExperiment($project: ID!, $first: Int!, $after: String) {
    eligibleFeatureFlags(projectId: $project, orderBy: { field: KEY, direction: ASC }, first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { key evaluationRuntime variants { key rolloutPercentage } }
    }
  }
`)

export const draftExperiment = graphql(`
  mutation DraftExperiment($input: CreateExperimentInput!) {
    createExperiment(input: $input) {
      __typename
      ... on Experiment { id name status featureFlag { key } }
      ... on ValidationError { fieldErrors { path code message } }
      ... on Error { message }
    }
  }
`)

export const launchExperiment = graphql(`
  mutation LaunchExperiment($id: ID!) {
    launchExperiment(input: { id: $id }) {
      __typename
      ... on Experiment { id name status startDate }
      ... on ApprovalRequiredError { message changeRequest { id expiresAt } requiredApprovers { quorum users { email } } }
      ... on ChangeRequestPendingError { message requestedByViewer changeRequest { id } }
      ... on PolicyConflictError { message guidance }
      ... on ValidationError { message fieldErrors { path code message } }
      ... on InvalidStateError { message state }
      ... on Error { message }
    }
  }
`)
