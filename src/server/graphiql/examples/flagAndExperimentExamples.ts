import type { Example } from './example.ts'

export const flagAndExperimentExamples: readonly Example[] = [
  {
    title: 'Flags, with what uses them',
    steps: [{ operation: 'Flags' }],
    query: `# All flags of a project, the newest first. Search, filter by
# status or tag, or look for flags that nothing asks about.
query Flags($projectId: ID!, $search: String) {
  featureFlags(projectId: $projectId, search: $search, first: 10) {
    totalCount
    nodes {
      id
      key
      active
      status
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
    variables: { projectId: '1', search: 'checkout' },
  },
  {
    title: 'Why does a person get this variant?',
    steps: [{ operation: 'Evaluate' }],
    query: `# What flags answer for one person, and why.
query Evaluate($projectId: ID!, $person: String!) {
  evaluateFeatureFlags(
    projectId: $projectId
    keys: ["checkout-button", "beta-testers"]
    distinctId: $person
    personProperties: { email: "ada@home.test" }
  ) {
    key
    enabled
    variant
    reason
    conditions {
      matched
      explanation
    }
  }
}
`,
    variables: { projectId: '1', person: 'person-1' },
  },
  {
    title: 'Experiments that run',
    steps: [{ operation: 'Experiments' }],
    query: `query Experiments($projectId: ID!) {
  experiments(projectId: $projectId, status: RUNNING, first: 10) {
    totalCount
    nodes {
      id
      name
      startDate
      featureFlag {
        key
        variants {
          key
          rolloutPercentage
        }
      }
    }
  }
}
`,
    variables: { projectId: '1' },
  },
  {
    title: 'Create a flag',
    steps: [{ operation: 'CreateFlag', answers: 'FeatureFlag' }],
    query: `# Run it twice: the second answer is a ValidationError, because
# the key is taken.
mutation CreateFlag($projectId: ID!, $key: String!) {
  createFeatureFlag(
    input: {
      projectId: $projectId
      key: $key
      variants: [
        { key: "control", rolloutPercentage: 50 }
        { key: "test", rolloutPercentage: 50 }
      ]
    }
  ) {
    __typename
    ... on FeatureFlag {
      id
      key
      active
    }
    ... on Error {
      message
    }
  }
}
`,
    variables: { projectId: '1', key: 'my-first-flag' },
  },
  {
    title: 'Launch a draft',
    steps: [{ operation: 'Launch', answers: 'Experiment' }],
    query: `mutation Launch($id: ID!) {
  launchExperiment(input: { id: $id }) {
    __typename
    ... on Experiment {
      name
      status
      startDate
    }
    ... on Error {
      message
    }
  }
}
`,
    variables: { id: '7' },
  },
  {
    title: 'Subscribe to experiments',
    steps: [{ operation: 'Changes' }],
    query: `# Run it, and change an experiment in another browser tab.
# Each change arrives here.
subscription Changes($projectId: ID!) {
  experimentUpdated(projectId: $projectId) {
    id
    name
    status
  }
}
`,
    variables: { projectId: '1' },
  },
  {
    title: 'Subscribe to change requests',
    steps: [{ operation: 'Requests' }],
    query: `subscription Requests($projectId: ID!) {
  changeRequestUpdated(projectId: $projectId) {
    id
    state
    description
  }
}
`,
    variables: { projectId: '1' },
  },
]
