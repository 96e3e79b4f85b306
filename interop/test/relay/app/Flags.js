import { graphql } from 'relay-runtime'

// The operations of an app, as its components have them. relay-compiler reads this file. It is never executed.

graphql`
  query FlagsQuery($project: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    project(id: $project) {
      ...Flags_project @arguments(first: $first, after: $after, last: $last, before: $before)
    }
  }
`

graphql`
  fragment Flags_project on Project
  @refetchable(queryName: "FlagsPaginationQuery")
  @argumentDefinitions(first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" }) {
    eligibleFeatureFlags(first: $first, after: $after, last: $last, before: $before, orderBy: { field: KEY, direction: ASC })
      @connection(key: "Flags_eligibleFeatureFlags") {
      edges {
        node {
          key
          ...Flags_flag
        }
      }
    }
  }
`

graphql`
  fragment Flags_flag on FeatureFlag @refetchable(queryName: "FlagsRefetchQuery") {
    id
    name
    active
    createdBy {
      email
    }
  }
`

graphql`
  query FlagsNodesQuery($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
      ... on FeatureFlag {
        key
      }
      ... on Project {
        name
      }
    }
  }
`

graphql`
  mutation FlagsRenameMutation($input: UpdateFeatureFlagInput!) {
    updateFeatureFlag(input: $input) {
      __typename
      ... on FeatureFlag {
        id
        name
      }
      ... on ApprovalRequiredError {
        changeRequest {
          id
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`

graphql`
  query FlagsCatchQuery($project: ID!) {
    project(id: $project) {
      name
      experimentStats @catch(to: RESULT) {
        activeExperiments
      }
    }
  }
`
