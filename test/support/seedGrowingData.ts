import { hashApiKey } from '../../src/auth/apiKey.ts'
import type { Db } from '../../src/database/client.ts'

// Two organizations, the second with ten times as many rows as the first. All values follow from the number of their row, so that plans
// can be compared with stored ones. The values that filters read repeat every forty rows, so that a page is the same at both sizes. No table
// has more than 30,000 rows: ANALYZE then reads all of them, and its statistics are always the same.

/** The time of the requests. */
export const now = new Date('2026-11-20T12:00:00Z')

const eligible = '{"multivariate": {"variants": [{"key": "control"}, {"key": "test"}]}}'

export interface Tenant {
  key: string
  /** A key of the same person, restricted to one of their empty projects. */
  otherKey: string
  /** The number of flags of the project. Half of them are eligible. */
  flags: number
  projectId: number
  organizationId: string
  /** A role of the organization, which a tenth of its members have. */
  roleId: string
  /** Flags of the project. The first is the newest: it is eligible and has a long history. */
  flagIds: number[]
  /** Experiments on that flag. The first has a long history. */
  experimentIds: number[]
  requestId: number
  /** Cohorts of the project. Two flags name each. */
  cohortIds: number[]
  /** The newest holdout of the project. */
  holdoutId: number
  /** The key of a flag that names the first of them, and another flag. */
  conditionalKey: string
  /** Saved metrics, actions and prompts of the project, the newest first. */
  savedMetricIds: number[]
  actionIds: number[]
  promptIds: number[]
  /** A flag of another project of the organization, which depends on one that depends on a third. */
  dependentId: number
  runningExperimentId: number
  filteredExperimentId: number
}

export async function seedGrowingData(db: Db): Promise<{ small: Tenant; large: Tenant }> {
  await seedOthers(db)
  const small = await seedTenant(db, 1)
  const large = await seedTenant(db, 10)
  // VACUUM also sets the visibility map, which index-only scans need.
  await db.$executeRawUnsafe('VACUUM ANALYZE')
  return { small, large }
}

/** Rows of other organizations, so that no query is fast by reading a whole table. */
async function seedOthers(db: Db) {
  await db.$executeRaw`INSERT INTO users (email, first_name) SELECT 'user-' || n || '@example.com', 'User ' || n FROM generate_series(1, 3000) AS n`
  await db.$executeRaw`INSERT INTO organizations (id, name) SELECT md5(n::text)::uuid, 'Organization ' || n FROM generate_series(1, 1000) AS n`
  await db.$executeRaw`
    INSERT INTO organization_memberships (organization_id, user_id, level) SELECT md5((n % 1000 + 1)::text)::uuid, n, 1 FROM generate_series(1, 3000) AS n`
  await db.$executeRaw`
    INSERT INTO roles (id, organization_id, name) SELECT md5('other' || n)::uuid, md5(n::text)::uuid, 'Role' FROM generate_series(1, 1000) AS n`
  await db.$executeRaw`
    INSERT INTO role_memberships (role_id, user_id) SELECT md5('other' || n % 1000 + 1)::uuid, n FROM generate_series(1, 3000) AS n`
  await db.$executeRaw`
    INSERT INTO personal_api_keys (user_id, label, secure_value, mask, scopes)
    SELECT n, 'other', 'sha256$' || md5(n::text) || md5(n::text), 'phx_...abcd', '{*}' FROM generate_series(1, 3000) AS n`
  await db.$executeRaw`INSERT INTO projects (organization_id, name) SELECT md5(n::text)::uuid, 'Project ' || n FROM generate_series(1, 1000) AS n`
  await db.$executeRaw`
    INSERT INTO feature_flags (project_id, key, name, filters)
    SELECT p.id, 'flag-' || n, 'Theirs' || CASE WHEN n = 1 THEN ', a rare one' ELSE '' END, ${eligible}::jsonb
    FROM projects p, generate_series(1, 3) AS n`
  await db.$executeRaw`INSERT INTO experiments (project_id, feature_flag_id, name) SELECT project_id, id, 'Theirs' FROM feature_flags`
  await db.$executeRaw`INSERT INTO surveys (project_id, name, linked_flag_id) SELECT project_id, 'Survey', id FROM feature_flags`
  await db.$executeRaw`INSERT INTO product_tours (project_id, name) SELECT id, 'Tour' FROM projects`
  await db.$executeRaw`INSERT INTO group_types (project_id, index, name) SELECT id, n, 'type-' || n FROM projects, generate_series(0, 2) AS n`
  await db.$executeRaw`
    INSERT INTO approval_policies (organization_id, project_id, action_key, quorum)
    SELECT organization_id, id, 'FEATURE_FLAG_UPDATE', 1 FROM projects`
}

async function seedTenant(db: Db, times: number): Promise<Tenant> {
  const organization = await db.organization.create({
    data: { id: `00000000-0000-4000-8000-${String(times).padStart(12, '0')}`, name: 'Ours' },
  })
  const user = await db.user.create({ data: { email: `ours-${times}@example.com`, firstName: 'Ours' } })
  await db.organizationMembership.create({ data: { organizationId: organization.id, userId: user.id, level: 15 } })

  const projects = 40 * times
  await db.$executeRaw`
    INSERT INTO projects (organization_id, name)
    SELECT ${organization.id}::uuid, 'Ours ' || lpad((n * 7919 % ${projects}::int)::text, 3, '0') FROM generate_series(1, ${projects}::int) AS n`
  const { id: projectId } = await db.project.findFirstOrThrow({ where: { organizationId: organization.id }, orderBy: { id: 'asc' } })
  const [key, otherKey] = [`phx_${times}`, `phx_${times}_other`] as const
  const tenantRows = { userId: user.id, label: 'ours', mask: 'phx_...ours', scopes: ['*'], lastUsedAt: now }
  await db.personalApiKey.create({ data: { ...tenantRows, secureValue: hashApiKey(key) } })
  await db.personalApiKey.create({ data: { ...tenantRows, secureValue: hashApiKey(otherKey), scopedProjects: [projectId + 1] } })
  await db.$executeRaw`
    INSERT INTO approval_policies (organization_id, project_id, action_key, quorum, created_at)
    SELECT organization_id, id, action, 1, timestamptz '2026-01-01 00:00Z' + id * interval '1 minute'
    FROM projects, unnest(ARRAY['FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_DELETE', 'EXPERIMENT_LAUNCH']) AS action
    WHERE organization_id = ${organization.id}::uuid`

  await db.$executeRaw`
    INSERT INTO cohorts (project_id, name, created_at)
    SELECT ${projectId}::int, 'Cohort ' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 minute' FROM generate_series(1, ${100 * times}::int) AS n`
  const cohortIds = (await db.cohort.findMany({ where: { projectId }, orderBy: { id: 'asc' }, select: { id: true } })).map(({ id }) => id)
  await db.$executeRaw`UPDATE cohorts SET is_static = true WHERE id = ${cohortIds[0] ?? 0}::int`
  await db.$executeRaw`
    INSERT INTO cohort_members (cohort_id, distinct_id) SELECT ${cohortIds[0] ?? 0}::int, 'person-' || n FROM generate_series(1, ${1_000 * times}::int) AS n`
  await db.$executeRaw`INSERT INTO group_types (project_id, index, name) VALUES (${projectId}::int, 0, 'company')`
  await db.$executeRaw`
    INSERT INTO project_links (project_id, mode, host, upstream_project_id, encrypted_key, key_hash)
    SELECT id, 'mirror', 'https://eu.posthog.com', id, 'sealed', repeat('0', 64) FROM projects WHERE organization_id = ${organization.id}::uuid`
  await db.$executeRaw`
    INSERT INTO link_skipped_rows (project_id, kind, upstream_id, reason, seen_at)
    SELECT ${projectId}::int, 'feature_flags', n::text, 'key must not be blank', timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
    FROM generate_series(1, ${200 * times}::int) AS n`
  const members = 100 * times
  await db.$executeRaw`
    INSERT INTO organization_memberships (organization_id, user_id, level, created_at)
    SELECT ${organization.id}::uuid, n, 1, timestamptz '2026-01-01 00:00Z' + (n * 7919 % ${members}::int) * interval '1 minute'
    FROM generate_series(1, ${members}::int) AS n`
  await db.$executeRaw`
    INSERT INTO roles (id, organization_id, name)
    SELECT md5('role' || ${times}::int || ':' || n)::uuid, ${organization.id}::uuid, 'Role ' || lpad(n::text, 3, '0')
    FROM generate_series(1, ${40 * times}::int) AS n`
  const { id: roleId } = await db.role.findFirstOrThrow({ where: { organizationId: organization.id }, orderBy: { name: 'asc' } })
  await db.$executeRaw`INSERT INTO role_memberships (role_id, user_id)
    SELECT ${roleId}::uuid, n FROM generate_series(1, ${members}::int, 10) AS n`
  const holdouts = 200 * times
  await db.$executeRaw`
    INSERT INTO holdouts (project_id, name, filters, created_at)
    SELECT ${projectId}::int, 'Holdout ' || n, jsonb_build_array(jsonb_build_object('rollout_percentage', n % 100)),
      timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
    FROM generate_series(1, ${holdouts}::int) AS n`
  const { id: holdoutId } = await db.holdout.findFirstOrThrow({ where: { projectId }, orderBy: { id: 'desc' } })

  const flags = 1_400 * times
  // The orders by key and by name differ from each other, because 7919 and 6007 are primes.
  await db.$executeRaw`
    INSERT INTO feature_flags (project_id, key, name, filters, created_by_id, created_at)
    SELECT ${projectId}::int, 'flag-' || lpad((n * 7919 % ${flags}::int)::text, 5, '0'),
      'Name ' || lpad((n * 6007 % ${flags}::int)::text, 5, '0') ||
        CASE WHEN n IN (4, 6, 8) THEN ', a rare one' WHEN n % 4 = 0 THEN ', a common one' WHEN n % 28 = 14 THEN ', some do' ELSE '' END,
      (CASE WHEN n % 2 = 0 THEN ${eligible}::jsonb WHEN n % 20 = 1 THEN condition.filters ELSE '{}' END) ||
        (CASE WHEN n % 40 = 0 THEN jsonb_build_object('holdout', jsonb_build_object('id', ${holdoutId}::int)) ELSE '{}' END),
      n % 40 + 1, timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
    FROM generate_series(1, ${flags}::int) AS n
    CROSS JOIN LATERAL (SELECT jsonb_build_object('groups', jsonb_build_array(jsonb_build_object('properties', jsonb_build_array(
      jsonb_build_object('key', 'id', 'type', 'cohort', 'operator', 'in', 'value', ${cohortIds[0] ?? 0}::int + n / 40),
      jsonb_build_object('key', 'flag-' || lpad(((n + 1) * 7919 % ${flags}::int)::text, 5, '0'), 'type', 'flag', 'operator', 'flag_evaluates_to', 'value', true)
    )))) AS filters) AS condition`
  const { key: conditionalKey } = await db.featureFlag.findFirstOrThrow({
    where: { projectId },
    orderBy: { id: 'asc' },
    select: { key: true },
  })
  const flagIds = (await db.featureFlag.findMany({ where: { projectId }, orderBy: { id: 'desc' }, take: 20, select: { id: true } })).map(
    ({ id }) => id,
  )
  const last = flagIds[0] ?? 0
  const first = last - flags + 1

  await db.$executeRaw`INSERT INTO surveys (project_id, name, targeting_flag_id)
    SELECT project_id, 'Survey', id FROM feature_flags WHERE project_id = ${projectId}::int AND (id - ${first}::int + 1) % 40 = 2`
  await db.$executeRaw`INSERT INTO product_tours (project_id, name, internal_targeting_flag_id)
    SELECT project_id, 'Tour', id FROM feature_flags WHERE project_id = ${projectId}::int AND (id - ${first}::int + 1) % 40 = 12`
  await db.$executeRaw`INSERT INTO evaluation_contexts (id, project_id, name)
    SELECT md5(${times}::int || ':' || n)::uuid, ${projectId}::int, 'context-' || n FROM generate_series(1, ${50 * times}::int) AS n`
  await db.$executeRaw`INSERT INTO feature_flag_evaluation_contexts (feature_flag_id, evaluation_context_id)
    SELECT f.id, md5(${times}::int || ':' || c)::uuid FROM feature_flags f, unnest(ARRAY[f.id % 20 + 1, f.id % 20 + 21]) AS c
    WHERE f.project_id = ${projectId}::int AND f.id % 2 = 0`

  // One experiment per flag, and many on the newest flag. Forty were launched recently and are running. The rest are old. Thirty are in the
  // newest holdout.
  const experiments = 1_400 * times
  await db.$executeRaw`
    INSERT INTO experiments (project_id, feature_flag_id, name, archived, deleted, created_by_id, created_at, updated_at, start_date, end_date,
      conclusion, tags, holdout_id)
    SELECT ${projectId}::int, CASE WHEN n % 20 = 0 THEN ${last}::int ELSE ${first}::int + n - 1 END,
      'Experiment ' || lpad((n * 7919 % ${experiments}::int)::text, 5, '0'), n % 10 = 0, n % 50 = 7, n % 40 + 1,
      timestamptz '2020-01-01 00:00Z' + n * interval '1 minute', timestamptz '2020-01-01 00:00Z' + (n * 6007 % ${experiments}::int) * interval '1 minute',
      CASE WHEN n <= 40 THEN timestamptz '2026-10-01 00:00Z' + n * interval '1 day'
        WHEN n % 4 > 0 THEN timestamptz '2020-01-01 00:00Z' + (n * 7919 % ${experiments}::int) * interval '1 minute' END,
      CASE WHEN n > 40 AND n % 4 > 0 THEN timestamptz '2021-01-01 00:00Z' + (n * 6007 % ${experiments}::int) * interval '1 minute' END,
      CASE WHEN n > 40 AND n % 4 > 0 THEN (ARRAY['won', 'lost', 'inconclusive', NULL])[n % 4 + 1]::experiment_conclusion END,
      CASE WHEN n <= 30 THEN ARRAY['rare', 'common'] ELSE ARRAY['common'] END, CASE WHEN n <= 30 THEN ${holdoutId}::int END
    FROM generate_series(1, ${experiments}::int) AS n`
  const experimentIds = (
    await db.experiment.findMany({
      where: { projectId, featureFlagId: last, deleted: false },
      orderBy: { id: 'desc' },
      take: 10,
      select: { id: true },
    })
  ).map(({ id }) => id)

  const events = 2_000 * times
  await db.$executeRaw`
    INSERT INTO events (project_id, id, event, timestamp, distinct_id, properties)
    SELECT ${projectId}::int, md5(n::text)::uuid, 'event-' || n % 20, timestamptz '2026-11-20 12:00Z' - n * 2000 / ${events}::int * interval '20 minutes',
      'somebody', CASE WHEN n % 100 = 1 THEN '{"$feature/flag": "test"}' ELSE '{}' END
    FROM generate_series(1, ${events}::int) AS n`

  // Three of the requests for the newest flag are open: to delete it, and to let it depend on another one.
  const condition = { properties: [{ type: 'flag', key: 'base', operator: 'flag_evaluates_to', value: true }] }
  const aged = { deleted: { before: false, after: true }, 'filters.groups': { before: [], after: [condition] } }
  const nobodyMayApprove = {
    ...{ policyId: 0, quorum: 1, users: [], roles: [], allowSelfApprove: false, conditions: {} },
    ...{ bypassMembershipLevels: [], bypassRoles: [] },
  }
  const requests = 200 * times
  await db.$executeRaw`
    INSERT INTO change_requests (project_id, action_key, resource_type, resource_id, feature_flag_id, target_key, operation, input, description,
      before, after, preconditions, policy_snapshot, state, requested_by_id, expires_at, created_at)
    SELECT ${projectId}::int, 'ACTION-' || n % 5, 'FEATURE_FLAG', f.id, f.id, f.id::text, 'updateFeatureFlag', '{}', 'A change', '{}', '{}',
      CASE WHEN n <= 3 THEN jsonb_build_object('rows', jsonb_build_array(
        jsonb_build_object('type', 'FEATURE_FLAG', 'id', f.id, 'values', ${JSON.stringify(aged)}::jsonb))) ELSE '{}' END,
      ${JSON.stringify(nobodyMayApprove)}::jsonb,
      (CASE WHEN n <= 3 THEN 'PENDING' ELSE 'REJECTED' END)::change_request_state, n % 40 + 1, timestamptz '2026-12-01 00:00Z',
      timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
    FROM generate_series(1, ${requests}::int) AS n,
      LATERAL (SELECT CASE WHEN n % 2 = 1 OR n <= 3 THEN ${last}::int ELSE ${first}::int + n END AS id) AS f`
  const { id: requestId } = await db.changeRequest.findFirstOrThrow({ where: { projectId }, orderBy: { id: 'desc' } })
  await db.$executeRaw`
    INSERT INTO activity_log (project_id, organization_id, activity, resource_type, user_id, experiment_id, feature_flag_id, change_request_id, before, after,
      created_at)
    SELECT ${projectId}::int, ${organization.id}::uuid, 'updateFeatureFlag', 'FEATURE_FLAG', 1, ${experimentIds[0] ?? 0}::int, ${last}::int, ${requestId}::int, '{}', '{}',
      timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
    FROM generate_series(1, ${200 * times}::int) AS n`
  // Entries about other flags.
  await db.$executeRaw`
    INSERT INTO activity_log (project_id, organization_id, activity, resource_type, user_id, feature_flag_id, before, after)
    SELECT ${projectId}::int, ${organization.id}::uuid, 'updateFeatureFlag', 'FEATURE_FLAG', 1, ${first}::int + n, '{}', '{}' FROM generate_series(1, ${400 * times}::int) AS n`

  const needing = (key: string) => ({ groups: [{ properties: [{ type: 'flag', key, operator: 'flag_evaluates_to', value: true }] }] })
  const elsewhere = { projectId: projectId + 1, createdAt: new Date('2026-01-01T00:00:00Z') }
  // An even number of flags: the contexts of the next tenant depend on the numbers.
  await db.featureFlag.createMany({
    data: [
      { ...elsewhere, key: 'base' },
      { ...elsewhere, key: 'unused' },
    ],
  })
  const middle = await db.featureFlag.create({ data: { ...elsewhere, key: 'middle', filters: needing('base') } })
  const { id: dependentId } = await db.featureFlag.create({ data: { ...elsewhere, key: 'top', filters: needing(String(middle.id)) } })

  await db.$executeRaw`
    INSERT INTO events (project_id, id, event, timestamp, distinct_id, properties)
    SELECT project_id, md5(id || ':' || n)::uuid, '$feature_flag_called', timestamptz '2026-11-20 12:00Z' - n * interval '1 day', 'person-' || n,
      json_build_object('$feature_flag', key, '$feature_flag_response', true)::text
    FROM feature_flags, generate_series(1, 3) AS n WHERE project_id = ${projectId + 1}::int`

  // A running experiment in another project, whose exposure can be frozen. Every second call is of another flag. With two flags, the numbers
  // of the flags stay even and odd as they were.
  const [{ id: exposingFlagId } = { id: 0 }] = await db.$queryRaw<{ id: number }[]>`
    INSERT INTO feature_flags (project_id, key, filters)
    VALUES (${projectId + 2}::int, 'exposing', (${eligible}::jsonb || '{"groups": [{"properties": []}]}')), (${projectId + 2}::int, 'other', '{}')
    RETURNING id`
  const { id: runningExperimentId } = await db.experiment.create({
    data: { projectId: projectId + 2, featureFlagId: exposingFlagId, name: 'Running', startDate: new Date('2026-11-01') },
  })
  // Another one, whose criteria have a filter.
  const properties = [{ key: 'page', value: '/', operator: 'is_not' }]
  const { id: filteredExperimentId } = await db.experiment.create({
    data: {
      ...{ projectId: projectId + 2, featureFlagId: exposingFlagId, name: 'Filtered', startDate: new Date('2026-11-01') },
      exposureCriteria: { exposure_config: { kind: 'ExperimentEventExposureConfig', event: '$feature_flag_called', properties } },
    },
  })
  await db.$executeRaw`
    INSERT INTO events (project_id, id, event, timestamp, distinct_id, properties)
    SELECT ${projectId + 2}::int, md5(n::text)::uuid, '$feature_flag_called', timestamptz '2026-11-20 11:00Z' - n * interval '1 minute', 'person ' || n,
      jsonb_build_object('$feature_flag', CASE WHEN n % 2 = 0 THEN 'exposing' ELSE 'other' END, '$feature_flag_response', 'test')::text
    FROM generate_series(1, ${200 * times}::int) AS n`

  const organizationId = organization.id
  return {
    ...{ key, otherKey, flags, projectId, organizationId, roleId, flagIds, experimentIds, requestId, cohortIds, holdoutId, conditionalKey },
    ...{ dependentId, runningExperimentId, filteredExperimentId, ...(await seedMetrics(db, times, projectId, experimentIds)) },
  }
}

async function seedMetrics(db: Db, times: number, projectId: number, experimentIds: readonly number[]) {
  const minute = `timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'`
  await db.$executeRawUnsafe(`
    INSERT INTO actions (project_id, name, steps, created_at)
    SELECT ${projectId}, 'Action ' || n, '[{"event": "event-1"}]', ${minute} FROM generate_series(1, ${100 * times}) AS n`)
  const actionIds = await idsOf(db.action.findMany({ where: { projectId }, orderBy: { id: 'desc' }, take: 20, select: { id: true } }))
  await db.$executeRawUnsafe(`
    INSERT INTO saved_metrics (project_id, name, query, created_at, updated_at)
    SELECT ${projectId}, 'Metric ' || lpad((n * 7919 % ${200 * times})::text, 5, '0'),
      jsonb_build_object('kind', 'ExperimentMetric', 'metric_type', 'mean', 'source', jsonb_build_object('kind', 'EventsNode', 'event', 'event-' || n % 40)),
      ${minute}, ${minute}
    FROM generate_series(1, ${200 * times}) AS n`)
  const savedMetricIds = await idsOf(
    db.savedMetric.findMany({ where: { projectId }, orderBy: { id: 'desc' }, take: 20, select: { id: true } }),
  )
  await db.$executeRawUnsafe(`
    INSERT INTO experiment_saved_metrics (experiment_id, saved_metric_id)
    SELECT id, ${savedMetricIds[0]} FROM experiments WHERE project_id = ${projectId}`)
  await db.experimentSavedMetric.createMany({
    data: experimentIds.map((experimentId) => ({ experimentId, savedMetricId: savedMetricIds[1] ?? 0 })),
  })
  // Four versions of each prompt.
  await db.$executeRawUnsafe(`
    INSERT INTO prompts (project_id, name, version, prompt, created_at)
    SELECT ${projectId}, 'prompt-' || n / 4, n % 4 + 1, '"Hello"', ${minute} FROM generate_series(0, ${400 * times - 1}) AS n`)
  const prompts = await db.prompt.findMany({
    where: { projectId, version: 1 },
    orderBy: { number: 'desc' },
    take: 20,
    select: { number: true },
  })
  return { actionIds, savedMetricIds, promptIds: prompts.map(({ number }) => number) }
}

const idsOf = async (rows: Promise<{ id: number }[]>) => (await rows).map(({ id }) => id)
