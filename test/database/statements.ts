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
  /** False for what is only checked, because what is kept already says it. */
  kept?: boolean
}

/** A page of twenty, and the row that tells whether another follows. PostgreSQL 15 reads one more before it stops. */
const page = 22
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

const flagsOf = ({ projectId }: Tenant, args: string, selection: string) =>
  `{ list: eligibleFeatureFlags(projectId: ${projectId}, ${args}) { ${selection} } }`
const experimentsOf = ({ projectId }: Tenant, args: string, selection: string) =>
  `{ list: experiments(projectId: ${projectId}, ${args}) { ${selection} } }`
const nodes = (type: string, ids: readonly number[], selection: string) =>
  `{ nodes(ids: ${JSON.stringify(ids.map((id) => globalId(type, id)))}) { ... on ${type} { ${selection} } } }`

const experimentsWithFields = (tenant: Tenant) =>
  experimentsOf(tenant, 'first: 20, orderBy: { field: CREATED_AT, direction: ASC }', 'nodes { status createdBy { email } }')

const counts = { grows: 'It counts what is in the list, in its index.' }
const sorts = { grows: 'No index can hold this order: it sorts the experiments of the project.' }
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
    asks: 'Whether the flags of twenty experiments are on',
    operation: experimentsWithFields,
    says: ['SELECT f.id, f.active'],
    indexes: ['feature_flags_pkey'],
    cost: { reads: 21 },
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
  ...pagesOf(experiments, 'CREATED_AT', 'experiments_created_at_idx'),
  ...pagesOf(experiments, 'UPDATED_AT', 'experiments_updated_at_idx'),
  ...pagesOf(experiments, 'NAME', 'experiments_name_idx'),
  ...pagesOf(experiments, 'START_DATE', 'experiments_start_date_idx'),
  ...pagesOf(experiments, 'END_DATE', 'experiments_end_date_idx'),
  ...pagesOf(experiments, 'STATUS', 'experiments_status_idx'),
  {
    source: experiments.source,
    asks: 'The first page with what is selected of each experiment, read along',
    operation: experimentsWithFields,
    says: ['"rank"'],
    indexes: ['experiments_created_at_idx', 'users_pkey'],
    // Of each experiment: who made it, by a look of its own.
    cost: { reads: page * 3 + 1 },
  },
  {
    source: experiments.source,
    asks: 'The first page by DURATION, which depends on the moment',
    operation: (tenant) => experimentsOf(tenant, 'first: 20, orderBy: { field: DURATION, direction: DESC }', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_project_id_imported_id_key'],
    cost: sorts,
  },
  {
    source: experiments.source,
    asks: 'The first page by CREATED_BY, which is in another table',
    operation: (tenant) => experimentsOf(tenant, 'first: 20, orderBy: { field: CREATED_BY, direction: ASC }', 'nodes { id }'),
    says: ['"rank"'],
    indexes: ['experiments_project_id_imported_id_key', 'users_pkey'],
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
    indexes: ['experiments_project_id_imported_id_key'],
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
    indexes: ['change_requests_open_of_flag_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/approvals/changeRequestConnection.ts',
    asks: 'The open requests that were asked of an experiment or of its flag',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds.slice(0, 1), 'pendingChangeRequests(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['change_requests_open_of_flag_idx', 'experiments_pkey'],
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
    source: 'features/activityLog/activityField.ts',
    asks: 'What was done to a flag',
    operation: ({ flagIds }) => nodes('FeatureFlag', flagIds.slice(0, 1), 'activity(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['activity_log_feature_flag_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/activityLog/activityField.ts',
    asks: 'What was done to an experiment',
    operation: ({ experimentIds }) => nodes('Experiment', experimentIds.slice(0, 1), 'activity(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['activity_log_experiment_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
  {
    source: 'features/activityLog/activityField.ts',
    asks: 'What was done to a change request',
    operation: ({ requestId }) => nodes('ChangeRequest', [requestId], 'activity(first: 20) { nodes { id } }'),
    says: ['"rank"'],
    indexes: ['activity_log_change_request_id_created_at_id_idx'],
    cost: { reads: page + 1 },
  },
]
