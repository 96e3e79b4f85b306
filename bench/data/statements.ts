// The statements that generate the data. Every value follows from the number of its row, so that two runs on one day have the same rows.
// Times count from the start of that day (UTC), so that "the last 30 days" always contain data.

/** A pseudo-random number for each `n`, always the same. Each `series` is another sequence. */
export const mixFunction = `
  CREATE FUNCTION pg_temp.mix(n bigint, series bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (((n + series * 7919 + 1) * 2654435761) % 4294967296) >> 8
  $$`

/** The search terms of C: one occurs in half of the flags of every project, one in a few. */
export const commonTerm = 'checkout'
export const rareTerm = 'quokka'

const organizationUsers = 50

export const organization = `
  WITH o AS (INSERT INTO organizations (name) VALUES ('Bench') RETURNING id),
  u AS (
    INSERT INTO users (id, email, first_name)
    SELECT n, format('person-%s@example.com', n), format('Person %s', n) FROM generate_series(1, ${organizationUsers}) AS n
    RETURNING id
  )
  INSERT INTO organization_memberships (organization_id, user_id, level) SELECT o.id, u.id, 8 FROM o, u`

/** The key. $1 is the token's hash, $2 its mask. */
export const key = `
  INSERT INTO personal_api_keys (user_id, label, secure_value, mask, scopes, last_used_at) VALUES (1, 'bench', $1, $2, '{*}', now())`

/** Projects $1 to $2, and their evaluation contexts. */
export const projects = `
  WITH p AS (
    INSERT INTO projects (id, organization_id, name)
    SELECT n, (SELECT id FROM organizations LIMIT 1), format('Project %s', n) FROM generate_series($1::int, $2::int) AS n
    RETURNING id
  )
  INSERT INTO evaluation_contexts (id, project_id, name)
  SELECT md5(format('context %s %s', p.id, c.name))::uuid, p.id, c.name
  FROM p, unnest('{docs,emails,app,marketing-site,checkout-page,admin,mobile,support}'::text[]) AS c (name)`

/**
 * Flags $1 to $2, counted from 0 over all projects. The first $3 belong to project 1, then $4 to each project from $5 on. Of ten flags,
 * $6 are eligible. The others are boolean, do not have `control` first, or are deleted.
 */
export const flags = `
  INSERT INTO feature_flags
    (id, project_id, key, name, filters, active, deleted, evaluation_runtime, tags, created_by_id, created_at, updated_at)
  SELECT
    n + 1,
    CASE WHEN n < $3::int THEN 1 ELSE $5::int + (n - $3::int) / $4::int END,
    format('%s-%s-%s', (ARRAY['checkout', 'search', 'inbox', 'billing'])[1 + pg_temp.mix(n, 1) % 4], word, n),
    format('%s the new %s for %s%s',
      (ARRAY['Show', 'Try', 'Roll out', 'Hide'])[1 + pg_temp.mix(n, 2) % 4], word,
      CASE WHEN pg_temp.mix(n, 3) % 3 = 0 THEN 'people in checkout'
        ELSE (ARRAY['new people', 'everybody', 'the team', 'people on a free plan'])[1 + pg_temp.mix(n, 4) % 4] END,
      CASE WHEN pg_temp.mix(n, 5) % (CASE WHEN n < $3::int THEN 5000 ELSE 100 END) = 0 THEN ' (quokka)' ELSE '' END),
    CASE
      WHEN pg_temp.mix(n, 6) % 10 < $6::int THEN jsonb_build_object(
        'groups', jsonb_build_array(jsonb_build_object('properties', '[]'::jsonb, 'rollout_percentage', 10 * (n % 11))),
        'payloads', '{}'::jsonb,
        'multivariate', CASE WHEN n % 3 = 0
          THEN '{"variants": [{"key": "control", "rollout_percentage": 34}, {"key": "test-1", "rollout_percentage": 33}, {"key": "test-2", "rollout_percentage": 33}]}'::jsonb
          ELSE '{"variants": [{"key": "control", "rollout_percentage": 50}, {"key": "test", "rollout_percentage": 50}]}'::jsonb END)
      WHEN n % 4 = 0 THEN
        '{"groups": [], "multivariate": {"variants": [{"key": "red", "rollout_percentage": 50}, {"key": "control", "rollout_percentage": 50}]}}'::jsonb
      ELSE jsonb_build_object('multivariate', NULL,
        'groups', jsonb_build_array(jsonb_build_object('properties', '[{"key": "email", "value": "@example.com", "operator": "icontains"}]'::jsonb, 'rollout_percentage', 100)))
    END,
    n % 3 <> 0,
    pg_temp.mix(n, 6) % 10 >= 3 AND pg_temp.mix(n, 7) % 50 = 0,
    (ARRAY['all', 'server', 'client'])[1 + n % 3]::evaluation_runtime,
    CASE WHEN n % 6 = 0 THEN '{growth}' ELSE '{}' END::text[],
    CASE WHEN n % 20 <> 0 THEN 1 + pg_temp.mix(n, 8) % ${organizationUsers} END,
    -- Three per minute, so that pages also cover equal times.
    date_trunc('day', now()) - n / 3 * interval '1 minute',
    CASE WHEN n % 2 = 0 THEN date_trunc('day', now()) - n / 5 * interval '1 minute' END
  FROM (
    SELECT n, (ARRAY['banner', 'checkout', 'button', 'onboarding', 'form', 'ranking', 'sidebar', 'price'])[1 + pg_temp.mix(n, 9) % 8] AS word
    FROM generate_series($1::int, $2::int) AS n
  ) AS numbered`

export const nextFlagId = `SELECT setval(pg_get_serial_sequence('feature_flags', 'id'), (SELECT max(id) FROM feature_flags))`

/** None to three contexts for each of the flags $1 to $2. */
export const flagContexts = `
  INSERT INTO feature_flag_evaluation_contexts (feature_flag_id, evaluation_context_id)
  SELECT f.id, md5(format('context %s %s', f.project_id,
    (ARRAY['docs', 'emails', 'app', 'marketing-site', 'checkout-page', 'admin', 'mobile', 'support'])[1 + (pg_temp.mix(f.id, 10) + 3 * c) % 8]))::uuid
  FROM feature_flags f, generate_series(1, 3) AS c
  WHERE f.id BETWEEN $1::int + 1 AND $2::int + 1 AND c <= pg_temp.mix(f.id, 11) % 4`

/** An experiment on a fifth of the flags $1 to $2, and a second one on a fifth of those. */
export const experiments = `
  INSERT INTO experiments (project_id, name, feature_flag_id, parameters, metrics, start_date, end_date, archived, created_by_id, created_at, updated_at)
  SELECT f.project_id, format('Experiment %s on %s', nth, f.key), f.id, '{"minimum_detectable_effect": 20}',
    '[{"kind": "ExperimentMetric", "metric_type": "mean", "source": {"kind": "EventsNode", "event": "event-1"}}]',
    started, CASE WHEN pg_temp.mix(f.id + nth, 13) % 2 = 0 AND started < now() - interval '10 days' THEN started + interval '9 days' END,
    pg_temp.mix(f.id + nth, 14) % 20 = 0, f.created_by_id, f.created_at + interval '1 hour' * nth, f.created_at + interval '1 day'
  FROM feature_flags f
  CROSS JOIN generate_series(1, 2) AS nth
  CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_temp.mix(f.id + nth, 15) % 5 > 0
      THEN date_trunc('day', now()) - pg_temp.mix(f.id + nth, 16) % 172800 * interval '1 minute' END AS started
  ) AS s
  WHERE f.id BETWEEN $1::int + 1 AND $2::int + 1 AND f.id % 5 = 0 AND (nth = 1 OR f.id % 25 = 0)`

/** Surveys and tours that own some of the flags $1 to $2. Those flags are not eligible. */
export const internalUses = `
  WITH s AS (
    INSERT INTO surveys (id, project_id, name, targeting_flag_id)
    SELECT md5(format('survey %s', id))::uuid, project_id, format('Survey %s', id), id
    FROM feature_flags WHERE id BETWEEN $1::int + 1 AND $2::int + 1 AND id % 300 = 1
  )
  INSERT INTO product_tours (id, project_id, name, internal_targeting_flag_id)
  SELECT md5(format('tour %s', id))::uuid, project_id, format('Tour %s', id), id
  FROM feature_flags WHERE id BETWEEN $1::int + 1 AND $2::int + 1 AND id % 1000 = 2`

export const eventNames = 200

/**
 * Events $1 to $2 of $3 in project 1, spread evenly over the last $4 seconds. One in a hundred has a \`$feature/…\` property. Events whose
 * name ends in 0 never have one.
 */
export const events = `
  INSERT INTO events (project_id, id, event, timestamp, distinct_id, properties)
  SELECT 1, md5(format('event %s', n))::uuid, format('event-%s', name), now() - ($3::int - n)::float8 / $3::int * $4::int * interval '1 second',
    format('person-%s', pg_temp.mix(n, 20) % 10000),
    format('{"$browser": "%s", "$current_url": "https://example.com/%s", "plan": "%s"%s}',
      (ARRAY['Chrome', 'Firefox', 'Safari'])[1 + n % 3], pg_temp.mix(n, 21) % 500, (ARRAY['free', 'paid'])[1 + n % 2],
      CASE WHEN pg_temp.mix(n, 22) % 90 = 0 AND name % 10 <> 0 THEN format(', "$feature/banner-%s": "test"', n % 40) ELSE '' END)
  FROM (SELECT n, pg_temp.mix(n, 23) % ${eventNames} AS name FROM generate_series($1::int, $2::int) AS n) AS numbered`
