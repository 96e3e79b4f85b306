/** An operation to begin with, and what its variables are set to. */
export interface Example {
  query: string
  variables: Record<string, unknown>
}

/** One for each of the four main operations. They run as they stand on the demo data, whose project is number 1. */
export const examples: readonly Example[] = [
  {
    query: `# The flags that an experiment may use, a page at a time.
# For the next page give "endCursor" as the variable "after".
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
      # The experiments that already use it.
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
    query: `# The metrics that an experiment over the versions
# of an LLM prompt can start from.
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
    query: `# Are the events that metrics are made of tracked with a flag?
# "required: true" is a warning: none of those that were looked
# at carries a $feature/… property. To see it, leave "purchase"
# and the action out of the variables.
query FlagImplementation(
  $projectId: ID!
  $events: [String!]
  $actionIds: [ID!]
) {
  requiresFlagImplementation(
    projectId: $projectId
    events: $events
    # An action stands for the events of its steps.
    actionIds: $actionIds
    # How many of the newest events of each name to look at.
    sampleSize: 50
  ) {
    required
    windowStart
    windowEnd
    # The evidence, a row for each event name.
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
    query: `# How fast the project experiments, and what runs just now:
# one request may ask for both.
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
