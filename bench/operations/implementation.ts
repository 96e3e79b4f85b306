import { encodeGlobalId } from '../../src/platform/globalId.ts'
import type { Data, Facts, Operation } from './operation.ts'

// In all sizes, the events belong to project 1.
const projectId = 1

function implementation(id: string, title: string, names: (facts: Facts) => string[]): Operation {
  return {
    id,
    title,
    ask: {
      ours: (facts) => [
        {
          query: `query Check($projectId: ID!, $events: [String!]) {
            requiresFlagImplementation(projectId: $projectId, events: $events) { required }
          }`,
          variables: { projectId: encodeGlobalId('Project', projectId), events: names(facts) },
        },
      ],
      ceiling: (facts) => [{ statement: 'implementation', values: [projectId, names(facts)] }],
      postgraphile: (facts) => [
        {
          query:
            'query Check($projectId: Int!, $events: [String!]) { required: flagImplementationRequired(ofProject: $projectId, names: $events) }',
          variables: { projectId, events: names(facts) },
        },
      ],
      apollo: (facts) => [
        {
          query: `query Check($projectId: Int!, $events: [String!]!) {
            required: requiresFlagImplementation(projectId: $projectId, events: $events)
          }`,
          variables: { projectId, events: names(facts) },
        },
      ],
    },
    read: {
      ours: ({ data }: Data) => data.requiresFlagImplementation.required,
      ceiling: ({ required }: Data) => required,
      postgraphile: ({ data }: Data) => data.required,
      apollo: ({ data }: Data) => data.required,
    },
  }
}

export const implementations = [
  implementation('E found', 'requiresFlagImplementation, a property is found', ({ implemented }) => implemented),
  implementation('E nothing', 'requiresFlagImplementation, nothing is found', ({ notImplemented }) => notImplemented),
]
