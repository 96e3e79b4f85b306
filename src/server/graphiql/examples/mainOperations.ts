import type { Example } from './example.ts'

/** An example of each of the four main operations. GraphiQL opens with them. */
export const mainOperations: readonly Example[] = [
  {
    title: 'Flags that an experiment can use',
    steps: [{ operation: 'EligibleFlags' }],
    query: `# The flags that an experiment can use, page by page.
# For the next page, set the variable "after" to "endCursor".
query EligibleFlags(
  $projectId: ID!
  $search: String
  $after: String
) {
  eligibleFeatureFlags(
    projectId: $projectId
    search: $search
    # Other filters: createdByIds, evaluationRuntime,
    # hasEvaluationContexts.
    active: true
    orderBy: { field: KEY, direction: ASC }
    first: 5
    after: $after
  ) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      key
      name
      tags
      variants {
        key
        rolloutPercentage
      }
      # Experiments that use the flag already.
      experiments(first: 3) {
        nodes {
          name
          status
        }
      }
    }
  }
}
`,
    variables: { projectId: '1', search: '', after: null },
  },
  {
    title: 'Metric templates for LLM prompts',
    steps: [{ operation: 'PromptTemplates' }],
    query: `# Metric templates for experiments that compare
# the versions of an LLM prompt.
query PromptTemplates($projectId: ID!) {
  promptTemplates(projectId: $projectId) {
    key
    label
    description
  }
}
`,
    variables: { projectId: '1' },
  },
  {
    title: 'Do the events carry the flag?',
    steps: [{ operation: 'FlagImplementation' }],
    query: `# Do the events of your metrics record which flags a person had?
# "required: true" is a warning: no event in the sample has a
# $feature/… property. To see it, remove "purchase" and the
# action from the variables.
query FlagImplementation(
  $projectId: ID!
  $events: [String!]
  $actionIds: [ID!]
) {
  requiresFlagImplementation(
    projectId: $projectId
    events: $events
    # An action counts as the events of its steps.
    actionIds: $actionIds
    # Looks at this many of the newest events of each name.
    sampleSize: 50
  ) {
    required
    windowStart
    windowEnd
    # The evidence: one row per event name.
    events {
      event
      sampled
      withFeatureProperty
      featureFlagKeys
      lastSeenAt
    }
  }
}
`,
    variables: { projectId: '1', events: ['signed_up', 'purchase'], actionIds: ['1'] },
  },
  {
    title: 'How many experiments run?',
    steps: [{ operation: 'Stats' }],
    query: `# How many experiments the project launches, and which ones run
# now. One operation can read both.
query Stats($projectId: ID!) {
  stats(projectId: $projectId) {
    launchedLast30d
    launchedPrevious30d
    percentChange
    activeExperiments
    completedLast30d
  }
  experiments(
    projectId: $projectId
    status: RUNNING
    first: 5
  ) {
    totalCount
    nodes {
      name
      startDate
      featureFlag {
        key
      }
    }
  }
}
`,
    variables: { projectId: '1' },
  },
]
