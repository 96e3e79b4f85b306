import { type Example, flagId, linkedProject } from './example.ts'

/** The first step of each. Its answer has what the variables of the next one need. */
const linkedFlags = `# First: the flags of your linked project, whose number you put into
# the variables. Copy the id and the version of one too.
query LinkedFlags($project: ID!) {
  project(id: $project) {
    name
    link {
      mode
      host
    }
    featureFlags(first: 10) {
      nodes {
        id
        key
        version
      }
    }
  }
}
`

/** What only a project that is linked to a PostHog answers. The demo data have none, because they need no network. */
export const linkExamples: readonly Example[] = [
  {
    title: 'LinkedReadOnlyError',
    needs: 'MIRROR',
    steps: [{ operation: 'LinkedFlags' }, { operation: 'ChangeMirror', answers: 'LinkedReadOnlyError' }],
    query: `# Needs a project that is linked to a PostHog as a mirror:
# docs/link.md says how to link one.

${linkedFlags}
# Then: what is mirrored is changed in PostHog only. The error says where.
mutation ChangeMirror($flag: ID!) {
  updateFeatureFlag(input: { id: $flag, name: "New name" }) {
    __typename
    ... on Error {
      code
      message
    }
    ... on LinkedReadOnlyError {
      reason
      url
      remedy
    }
  }
}
`,
    variables: { project: linkedProject, flag: flagId },
  },
  {
    title: 'VersionConflictError',
    needs: 'WRITE_THROUGH',
    steps: [{ operation: 'LinkedFlags' }, { operation: 'ChangeOutdated', answers: 'VersionConflictError' }],
    query: `# Needs a project that is linked to a PostHog in write-through:
# docs/link.md says how to link one.

${linkedFlags}
# Then: change the name of the flag in PostHog, and run this at once.
# You read a version that PostHog has left, so that nothing is written.
mutation ChangeOutdated($flag: ID!, $version: Int!) {
  updateFeatureFlag(input: { id: $flag, version: $version, name: "My name" }) {
    __typename
    ... on Error {
      code
      message
    }
    ... on VersionConflictError {
      expectedVersion
      currentVersion
    }
  }
}
`,
    variables: { project: linkedProject, flag: flagId, version: 1 },
  },
]
