import { encodeGlobalId } from '../../src/platform/globalId.ts'
import type { System } from '../servers/systems.ts'
import type { Data, Facts, Operation } from './operation.ts'

const counters = 'launchedLast30d launchedPrevious30d activeExperiments completedLast30d'
const graphql =
  (query: string, variables: (projectId: number) => object) =>
  ({ projectIds }: Pick<Facts, 'projectIds'>) =>
    projectIds.map((projectId) => ({ query, variables: variables(projectId) }))

export const stats: Operation<System, Pick<Facts, 'projectIds'>> = {
  id: 'D',
  title: 'stats of a project',
  ask: {
    ours: graphql(`query Stats($projectId: ID!) { stats(projectId: $projectId) { ${counters} } }`, (id) => ({
      projectId: encodeGlobalId('Project', id),
    })),
    ceiling: ({ projectIds }) => projectIds.map((id) => ({ statement: 'stats', values: [id] })),
    postgraphile: graphql(
      `query Stats($projectId: Int!) {
        stats: experimentStats(ofProject: $projectId) {
          launchedLast30d: launchedLast30D launchedPrevious30d: launchedPrevious30D activeExperiments completedLast30d: completedLast30D
        }
      }`,
      (projectId) => ({ projectId }),
    ),
    apollo: graphql(`query Stats($projectId: Int!) { stats(projectId: $projectId) { ${counters} } }`, (projectId) => ({ projectId })),
  },
  read: {
    ours: ({ data }: Data) => data.stats,
    ceiling: (data: Data) => data,
    postgraphile: ({ data }: Data) => data.stats,
    apollo: ({ data }: Data) => data.stats,
  },
}
