import type { Tenant } from '../support/seedGrowingData.ts'
import { globalId } from '../support/testServer.ts'

/** A hand-written statement of the service: what it answers, and how it may be carried out. */
export interface Question {
  /** The file of src that says the statement; its plan is kept beside it. */
  source: string
  asks: string
  /** The operation that asks it. */
  operation: (tenant: Tenant, cursor: string) => string
  /** An operation with a list named `list`, whose `endCursor` the operation above is given. */
  cursorFrom?: (tenant: Tenant) => string
  /** Whether the operation is sent with a key that is for another project, and refused. */
  refused?: true
  /** All of these stand in the statement that is meant, and in no other that the operation sends. */
  says: string[]
  /** What the others that it sends say, where they say that too. */
  saysNot?: string[]
  /** The indexes that it reads, and no others. */
  indexes: string[]
  /** What it reads at most (`readsOf`), however much there is; else why it reads more where there is more. */
  cost: { reads: number } | { grows: string }
  /** Why PostgreSQL may plan it for each request. The plans of all others are kept. */
  plannedAgain?: string
  /** False for what is only checked, because what is kept already says it. */
  kept?: boolean
}

/** A page of twenty, and the row that tells whether another follows. PostgreSQL 15 reads one more before it stops. */
const page = 22
const requestsAbout = (projectId: number, id: string) =>
  `{ changeRequests(projectId: ${projectId}, resourceId: "${id}", first: 20) { nodes { id } } }`

const agedRequests = ({ projectId }: Tenant) =>
  `{ changeRequests(projectId: ${projectId}, states: [PENDING], first: 3) { nodes { validationStatus } } }`

interface List {
  source: string
  /** The field of Query, and what its rows are called in statements. */
  field: string
  table: string
}

const flags: List = {
  source: 'features/featureFlags/queries/eligibleFeatureFlags.ts',
  field: 'eligibleFeatureFlags',
  table: 'feature_flags f',
}
const allFlags: List = { source: 'features/featureFlags/FeatureFlagConnection.ts', field: 'featureFlags', table: 'feature_flags f' }
const experiments: List = { source: 'features/experiments/queries/experiments.ts', field: 'experiments', table: 'experiments e' }

/** The pages of a list in an order: its first, one far inside and the one before that, and the looks beyond those. */
function pagesOf({ source, field, table }: List, order: string, index: string): Question[] {
  return ['DESC', 'ASC'].flatMap((direction) => {
    const list = ({ projectId }: Tenant, args: string, selection: string) =>
      `{ list: ${field}(projectId: ${projectId}, orderBy: { field: ${order}, direction: ${direction} }, ${args}) { ${selection} } }`
    const common = { source, indexes: [index], kept: direction === 'DESC' }
    const cursorFrom = (tenant: Tenant) => list(tenant, 'offset: 300, first: 1', 'pageInfo { endCursor }')
    const by = `by ${order}, ${direction}`
    return [
      {
        ...common,
        asks: `The first page ${by}`,
        operation: (tenant) => list(tenant, 'first: 20', 'nodes { id }'),
        says: ['"rank"', table],
        cost: { reads: page + 1 },
      },
      {
        ...common,
        asks: `The page after a cursor ${by}`,
        cursorFrom,
        operation: (tenant, cursor) => list(tenant, `first: 20, after: "${cursor}"`, 'nodes { id }'),
        says: ['"rank"', table],
        cost: { reads: page + 1 },
      },
      {
        ...common,
        kept: false,
        // PostgreSQL must not think that it is cheaper to plan for the few rows that are left.
        asks: `The last page ${by}`,
        cursorFrom: (tenant) => list(tenant, 'last: 4', 'pageInfo { endCursor: startCursor }'),
        operation: (tenant, cursor) => list(tenant, `first: 20, after: "${cursor}"`, 'nodes { id }'),
        says: ['"rank"', table],
        cost: { reads: page + 1 },
      },
      {
        ...common,
        asks: `The page before a cursor ${by}`,
        cursorFrom,
        operation: (tenant, cursor) => list(tenant, `last: 20, before: "${cursor}"`, 'nodes { id }'),
        says: ['"rank"', table],
        cost: { reads: page + 1 },
      },
      {
        ...common,
        asks: `Whether anything lies before a page ${by}`,
        cursorFrom,
        operation: (tenant, cursor) => list(tenant, `first: 20, after: "${cursor}"`, 'pageInfo { hasPreviousPage }'),
        says: ['AS any', table],
        cost: { reads: 2 },
      },
      {
        ...common,
        kept: false,
        asks: `Whether anything lies behind a page ${by}`,
        cursorFrom,
        operation: (tenant, cursor) => list(tenant, `last: 20, before: "${cursor}"`, 'pageInfo { hasNextPage }'),
        says: ['AS any', table],
        cost: { reads: 2 },
      },
    ] satisfies Question[]
  })
}

const savedMetrics = 'features/metrics/queries/savedMetrics.ts'

/** The first page of saved metrics in an order, and one further inside. */
function savedMetricPages(order: string): Question[] {
  const list = ({ projectId }: Tenant, args: string, selection: string) =>
    `{ list: savedMetrics(projectId: ${projectId}, orderBy: { field: ${order}, direction: DESC }, ${args}) { ${selection} } }`
  const common = {
    source: savedMetrics,
    says: ['"rank"', 'saved_metrics m'],
    indexes: [`saved_metrics_${order.toLowerCase()}_idx`],
    cost: { reads: page + 1 },
  }
  return [
    { ...common, asks: `The first page by ${order}`, operation: (tenant) => list(tenant, 'first: 20', 'nodes { id }') },
    {
      ...common,
      asks: `The page after a cursor by ${order}`,
      plannedAgain: 'How many rows follow the cursor decides.',
      cursorFrom: (tenant) => list(tenant, 'first: 100', 'pageInfo { endCursor }'),
      operation: (tenant, cursor) => list(tenant, `first: 20, after: "${cursor}"`, 'nodes { id }'),
    },
  ]
}

const flagsOf = ({ projectId }: Tenant, args: string, selection: string) =>
  `{ list: eligibleFeatureFlags(projectId: ${projectId}, ${args}) { ${selection} } }`
const experimentsOf = ({ projectId }: Tenant, args: string, selection: string) =>
  `{ list: experiments(projectId: ${projectId}, ${args}) { ${selection} } }`
const nodes = (type: string, ids: readonly number[], selection: string) =>
  `{ nodes(ids: ${JSON.stringify(ids.map((id) => globalId(type, id)))}) { ... on ${type} { ${selection} } } }`

const organizationOf = (id: string, selection: string) => `{ organization(id: "${id}") { ${selection} } }`

const experimentsWithFields = (tenant: Tenant) =>
  experimentsOf(
    tenant,
    'first: 20, orderBy: { field: CREATED_AT, direction: ASC }',
    'nodes { status createdBy { email } featureFlag { key } }',
  )

/** The oldest flag names the first cohort, which is static, and another flag. */
const evaluation = ({ projectId, conditionalKey }: Tenant) =>
  `{ evaluateFeatureFlags(projectId: ${projectId}, keys: ["${conditionalKey}"], distinctId: "person-1") { enabled } }`

const preview = ({ dependentId }: Tenant) =>
  nodes(
    'FeatureFlag',
    [dependentId],
    'preview(change: { active: false }, sample: { recent: 10 }) { impact { sampled dependents { key } } }',
  )

const allFlagsOf = ({ projectId }: Tenant, args: string, selection: string) =>
  `{ list: featureFlags(projectId: ${projectId}, ${args}) { ${selection} } }`
const inProject = ({ projectId }: Tenant, fields: string) => `{ project(id: ${projectId}) { ${fields} } }`

const things = { grows: 'It may sort what the project has: most projects have a few.' }
const counts = { grows: 'It counts what is in the list, in its index.' }
const sorts = { grows: 'No index can hold this order: it sorts the experiments of the project.' }
const underWay = { grows: 'It reads what is under way.' }
const filters = { grows: 'It looks at the list in its order until the page is full: where few pass a filter, at all of it.' }

export const questions: Question[] = [
  ...pagesOf(flags, 'CREATED_AT', 'feature_flags_eligible_created_at_idx'),
  ...pagesOf(flags, 'KEY', 'feature_flags_eligible_key_idx'),
  ...pagesOf(flags, 'NAME', 'feature_flags_eligible_name_idx'),
  {
    source: flags.source,
    asks: 'The first pages of several projects',
    operation: ({ projectId }) => nodes('Project', [projectId, projectId + 1], 'eligibleFeatureFlags(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['feature_flags_eligible_created_at_idx'],
    // The second has none.
    cost: { reads: page + 2 },
  },
  {
    source: flags.source,
    asks: 'The first page with what is selected of each flag, read along',
    operation: (tenant) =>
      flagsOf(
        tenant,
        'first: 20',
        'nodes { filters createdBy { email } lastModifiedBy { email } evaluationContexts experiments(first: 5) { nodes { name } } }',
      ),
    says: ['"rank"'],
    indexes: [
      'evaluation_contexts_pkey',
      'experiments_of_flag_idx',
      'feature_flag_evaluation_contexts_pkey',
      'feature_flags_eligible_created_at_idx',
      'users_pkey',
    ],
    // Of each flag: who made it and who changed it, two contexts and their links, and at most six experiments.
    cost: { reads: page * (1 + 2 + 2 * 3 + 7) + 1 },
  },
  {
    source: flags.source,
    asks: 'A page by offset: it reads what it skips',
    operation: (tenant) => flagsOf(tenant, 'first: 20, offset: 300', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_eligible_created_at_idx'],
    cost: { reads: 300 + page + 1 },
  },
  {
    source: flags.source,
    asks: 'How many there are',
    operation: (tenant) => flagsOf(tenant, 'first: 1', 'totalCount'),
    says: ['AS count'],
    indexes: ['feature_flags_eligible_name_idx'],
    cost: counts,
  },
  {
    source: flags.source,
    asks: 'Those that contain a common text, among the next 100 in the order of the page',
    operation: (tenant) => flagsOf(tenant, 'search: "common", first: 20', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_eligible_created_at_idx'],
    cost: { reads: 101 + page },
  },
  {
    source: flags.source,
    asks: 'Those that contain a rare text: hardly any of the next 100 do, so it reads what contains the text',
    operation: (tenant) => flagsOf(tenant, 'search: "rare", first: 20', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_eligible_created_at_idx', 'feature_flags_eligible_search_idx'],
    // Three flags, each found in the index and then read.
    cost: { reads: 101 + 3 * 3 },
  },
  {
    source: flags.source,
    asks: 'Those that contain a text that some of the next 100 do, among the next 600',
    operation: (tenant) => flagsOf(tenant, 'search: "some", first: 20', 'nodes { id }'),
    says: ['"rank"'],
    saysNot: ['UNION ALL SELECT indexed'],
    indexes: ['feature_flags_eligible_created_at_idx'],
    cost: { reads: 601 + page },
  },
  {
    source: flags.source,
    asks: 'Those that contain a common text, after a cursor',
    cursorFrom: (tenant) => flagsOf(tenant, 'search: "common", first: 1', 'pageInfo { endCursor }'),
    operation: (tenant, cursor) => flagsOf(tenant, `search: "common", first: 20, after: "${cursor}"`, 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_eligible_created_at_idx'],
    cost: { reads: 101 + page },
  },
  {
    source: flags.source,
    asks: 'Whether anything that contains a text lies before a page',
    plannedAgain: 'How rare the value is decides.',
    cursorFrom: (tenant) => flagsOf(tenant, 'search: "common", first: 1', 'pageInfo { endCursor }'),
    operation: (tenant, cursor) => flagsOf(tenant, `search: "common", first: 20, after: "${cursor}"`, 'pageInfo { hasPreviousPage }'),
    says: ['AS any'],
    indexes: ['feature_flags_eligible_created_at_idx'],
    cost: { reads: 2 },
  },
  {
    source: flags.source,
    asks: 'How many contain a text',
    operation: (tenant) => flagsOf(tenant, 'search: "rare", first: 1', 'totalCount'),
    says: ['AS count'],
    indexes: ['feature_flags_eligible_search_idx'],
    cost: { grows: 'It counts what contains the text.' },
  },
  {
    source: flags.source,
    asks: 'Those that pass a filter',
    operation: (tenant) => flagsOf(tenant, 'active: false, first: 20', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_eligible_created_at_idx'],
    cost: filters,
  },
  {
    source: 'features/featureFlags/data/flagLoaders.ts',
    asks: 'Twenty flags by id',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'key'),
    says: ['FROM feature_flags f'],
    indexes: ['feature_flags_pkey', 'projects_pkey'],
    // Each with its project, to see whether the viewer may.
    cost: { reads: 20 * 3 + 1 },
  },
  {
    source: 'features/featureFlags/data/flagLoaders.ts',
    asks: 'Whether the flags of two experiments are on, and frozen',
    operation: ({ runningExperimentId, filteredExperimentId }) =>
      nodes('Experiment', [runningExperimentId, filteredExperimentId], 'status'),
    says: ['f.exposure_frozen AS'],
    indexes: ['feature_flags_pkey'],
    cost: { reads: 3 },
  },
  {
    source: 'features/featureFlags/data/flagLoaders.ts',
    asks: 'The filters of twenty flags',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'filters'),
    says: ['AS "hasEncryptedPayloads"'],
    indexes: ['feature_flags_pkey'],
    cost: { reads: 21 },
  },
  {
    source: 'features/featureFlags/data/evaluationContexts.ts',
    asks: 'The evaluation contexts of twenty flags',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'evaluationContexts'),
    says: ['FROM feature_flag_evaluation_contexts l'],
    indexes: ['evaluation_contexts_pkey', 'feature_flag_evaluation_contexts_pkey'],
    // Two of each: a link, and its context.
    cost: { reads: 20 * 2 * 3 + 1 },
  },
  {
    source: 'features/featureFlags/queries/cohortFeatureFlags.ts',
    asks: 'The flags that name a cohort',
    operation: ({ cohortIds }) => nodes('Cohort', cohortIds.slice(0, 1), 'featureFlags(first: 20) { nodes { id } }'),
    says: ['"rank"', 'condition_cohort_ids'],
    indexes: ['cohorts_pkey', 'feature_flags_condition_cohort_ids_idx'],
    cost: { reads: 8 },
  },
  {
    source: 'features/evaluation/data/flagWorldSql.ts',
    asks: 'A flag by key, and the flag that it depends on',
    plannedAgain: 'A function returns the flags, and PostgreSQL guesses how many.',
    operation: evaluation,
    says: ['FROM flags_with_dependencies'],
    indexes: ['feature_flags_pkey', 'feature_flags_project_id_key_live_key'],
    cost: { reads: 8 },
  },
  {
    source: 'features/evaluation/data/flagWorldSql.ts',
    asks: 'The cohort that a flag names, and the cohorts in its definition',
    operation: evaluation,
    says: ['FROM cohorts_with_dependencies'],
    indexes: ['cohort_members_pkey', 'cohorts_pkey'],
    cost: { reads: 8 },
  },
  {
    source: 'features/evaluation/data/flagWorldSql.ts',
    asks: 'Whether a person is a member of a static cohort',
    operation: evaluation,
    says: ['m.distinct_id AS "distinctId"'],
    indexes: ['cohort_members_pkey'],
    cost: { reads: 2 },
  },
  {
    source: 'features/evaluation/data/flagWorldSql.ts',
    asks: 'A flag by its number',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds.slice(0, 1), 'evaluate(distinctId: "somebody") { enabled }'),
    says: ['FROM flags_with_dependencies'],
    indexes: ['feature_flags_pkey'],
    cost: { reads: 4 },
  },
  {
    source: 'features/evaluation/data/flagWorldSql.ts',
    asks: 'A flag, and the flag that it would depend on',
    plannedAgain: 'A function returns the flags, and PostgreSQL guesses how many.',
    operation: preview,
    says: ['FROM flags_with_dependencies', 'named (project_id, key)'],
    indexes: ['feature_flags_pkey', 'feature_flags_project_id_key_live_key'],
    cost: { reads: 8 },
  },
  {
    source: 'features/events/recentEvents.ts',
    asks: 'The people of the newest events, and what those carry',
    operation: preview,
    says: ['octet_length'],
    indexes: ['events_pkey', 'events_project_id_event_timestamp_id_idx'],
    cost: { grows: 'It looks at up to ten thousand events.' },
  },
  {
    source: 'features/evaluation/data/dependentsLoader.ts',
    asks: 'The active flags with a condition on a flag',
    operation: preview,
    says: ['AS dependent'],
    indexes: ['feature_flags_facts_idx', 'feature_flags_pkey'],
    cost: { reads: 4 },
  },
  {
    source: 'features/experiments/changeImpactExperiments.ts',
    asks: 'The experiments of a flag that have not ended',
    operation: ({ flagIds }) =>
      nodes('FeatureFlag', flagIds.slice(0, 1), 'preview(change: {}, sample: { synthetic: 1 }) { impact { experiments { name } } }'),
    says: ['AS unended'],
    indexes: ['experiments_of_flag_idx'],
    cost: { grows: 'It reads up to a hundred experiments of the flag.' },
  },
  {
    source: 'features/cohorts/queries/cohorts.ts',
    asks: 'The newest cohorts of a project',
    operation: ({ projectId }) => `{ cohorts(projectId: ${projectId}, first: 20) { nodes { id } } }`,
    says: ['"rank"', 'cohorts c'],
    indexes: ['cohorts_created_at_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/cohorts/data/cohortLoader.ts',
    asks: 'Twenty cohorts by id',
    operation: ({ cohortIds }) => nodes('Cohort', cohortIds.slice(0, 20), 'name'),
    says: ['FROM cohorts c'],
    indexes: ['cohorts_pkey', 'projects_pkey'],
    cost: { reads: 20 * 3 + 1 },
  },
  {
    source: 'features/projects/data/groupTypes.ts',
    asks: 'The group types of a project',
    operation: ({ projectId }) => `{ project(id: ${projectId}) { groupTypes { name } } }`,
    says: ['FROM group_types t'],
    indexes: ['group_types_project_id_name_key'],
    cost: { reads: 4 },
  },
  {
    source: 'features/approvals/data/judging/flagUses.ts',
    asks: 'What uses the flags that three requests would delete',
    operation: agedRequests,
    says: ['AS "dependentFlags"'],
    indexes: ['experiments_of_flag_idx', 'feature_flags_facts_idx', 'feature_flags_pkey'],
    cost: { grows: 'It reads the experiments of these flags, and the flags of the project with a condition on any flag.' },
  },
  {
    source: 'features/approvals/data/judging/brokenReferences.ts',
    asks: 'Which flags in the new conditions of three requests are gone',
    operation: agedRequests,
    says: ['jsonb_to_recordset'],
    indexes: ['feature_flags_project_id_id_key', 'feature_flags_project_id_key_live_key'],
    cost: { reads: 20 },
  },
  {
    source: 'features/featureFlags/data/dependentsOfFlags.ts',
    asks: 'Which flags need the flags of twenty experiments',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds, 'actions { action }'),
    says: ['array_agg(d.key'],
    indexes: ['feature_flags_facts_idx', 'feature_flags_pkey'],
    cost: { grows: 'It reads the active flags of the projects.' },
  },
  {
    source: 'features/featureFlags/data/flagUses.ts',
    asks: 'What keeps twenty flags from being deleted',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'deletionBlockers { kind }'),
    says: ['WITH flags AS', "'EARLY_ACCESS_FEATURE'"],
    indexes: ['experiments_of_flag_idx', 'feature_flags_facts_idx', 'feature_flags_pkey'],
    cost: { grows: 'It reads the experiments of these flags, and the flags of the project with a condition on any flag.' },
  },
  {
    source: 'features/featureFlags/data/flagUses.ts',
    asks: 'The flags that keep a flag from being switched off',
    operation: preview,
    says: ['ORDER BY d.id LIMIT'],
    indexes: ['feature_flags_facts_idx', 'feature_flags_pkey'],
    cost: { grows: 'It reads the flags of the project with a condition on any flag.' },
  },
  {
    source: 'features/experiments/data/launchFacts.ts',
    asks: 'Which other experiments use the flags of twenty experiments',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds, 'launchChecks { kind }'),
    says: ['"isRunning"'],
    indexes: ['experiments_of_flag_idx', 'feature_flags_pkey'],
    cost: { grows: 'It reads the experiments on these flags.' },
  },
  ...pagesOf(allFlags, 'CREATED_AT', 'feature_flags_listed_created_at_idx'),
  ...pagesOf(allFlags, 'UPDATED_AT', 'feature_flags_listed_updated_at_idx'),
  ...pagesOf(allFlags, 'LAST_CALLED_AT', 'feature_flags_listed_called_at_idx'),
  ...pagesOf(allFlags, 'KEY', 'feature_flags_listed_key_idx'),
  ...pagesOf(allFlags, 'NAME', 'feature_flags_listed_name_idx'),
  ...pagesOf(allFlags, 'ACTIVE', 'feature_flags_listed_active_idx'),
  ...pagesOf(allFlags, 'CREATED_BY', 'feature_flags_listed_creator_idx'),
  {
    source: allFlags.source,
    asks: 'The first page with the archived flags: two indexes in the order of the page, merged',
    operation: (tenant) => allFlagsOf(tenant, 'first: 20, includeArchived: true', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_hidden_created_at_idx', 'feature_flags_listed_created_at_idx'],
    cost: { reads: 2 * page + 1 },
  },
  {
    source: allFlags.source,
    asks: 'The first page of those that pass filters that most do',
    operation: (tenant) => allFlagsOf(tenant, 'first: 20, active: true, eligibleForExperiment: true', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_listed_created_at_idx'],
    cost: filters,
  },
  {
    source: allFlags.source,
    asks: 'The first page of those that pass filters that hardly any do, in any order',
    operation: (tenant) =>
      allFlagsOf(
        tenant,
        'first: 20, keys: ["flag-00001", "flag-00002"], archived: false, tagsNone: ["none"], orderBy: { field: NAME, direction: ASC }',
        'nodes { id }',
      ),
    says: ['"rank"'],
    indexes: ['feature_flags_facts_idx', 'feature_flags_listed_name_idx'],
    // Two flags, each found in the index and then read.
    cost: { reads: 101 + 2 * 3 },
  },
  {
    source: allFlags.source,
    asks: 'The first page of those with some keys',
    operation: (tenant) => allFlagsOf(tenant, 'first: 20, keys: ["flag-00001", "flag-00002"], archived: false', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_facts_idx', 'feature_flags_listed_created_at_idx'],
    cost: { reads: 101 + 2 * 3 },
  },
  {
    source: allFlags.source,
    asks: 'How many pass filters that hardly any do',
    operation: (tenant) => allFlagsOf(tenant, 'first: 1, keys: ["flag-00001", "flag-00002"], archived: false', 'totalCount'),
    says: ['AS count'],
    indexes: ['feature_flags_facts_idx'],
    cost: { reads: 6 },
  },
  {
    source: allFlags.source,
    asks: 'Those that contain a rare text',
    operation: (tenant) => allFlagsOf(tenant, 'search: "rare", first: 20', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_facts_idx', 'feature_flags_listed_created_at_idx'],
    cost: { reads: 101 + 3 * 3 },
  },
  {
    source: allFlags.source,
    asks: 'Those that were created since a time, in another order',
    plannedAgain: 'How many rows are newer than the time decides.',
    operation: (tenant) =>
      allFlagsOf(tenant, 'first: 20, createdSince: "2027-01-01T00:00:00Z", orderBy: { field: KEY, direction: ASC }', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['feature_flags_listed_created_at_idx', 'feature_flags_listed_key_idx'],
    cost: { reads: 101 + 1 },
  },
  {
    source: allFlags.source,
    asks: 'How many flags each flag of a page has as dependents',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'dependents(first: 5) { nodes { key } }'),
    says: ['"rank"'],
    indexes: ['feature_flags_facts_idx', 'feature_flags_pkey'],
    // One of them has a dependent.
    cost: { reads: 20 * 4 + 2 },
  },
  {
    source: allFlags.source,
    asks: 'The newest flags of each evaluation context of a page',
    operation: ({ projectId }) =>
      `{ evaluationContexts(projectId: ${projectId}, first: 5) { nodes { featureFlags(first: 5) { nodes { key } } } } }`,
    says: ['"rank"', 'feature_flag_evaluation_contexts l'],
    indexes: ['feature_flag_evaluation_contexts_evaluation_context_id_idx', 'feature_flags_pkey'],
    cost: { grows: 'It sorts the flags of each context.' },
  },
  {
    source: 'features/featureFlags/flagReferences.ts',
    asks: 'What a flag depends on, also through others',
    operation: ({ dependentId }) => nodes('FeatureFlag', [dependentId], 'dependencies { problem }'),
    says: ['WITH RECURSIVE n'],
    indexes: ['feature_flags_pkey', 'feature_flags_project_id_id_key', 'feature_flags_project_id_key_live_key'],
    cost: { reads: 30 },
  },
  {
    source: 'features/links/skippedRows.ts',
    asks: 'The newest rows that a link skipped',
    operation: ({ projectId }) => `{ project(id: ${projectId}) { link { skipped(first: 20) { nodes { reason } } } } }`,
    says: ['"rank"'],
    indexes: ['link_skipped_rows_project_id_seen_at_number_idx'],
    // The row of the project is one.
    cost: { reads: page + 1 },
  },
  {
    source: 'features/featureFlags/flagThings.ts',
    asks: 'The newest surveys of a project',
    operation: ({ projectId }) => `{ surveys(projectId: ${projectId}, first: 20) { nodes { name } } }`,
    says: ['"rank"'],
    indexes: ['surveys_project_id_imported_id_key'],
    cost: things,
  },
  {
    source: 'features/featureFlags/flagThings.ts',
    asks: 'The newest product tours of a project',
    operation: ({ projectId }) => `{ productTours(projectId: ${projectId}, first: 20) { nodes { name } } }`,
    says: ['"rank"'],
    indexes: ['product_tours_project_id_imported_id_key'],
    cost: things,
  },
  {
    source: 'features/featureFlags/flagThings.ts',
    asks: 'The newest evaluation contexts of a project',
    operation: ({ projectId }) => `{ evaluationContexts(projectId: ${projectId}, first: 20) { nodes { name } } }`,
    says: ['"rank"'],
    indexes: ['evaluation_contexts_project_id_created_at_id_idx'],
    cost: things,
  },
  {
    source: 'features/featureFlags/flagThings.ts',
    asks: 'The surveys that use each of twenty flags',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'surveys { role }'),
    says: ['linked_flag_id'],
    indexes: [
      'feature_flags_pkey',
      'surveys_project_id_internal_response_sampling_flag_id_idx',
      'surveys_project_id_internal_targeting_flag_id_idx',
      'surveys_project_id_linked_flag_id_idx',
      'surveys_project_id_targeting_flag_id_idx',
    ],
    cost: { reads: 20 * 7 },
  },
  {
    source: 'features/featureFlags/queries/sameKeyElsewhere.ts',
    asks: 'The flags with the same keys in other projects',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'sameKeyElsewhere { key }'),
    says: ['FROM projects own'],
    indexes: ['feature_flags_pkey', 'feature_flags_project_id_key_live_key', 'projects_organization_id_idx', 'projects_pkey'],
    cost: { grows: 'It looks into each project of the organization.' },
  },
  {
    source: 'features/featureFlags/queries/tags.ts',
    asks: 'The tags of the flags of a project',
    operation: (tenant) => inProject(tenant, 'tags(on: FEATURE_FLAGS) { name }'),
    says: ['unnest(t.tags)'],
    indexes: ['feature_flags_tagged_idx'],
    cost: { grows: 'It counts the flags that have tags.' },
  },
  {
    source: 'features/featureFlags/queries/creators.ts',
    asks: 'The people who created flags, one look in the index for each',
    operation: (tenant) => inProject(tenant, 'creators(of: FEATURE_FLAGS) { firstName }'),
    says: ['WITH RECURSIVE creators'],
    indexes: ['feature_flags_creators_idx', 'users_pkey'],
    cost: { reads: 400 },
  },
  {
    source: 'features/events/flagCalls.ts',
    asks: 'When any flag was last called',
    operation: ({ dependentId }) => nodes('FeatureFlag', [dependentId], 'usage { calls }'),
    says: ['AS at'],
    indexes: ['events_project_id_event_timestamp_id_idx'],
    cost: { reads: 3 },
  },
  {
    source: 'features/events/flagCalls.ts',
    asks: 'The calls of a flag in thirty days',
    operation: ({ dependentId }) => nodes('FeatureFlag', [dependentId], 'usage { calls }'),
    says: ['GROUPING SETS'],
    indexes: ['events_flag_calls_idx'],
    cost: { grows: 'It counts the calls of the flag.' },
  },
  {
    source: 'features/events/eventProperties.ts',
    asks: 'The event names of a project, one look in the index for each',
    operation: (tenant) => inProject(tenant, 'eventNames { name }'),
    says: ['WITH RECURSIVE names', 'ILIKE'],
    indexes: ['events_project_id_event_timestamp_id_idx'],
    cost: { reads: 200 },
  },
  {
    source: 'features/events/eventProperties.ts',
    asks: 'The properties of the newest events of twenty names',
    operation: (tenant) => inProject(tenant, 'eventNames { properties }'),
    says: ['event_property_names'],
    indexes: ['events_project_id_event_timestamp_id_idx'],
    cost: { reads: 20 * 300 },
  },
  ...pagesOf(experiments, 'CREATED_AT', 'experiments_created_at_idx'),
  ...pagesOf(experiments, 'UPDATED_AT', 'experiments_updated_at_idx'),
  ...pagesOf(experiments, 'NAME', 'experiments_name_idx'),
  ...pagesOf(experiments, 'START_DATE', 'experiments_start_date_idx'),
  ...pagesOf(experiments, 'END_DATE', 'experiments_end_date_idx'),
  ...pagesOf(experiments, 'STATUS', 'experiments_status_idx'),
  ...pagesOf(experiments, 'CONCLUSION', 'experiments_conclusion_idx'),
  ...[
    {
      filter: 'statuses: [RUNNING, PAUSED]',
      asks: 'Those under way, by name',
      plannedAgain: 'How rare the value is decides.',
      indexes: ['experiments_status_idx', 'feature_flags_pkey'],
      cost: underWay,
    },
    {
      filter: 'conclusions: [INVALID]',
      asks: 'Those with a rare conclusion, by name',
      plannedAgain: 'How rare the value is decides.',
      indexes: ['experiments_conclusion_idx'],
      cost: filters,
    },
    { filter: 'tagsAll: ["rare"]', asks: 'Those with a rare tag, by name', indexes: ['experiments_tags_idx'], cost: { reads: 62 } },
    {
      filter: 'includeArchived: true',
      asks: 'Those with the archived ones, by name',
      indexes: ['experiments_name_idx'],
      cost: { reads: 68 },
    },
    {
      filter: 'startedSince: "2026-10-01T00:00:00Z"',
      asks: 'Those launched lately, by name',
      indexes: ['experiments_start_date_idx'],
      cost: { reads: 82 },
    },
  ].map(({ filter, ...question }) => ({
    ...question,
    source: experiments.source,
    operation: (tenant: Tenant) => experimentsOf(tenant, `first: 20, ${filter}, orderBy: { field: NAME, direction: ASC }`, 'nodes { id }'),
    says: ['"rank"'],
  })),
  {
    source: experiments.source,
    asks: 'Those in a holdout, by name',
    operation: (tenant) =>
      experimentsOf(tenant, `first: 20, holdoutId: ${tenant.holdoutId}, orderBy: { field: NAME, direction: ASC }`, 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_holdout_id_idx'],
    cost: { reads: 62 },
  },
  {
    source: experiments.source,
    asks: 'Those of the flag with a key',
    operation: (tenant) => experimentsOf(tenant, 'first: 20, featureFlagKey: "flag-00001"', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_of_flag_idx', 'feature_flags_project_id_key_live_key'],
    cost: { reads: 4 },
  },
  {
    source: experiments.source,
    asks: 'The first page with what is selected of each experiment, read along',
    operation: experimentsWithFields,
    says: ['"rank"'],
    indexes: ['experiments_created_at_idx', 'feature_flags_pkey', 'users_pkey'],
    // Of each experiment: who made it, its flag, and whether that is on, each by a look of its own. What is memoized counts twice.
    cost: { reads: page * 7 },
  },
  {
    source: experiments.source,
    asks: 'The first page by DURATION, which depends on the moment',
    operation: (tenant) => experimentsOf(tenant, 'first: 20, orderBy: { field: DURATION, direction: DESC }', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_completed_idx'],
    cost: sorts,
  },
  {
    source: experiments.source,
    asks: 'The first page by CREATED_BY, which is in another table',
    operation: (tenant) => experimentsOf(tenant, 'first: 20, orderBy: { field: CREATED_BY, direction: ASC }', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_completed_idx', 'users_pkey'],
    cost: sorts,
  },
  {
    source: experiments.source,
    asks: 'How many there are',
    operation: (tenant) => experimentsOf(tenant, 'first: 1', 'totalCount'),
    says: ['AS count'],
    indexes: ['experiments_completed_idx'],
    cost: counts,
  },
  {
    source: experiments.source,
    asks: 'Those of one flag, by a filter',
    operation: (tenant) => experimentsOf(tenant, `first: 20, featureFlagId: ${tenant.flagIds[1]}`, 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_of_flag_idx'],
    cost: { reads: 2 },
  },
  {
    source: experiments.source,
    asks: 'Those that contain a text',
    operation: (tenant) => experimentsOf(tenant, 'first: 20, search: "nothing is called so"', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_created_at_idx'],
    cost: { grows: 'It looks at the experiments of the project: no index holds their texts.' },
  },
  {
    source: experiments.source,
    asks: 'The newest five experiments of each of twenty flags',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'experiments(first: 5) { nodes { name } }'),
    says: ['"rank"', 'experiments e'],
    indexes: ['experiments_of_flag_idx'],
    cost: { reads: 20 * 7 },
  },
  {
    source: experiments.source,
    asks: 'How many experiments each flag of a page has',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'experiments(first: 5) { totalCount nodes { name } }'),
    says: ['AS count', 'experiments e'],
    indexes: ['experiments_of_flag_idx'],
    cost: counts,
  },
  {
    source: 'features/experiments/data/experimentLoaders.ts',
    asks: 'Ten experiments by id',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds, 'name'),
    says: ['FROM experiments e'],
    indexes: ['experiments_pkey', 'projects_pkey'],
    cost: { reads: 10 * 3 + 1 },
  },
  {
    source: 'features/experiments/data/experimentLoaders.ts',
    asks: 'The large columns of a page of experiments',
    operation: (tenant) => experimentsOf(tenant, 'first: 20', 'nodes { metrics }'),
    says: ['AS "metricsSecondary"'],
    indexes: ['experiments_pkey'],
    cost: { reads: 21 },
  },
  {
    source: 'features/experiments/queries/stats.ts',
    asks: 'How fast a project experiments: it reads what it counts, however long the history',
    operation: ({ projectId }) => `{ stats(projectId: ${projectId}) { launchedLast30d } }`,
    says: ['"launchedLast30d"'],
    indexes: ['experiments_active_idx', 'experiments_completed_idx', 'experiments_launched_idx'],
    // Forty were launched lately, and are under way.
    cost: { reads: 40 + 40 + 4 },
  },
  {
    source: 'features/events/exposures.ts',
    asks: 'How many people were exposed to an experiment so far',
    operation: ({ runningExperimentId }) => nodes('Experiment', [runningExperimentId], 'freezeBlockers { kind }'),
    says: ['event_variant'],
    indexes: ['events_project_id_event_timestamp_id_idx'],
    cost: { grows: 'It reads the exposing events since the start.' },
  },
  {
    source: 'features/events/exposures.ts',
    asks: 'Which values the exposing events have that a filter asks for',
    operation: ({ filteredExperimentId }) => nodes('Experiment', [filteredExperimentId], 'freezeBlockers { kind }'),
    says: ['event_values'],
    indexes: ['events_project_id_event_timestamp_id_idx'],
    cost: { grows: 'It reads the exposing events since the start.' },
  },
  {
    source: 'features/experiments/queries/experimentCounts.ts',
    asks: 'How many experiments are in each status',
    plannedAgain: 'How rare each status is decides.',
    operation: ({ projectId }) => nodes('Project', [projectId], 'experimentCounts { draft }'),
    says: ['"exposureFrozen"'],
    indexes: ['experiments_active_idx', 'experiments_conclusion_idx', 'experiments_status_idx', 'feature_flags_pkey'],
    cost: counts,
  },
  {
    source: 'features/experiments/queries/experimentHistory.ts',
    asks: 'How many experiments were launched and completed in each of three months: it reads what it counts',
    operation: ({ projectId }) => nodes('Project', [projectId], 'experimentHistory(months: 3) { launched }'),
    says: ['AS launched'],
    indexes: ['experiments_completed_idx', 'experiments_end_date_idx', 'experiments_launched_idx', 'experiments_start_date_idx'],
    cost: { reads: 60 },
  },
  {
    source: 'features/experiments/queries/experiments.ts',
    asks: 'The newest experiments of a holdout',
    operation: ({ holdoutId }) => nodes('Holdout', [holdoutId], 'experiments(first: 20) { nodes { name } }'),
    says: ['"rank"', 'experiments e'],
    indexes: ['experiments_holdout_id_idx'],
    cost: { grows: 'It sorts the experiments of one holdout.' },
  },
  {
    source: 'features/holdouts/data/holdoutLoaders.ts',
    asks: 'A holdout by id',
    operation: ({ holdoutId }) => nodes('Holdout', [holdoutId], 'name'),
    says: ['FROM holdouts h'],
    indexes: ['holdouts_pkey', 'projects_pkey'],
    cost: { reads: 4 },
  },
  {
    source: 'features/holdouts/data/holdoutLoaders.ts',
    asks: 'The holdouts that twenty flags carry',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'holdout { name }'),
    says: ['DISTINCT ON (f.id)'],
    indexes: ['feature_flags_pkey', 'holdouts_pkey', 'holdouts_project_id_imported_id_key'],
    cost: { grows: 'It looks for the holdouts of the projects of the flags.' },
  },
  {
    source: 'features/holdouts/queries/holdouts.ts',
    asks: 'The newest holdouts of a project',
    operation: ({ projectId }) => `{ holdouts(projectId: ${projectId}, first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['holdouts_created_at_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/holdouts/queries/holdouts.ts',
    asks: 'Those that contain a text',
    operation: ({ projectId }) => `{ holdouts(projectId: ${projectId}, first: 20, search: "nothing is called so") { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['holdouts_project_id_idx'],
    cost: { grows: 'It looks at the holdouts of the project: no index holds their texts.' },
  },
  {
    source: 'features/holdouts/queries/holdoutFlags.ts',
    asks: 'The newest flags that carry a holdout',
    operation: ({ holdoutId }) => nodes('Holdout', [holdoutId], 'featureFlags(first: 20) { nodes { key } }'),
    says: ['"rank"', 'feature_flags f'],
    indexes: ['feature_flags_of_holdout_idx', 'holdouts_pkey'],
    cost: { grows: 'It sorts the flags of one holdout.' },
  },
  {
    source: 'features/events/eventSamples.ts',
    asks: 'The newest twenty events of each of three names',
    operation: ({ projectId }) =>
      `{ requiresFlagImplementation(projectId: ${projectId}, events: ["event-1", "event-2", "never-sent"]) { required } }`,
    says: ['AS newest'],
    indexes: ['events_project_id_event_timestamp_id_idx'],
    cost: { reads: 3 * 21 },
  },
  {
    source: 'features/events/eventNames.ts',
    asks: 'The names of the events of a project: it reads one event for each of twenty names',
    operation: ({ projectId }) => `{ requiresFlagImplementation(projectId: ${projectId}, anyEvent: true) { required } }`,
    says: ['RECURSIVE names'],
    indexes: ['events_project_id_event_timestamp_id_idx'],
    cost: { reads: 20 * 2 + 2 },
  },
  {
    source: 'features/projects/Project.ts',
    asks: 'Three projects by id',
    operation: ({ projectId }) => nodes('Project', [projectId, projectId + 1, projectId + 2], 'name'),
    says: ['FROM projects p'],
    indexes: ['projects_pkey'],
    cost: { reads: 3 * 3 + 1 },
  },
  {
    source: 'features/projects/data/projectLoader.ts',
    asks: 'The project of a question',
    operation: ({ projectId }) => `{ stats(projectId: ${projectId}) { launchedLast30d } }`,
    refused: true,
    says: ['FROM projects p'],
    indexes: ['projects_pkey'],
    cost: { reads: 2 },
  },
  {
    source: 'features/users/data/userLoader.ts',
    asks: 'Who made twenty flags',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds, 'createdBy { firstName }'),
    says: ['FROM users u WHERE'],
    indexes: ['users_pkey'],
    cost: { reads: 21 },
  },
  {
    source: 'features/users/Viewer.ts',
    asks: 'The projects that the viewer may see, by name',
    plannedAgain: 'The organizations of the viewer are an array, which is short.',
    operation: () => '{ viewer { projects(first: 20) { nodes { name } } } }',
    says: ['"rank"'],
    indexes: ['organization_memberships_user_id_idx', 'projects_organization_id_idx'],
    cost: { grows: 'It sorts the projects of the organizations of one person.' },
  },
  {
    source: 'auth/authenticate.ts',
    asks: 'Whose key it is, and what organizations they are in',
    operation: () => '{ viewer { scopes } }',
    says: ['personal_api_keys'],
    indexes: ['organization_memberships_user_id_idx', 'organizations_pkey', 'personal_api_keys_secure_value_key', 'users_pkey'],
    // The key by its hash, first in the index where the plan is for any number of hashes.
    cost: { reads: 4 * 2 + 2 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The newest change requests of a project',
    operation: ({ projectId }) => `{ changeRequests(projectId: ${projectId}, first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['change_requests_project_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The newest of those that are open',
    operation: ({ projectId }) => `{ changeRequests(projectId: ${projectId}, states: [PENDING], first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['change_requests_open_created_at_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The open requests to change a flag',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds.slice(0, 1), 'pendingChangeRequests(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['change_requests_open_of_flag_idx', 'change_requests_open_of_holdout_idx', 'feature_flags_pkey'],
    cost: { reads: page + 2 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The open requests that were asked of an experiment or of its flag',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds.slice(0, 1), 'pendingChangeRequests(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['change_requests_open_of_flag_idx', 'change_requests_open_of_holdout_idx', 'experiments_pkey'],
    cost: { reads: page + 3 },
  },
  {
    source: 'features/approvals/queries/approvalPolicies.ts',
    asks: 'The policies that can govern a project',
    operation: ({ projectId }) => `{ approvalPolicies(projectId: ${projectId}, first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['approval_policies_organization_id_project_id_action_key_key', 'approval_policies_project_id_idx', 'projects_pkey'],
    // The project, and one for each of seven actions, its own and its organization's.
    cost: { reads: 2 + 2 * 8 },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'What was done to a flag',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds.slice(0, 1), 'activity(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['activity_log_feature_flag_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'What was done to an experiment',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds.slice(0, 1), 'activity(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['activity_log_experiment_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'What was done to a change request',
    operation: ({ requestId }) => nodes('ChangeRequest', [requestId], 'activity(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['activity_log_change_request_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'What was done in a project',
    operation: ({ projectId }) => `{ activity(projectId: ${projectId}, first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['activity_log_project_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'What one person did in a project',
    operation: ({ projectId }) => `{ activity(projectId: ${projectId}, userIds: ["1"], first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['activity_log_project_id_user_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'The rare entries about settings in a project',
    operation: ({ projectId }) => `{ activity(projectId: ${projectId}, resourceTypes: [PROJECT_SETTINGS], first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['activity_log_project_id_resource_type_created_at_id_idx'],
    cost: { grows: 'A plan that is prepared for any values looks at the list in its order.' },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'The rare entries of one activity in a project',
    operation: ({ projectId }) => `{ activity(projectId: ${projectId}, activities: ["deleteHoldout"], first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['activity_log_project_id_activity_created_at_id_idx'],
    cost: { grows: 'A plan that is prepared for any values looks at the list in its order.' },
  },
  {
    source: 'features/users/organizationLists.ts',
    asks: 'The projects of an organization, by name',
    operation: ({ organizationId }) => organizationOf(organizationId, 'projects(first: 20) { nodes { name } }'),
    says: ['"rank"'],
    indexes: ['projects_organization_id_idx'],
    cost: { grows: 'It sorts the projects of the organization.' },
  },
  {
    source: 'features/users/organizationLists.ts',
    asks: 'The roles of an organization, by name',
    operation: ({ organizationId }) => organizationOf(organizationId, 'roles(first: 20) { nodes { name } }'),
    says: ['"rank"'],
    indexes: ['roles_organization_id_imported_id_key'],
    cost: { grows: 'It sorts the roles of the organization.' },
  },
  {
    source: 'features/users/memberConnection.ts',
    asks: 'The members of an organization',
    operation: ({ organizationId }) => organizationOf(organizationId, 'members(first: 20) { nodes { level } }'),
    says: ['"rank"'],
    indexes: ['organization_memberships_pkey'],
    cost: { grows: 'It sorts the members of the organization.' },
  },
  {
    source: 'features/users/memberConnection.ts',
    asks: 'The members of an organization with a role',
    operation: ({ organizationId, roleId }) =>
      organizationOf(organizationId, `members(first: 20, roleId: "${roleId}") { nodes { level } }`),
    says: ['"rank"'],
    indexes: ['organization_memberships_pkey', 'role_memberships_pkey', 'roles_pkey'],
    cost: { grows: 'It sorts the members who have the role.' },
  },
  {
    source: 'features/users/memberConnection.ts',
    asks: 'The members who have a role',
    operation: ({ roleId }) => `{ node(id: "${globalId('Role', roleId)}") { ... on Role { members(first: 20) { nodes { level } } } } }`,
    says: ['"rank"'],
    indexes: ['organization_memberships_pkey', 'role_memberships_pkey', 'roles_pkey'],
    cost: { grows: 'It sorts the members who have the role.' },
  },
  {
    source: 'features/users/memberConnection.ts',
    asks: 'How many members have a role',
    operation: ({ roleId }) => `{ node(id: "${globalId('Role', roleId)}") { ... on Role { memberCount } } }`,
    says: ['count(*)'],
    indexes: ['organization_memberships_pkey', 'role_memberships_pkey', 'roles_pkey'],
    cost: { grows: 'It counts the members who have the role.' },
  },
  {
    source: 'features/featureFlags/queries/featureFlagKeys.ts',
    asks: 'The keys of the flags in an organization',
    operation: ({ organizationId }) => organizationOf(organizationId, 'featureFlagKeys(first: 20) { nodes { key } }'),
    says: ['"rank"'],
    indexes: ['feature_flags_creators_idx', 'projects_organization_id_idx'],
    cost: { grows: 'It sorts the keys of the organization: each is there once, whatever project it is in.' },
  },
  {
    source: 'features/featureFlags/data/flagByKeyLoader.ts',
    asks: 'A flag by its key, with its creator, contexts and experiments',
    operation: ({ projectId, conditionalKey }) =>
      `{ featureFlag(projectId: ${projectId}, key: "${conditionalKey}") { name createdBy { email } evaluationContexts experiments { nodes { name } } } }`,
    says: ['AS wanted (place, project_id, key)'],
    indexes: [
      ...['experiments_of_flag_idx', 'feature_flag_evaluation_contexts_pkey', 'feature_flags_project_id_key_live_key'],
      ...['projects_pkey', 'users_pkey'],
    ],
    cost: { reads: 10 },
  },
  {
    source: 'features/featureFlags/data/flagsOfKeyLoader.ts',
    asks: 'The flags with a key in an organization',
    plannedAgain: 'The organizations of the viewer are an array, which is short.',
    operation: ({ organizationId }) => organizationOf(organizationId, 'featureFlagKeys(first: 1) { nodes { flags { key } } }'),
    says: ['asked.wanted'],
    indexes: ['feature_flags_project_id_key_live_key', 'projects_organization_id_idx'],
    cost: { grows: 'It looks for the key in each project of the organization.' },
  },
  {
    source: 'features/activityLog/activityConnection.ts',
    asks: 'What was done in an organization',
    operation: ({ organizationId }) => organizationOf(organizationId, 'activity(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['activity_log_organization_id_created_at_id_idx', 'projects_pkey'],
    // Each entry, and its project.
    cost: { reads: 3 * page + 1 },
  },
  ...(['NAME', 'CREATED_AT', 'UPDATED_AT'] as const).flatMap((order) => savedMetricPages(order)),
  {
    source: savedMetrics,
    asks: 'Those on an event, by a filter',
    operation: ({ projectId }) => `{ savedMetrics(projectId: ${projectId}, event: "event-1", first: 20) { nodes { name } } }`,
    says: ['"rank"'],
    indexes: ['actions_project_id_idx', 'saved_metrics_name_idx'],
    cost: { grows: 'It looks at the metrics and the actions of the project: no index holds what is inside them.' },
  },
  {
    source: savedMetrics,
    asks: 'The saved metrics on an action',
    operation: ({ actionIds }) => nodes('Action', actionIds.slice(0, 1), 'savedMetrics(first: 20) { nodes { name } }'),
    says: ['"rank"'],
    indexes: ['actions_pkey', 'saved_metrics_project_id_idx'],
    cost: { grows: 'It looks at the saved metrics of the project: no index holds what is inside them.' },
  },
  {
    source: 'features/metrics/data/savedMetricLoader.ts',
    asks: 'Twenty saved metrics by id',
    operation: ({ savedMetricIds }) => nodes('SavedMetric', savedMetricIds, 'name'),
    says: ['FROM saved_metrics m'],
    indexes: ['projects_pkey', 'saved_metrics_pkey'],
    cost: { reads: 20 * 3 + 1 },
  },
  {
    source: 'features/metrics/data/actionLoader.ts',
    asks: 'Twenty actions by id',
    operation: ({ actionIds }) => nodes('Action', actionIds, 'name'),
    says: ['FROM actions a'],
    indexes: ['actions_pkey', 'projects_pkey'],
    cost: { reads: 20 * 3 + 1 },
  },
  {
    source: 'features/metrics/queries/actions.ts',
    asks: 'The newest actions of a project',
    operation: ({ projectId }) => `{ actions(projectId: ${projectId}, first: 20) { nodes { name } } }`,
    says: ['"rank"'],
    indexes: ['actions_created_at_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/metrics/queries/prompts.ts',
    asks: 'The newest prompts of a project: each by its oldest version, found among all versions',
    operation: ({ projectId }) => `{ prompts(projectId: ${projectId}, first: 20) { nodes { name } } }`,
    says: ['"rank"'],
    indexes: ['prompts_created_at_idx', 'prompts_project_id_name_version_live_key'],
    cost: { reads: page * 4 * 4 },
  },
  {
    source: 'features/metrics/data/promptLoaders.ts',
    asks: 'Twenty prompts by id',
    operation: ({ promptIds }) => nodes('Prompt', promptIds, 'name'),
    says: ['FROM prompts p'],
    indexes: ['projects_pkey', 'prompts_number_key', 'prompts_project_id_name_version_live_key'],
    cost: { reads: 20 * 12 },
  },
  {
    source: 'features/metrics/data/promptLoaders.ts',
    asks: 'Twenty versions by id',
    operation: ({ promptIds }) => nodes('PromptVersion', promptIds, 'version'),
    says: ['FROM prompts r'],
    indexes: ['projects_pkey', 'prompts_number_key'],
    cost: { reads: 20 * 3 + 1 },
  },
  {
    source: 'features/metrics/Prompt.ts',
    asks: 'The versions of a prompt',
    operation: ({ promptIds }) => nodes('Prompt', promptIds.slice(0, 1), 'versions(first: 20) { nodes { version } }'),
    says: ['"rank"'],
    indexes: ['prompts_number_key', 'prompts_project_id_name_version_live_key'],
    cost: { reads: 10 },
  },
  {
    source: 'features/experiments/data/savedMetricUses.ts',
    asks: 'The saved metrics of ten experiments',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds, 'savedMetrics { role }'),
    says: ['experiment_saved_metrics l'],
    indexes: ['experiment_saved_metrics_pkey', 'saved_metrics_pkey'],
    cost: { reads: 10 * 5 },
  },
  {
    source: 'features/users/Viewer.ts',
    asks: 'The organizations of the viewer, by name',
    operation: () => '{ viewer { organizations(first: 20) { nodes { name } } } }',
    says: ['"rank"'],
    indexes: ['organization_memberships_user_id_idx', 'organizations_pkey'],
    cost: { grows: 'It sorts the organizations of one person.' },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The requests of a project that expire first',
    operation: ({ projectId }) =>
      `{ changeRequests(projectId: ${projectId}, orderBy: { field: EXPIRES_AT, direction: ASC }, first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['change_requests_project_id_expires_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The newest requests about one type of thing',
    operation: ({ projectId }) => `{ changeRequests(projectId: ${projectId}, resourceType: EXPERIMENT, first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['change_requests_project_id_resource_type_created_at_id_idx'],
    cost: { grows: 'A plan that is prepared for any values looks at the list in its order.' },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The newest requests about a flag, or about a holdout that covers it',
    operation: ({ projectId, flagIds }) => requestsAbout(projectId, globalId('FeatureFlag', flagIds[0] ?? 0)),
    says: ['"rank"'],
    indexes: [
      'change_requests_project_id_resource_type_created_at_id_idx',
      'change_requests_project_id_resource_type_resource_id_create_idx',
    ],
    cost: { grows: 'Where there are few requests, it may look through those of the type in the order of the list.' },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The newest requests about an experiment',
    plannedAgain: 'How rare the value is decides.',
    operation: ({ projectId, experimentIds }) => requestsAbout(projectId, globalId('Experiment', experimentIds[0] ?? 0)),
    says: ['"rank"'],
    // There is none about an experiment, so this index and that of the thing say as much.
    indexes: ['change_requests_project_id_resource_type_created_at_id_idx'],
    cost: { reads: page + 1 },
    kept: false,
  },
  {
    source: 'features/approvals/data/lists/coveringHoldouts.ts',
    asks: 'The holdouts that cover a flag',
    operation: ({ projectId, flagIds }) => requestsAbout(projectId, globalId('FeatureFlag', flagIds[0] ?? 0)),
    says: ['CROSS JOIN LATERAL', 'UNION'],
    saysNot: ['"rank"'],
    indexes: ['feature_flags_pkey', 'holdouts_pkey', 'holdouts_project_id_imported_id_key'],
    cost: { reads: 10 },
  },
  {
    source: 'features/approvals/data/lists/coveringHoldouts.ts',
    asks: 'The holdout that an experiment is in',
    operation: ({ projectId, experimentIds }) => requestsAbout(projectId, globalId('Experiment', experimentIds[0] ?? 0)),
    says: ['e.holdout_id IS NOT NULL'],
    indexes: ['experiments_pkey'],
    cost: { reads: 2 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The requests with a rare text',
    plannedAgain: 'How rare the value is decides.',
    operation: ({ projectId }) => `{ changeRequests(projectId: ${projectId}, search: "nowhere", first: 20) { nodes { id } } }`,
    says: ['"rank"'],
    indexes: ['change_requests_project_id_created_at_id_idx', 'change_requests_search_idx'],
    // It first looks at a hundred in the order of the page.
    cost: { reads: 110 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The requests that a person made',
    operation: () => '{ viewer { changeRequests(first: 20) { nodes { id } } } }',
    says: ['"rank"'],
    indexes: ['change_requests_requested_by_id_created_at_id_idx'],
    cost: { reads: 2 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The requests that wait for a person',
    operation: () => '{ viewer { changeRequestsToDecide(first: 20) { nodes { id } } } }',
    says: ['"rank"'],
    indexes: [
      'change_requests_open_created_at_idx',
      'organization_memberships_user_id_idx',
      'projects_organization_id_idx',
      'role_memberships_user_id_idx',
    ],
    cost: { grows: 'It looks at the open requests of all projects of one person.' },
  },
  {
    source: 'features/featureFlags/data/flagVersions.ts',
    asks: 'The newest changes of a flag',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds.slice(0, 1), 'versions(first: 20) { nodes { number } }'),
    says: ['changed.*'],
    indexes: ['activity_log_feature_flag_id_created_at_id_idx'],
    cost: { grows: 'It reads the newest 201 changes.' },
  },
]
