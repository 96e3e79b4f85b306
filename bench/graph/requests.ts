import type { Body } from '../operations/operation.ts'

/** The requests of one operation, no two alike. */
export interface GraphRequests {
  id: string
  title: string
  bodies: Body[]
}

interface Rows {
  projectId: number
  flags: readonly { id: number; key: string }[]
  experimentIds: readonly number[]
}

/** As many requests as that are sent before one is repeated. */
const different = 2_000
const times = <T>(make: (index: number) => T): T[] => Array.from({ length: different }, (_, index) => make(index))

const flagByKey = `query ($projectId: ID!, $key: String!) {
  featureFlag(projectId: $projectId, key: $key) {
    id key name active version status rollout tags createdAt createdBy { firstName email }
    conditions { index rolloutPercentage variantKey properties { kind key operator value } }
    variants { key rolloutPercentage } experiments(first: 5) { nodes { id name status } }
  }
}`

const flagList = `query ($projectId: ID!, $createdSince: DateTime!, $search: String!) {
  featureFlags(projectId: $projectId, first: 20, search: $search, active: true, createdSince: $createdSince, orderBy: { field: KEY, direction: ASC }) {
    pageInfo { endCursor hasNextPage } nodes { id key name status rollout createdAt createdBy { firstName } }
  }
}`

const metric = 'uuid name type goal conversionWindow { value unit } breakdownProperties'
const source = 'kind event math mathProperty'
const experimentPage = `fragment Metrics on ExperimentMetric {
  ... on MeanMetric { ${metric} source { ${source} } outliers { lowerPercentile upperPercentile } }
  ... on FunnelMetric { ${metric} order steps { ${source} } }
  ... on RatioMetric { ${metric} numerator { ${source} } denominator { ${source} } }
  ... on RetentionMetric { ${metric} start { ${source} } completion { ${source} } }
  ... on OpaqueMetric { reason raw }
}
query ($projectId: ID!, $databaseId: Int!) {
  experiment(projectId: $projectId, databaseId: $databaseId) {
    id name description status startDate endDate createdBy { firstName }
    primaryMetrics { ...Metrics } secondaryMetrics { ...Metrics } savedMetrics { role savedMetric { id name } }
    exposure { event multipleVariants filterTestAccounts } statistics { method confidenceLevel } baselineVariantKey
    featureFlag { id key active variants { key rolloutPercentage } }
  }
}`

const evaluation = `query ($projectId: ID!, $keys: [String!]!, $distinctId: String!, $personProperties: JSON!) {
  evaluateFeatureFlags(projectId: $projectId, keys: $keys, distinctId: $distinctId, personProperties: $personProperties) {
    key enabled variant reason
  }
}`

const words = ['banner', 'button', 'onboarding', 'form', 'ranking', 'sidebar', 'price', 'inbox']

/** The requests of the operations, for the rows of a project. */
export function graphRequests({ projectId, flags, experimentIds }: Rows): GraphRequests[] {
  const at = <T>(list: readonly T[], index: number) => list[index % list.length] as T
  return [
    {
      id: 'flag',
      title: 'a flag by its key, with conditions, variants and experiments',
      bodies: times((index) => ({ query: flagByKey, variables: { projectId, key: at(flags, index).key } })),
    },
    {
      id: 'flags',
      title: 'a page of 20 flags with three filters',
      bodies: times((index) => {
        const createdSince = new Date(Date.now() - 86_400_000 - index * 1_000).toISOString()
        return { query: flagList, variables: { projectId, createdSince, search: at(words, index) } }
      }),
    },
    {
      id: 'experiment',
      title: 'the page of an experiment with all of its metrics',
      bodies: times((index) => ({ query: experimentPage, variables: { projectId, databaseId: at(experimentIds, index) } })),
    },
    {
      id: 'evaluation',
      title: 'a hundred flags for one person',
      bodies: times((index) => ({
        query: evaluation,
        variables: {
          projectId,
          keys: Array.from({ length: 100 }, (_, nth) => at(flags, index * 7 + nth).key),
          distinctId: `person-${index}`,
          personProperties: { email: index % 2 === 0 ? `someone-${index}@example.com` : `someone-${index}@example.org` },
        },
      })),
    },
  ]
}
