-- PostGraphile builds its schema from the service's tables and from this: a view for eligibility, and functions for computed values.
-- The functions are plain SQL that the planner can inline. They use the same indexes as the service.

CREATE VIEW eligible_flags AS
  SELECT f.id, f.project_id, f.key, f.name, f.active, f.created_by_id, f.created_at
  FROM feature_flags f
  WHERE f.ineligibility = '{}'
    -- OFFSET 0 keeps the look-up from becoming a join, as in ceilingStatements.ts.
    AND NOT EXISTS (SELECT FROM internal_flag_uses u WHERE u.project_id = f.project_id AND u.feature_flag_id = f.id OFFSET 0);

COMMENT ON VIEW eligible_flags IS E'@primaryKey id\n@foreignKey (created_by_id) references users (id)';
COMMENT ON TABLE experiments IS E'@foreignKey (feature_flag_id) references eligible_flags (id)|@foreignFieldName experiments';
COMMENT ON COLUMN experiments.archived IS E'@behavior +attribute:filterBy';
COMMENT ON COLUMN experiments.deleted IS E'@behavior +attribute:filterBy';
COMMENT ON COLUMN experiments.created_at IS E'@behavior +attribute:orderBy';

CREATE FUNCTION eligible_flags_context_names(flag eligible_flags) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(
    SELECT c.name::text COLLATE "C"
    FROM feature_flag_evaluation_contexts l JOIN evaluation_contexts c ON c.id = l.evaluation_context_id
    WHERE l.feature_flag_id = flag.id
    ORDER BY 1
  )
$$;

CREATE FUNCTION search_eligible_flags(of_project int, pattern text) RETURNS SETOF eligible_flags LANGUAGE sql STABLE AS $$
  SELECT f.*
  FROM eligible_flags f
  WHERE f.project_id = of_project AND (f.key || E'\n' || f.name) ILIKE pattern
  ORDER BY f.created_at DESC, f.id DESC
$$;

-- A count of the view would look up each flag of the project. This counts as the ceiling does.
CREATE FUNCTION eligible_flag_count(of_project int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT (SELECT count(*) FROM feature_flags f WHERE f.project_id = of_project AND f.ineligibility = '{}')::int - (
    SELECT count(*) FROM (SELECT DISTINCT feature_flag_id AS id FROM internal_flag_uses WHERE project_id = of_project) AS used
    JOIN feature_flags f ON f.id = used.id AND f.ineligibility = '{}'
  )::int
$$;

CREATE FUNCTION flag_by_key(of_project int, of_key text) RETURNS feature_flags LANGUAGE sql STABLE AS $$
  SELECT f.* FROM feature_flags f WHERE f.project_id = of_project AND f.key = of_key AND NOT f.deleted
$$;

CREATE FUNCTION flags_by_ids(ids int[]) RETURNS SETOF feature_flags LANGUAGE sql STABLE AS $$
  SELECT f.* FROM feature_flags f WHERE f.id = ANY (ids)
$$;
COMMENT ON FUNCTION flags_by_ids IS E'@simpleCollections only';

CREATE TYPE experiment_counters AS (
  launched_last_30d int, launched_previous_30d int, active_experiments int, completed_last_30d int
);

-- All projects of the benchmark are in UTC. The time zone is still read from the project, as in the service.
CREATE FUNCTION start_of_day(of_project int, days int) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT (date_trunc('day', now() AT TIME ZONE p.timezone) + days * interval '1 day') AT TIME ZONE p.timezone FROM projects p WHERE p.id = of_project
$$;

CREATE FUNCTION experiment_stats(of_project int) RETURNS experiment_counters LANGUAGE sql STABLE AS $$
  SELECT
    (SELECT count(*) FROM experiments e WHERE e.project_id = of_project AND NOT e.deleted AND NOT e.archived
      AND e.start_date >= w.last AND e.start_date < w.tomorrow)::int,
    (SELECT count(*) FROM experiments e WHERE e.project_id = of_project AND NOT e.deleted AND NOT e.archived
      AND e.start_date >= w.previous AND e.start_date < w.last)::int,
    (SELECT count(*) FROM experiments e WHERE e.project_id = of_project AND NOT e.deleted AND NOT e.archived
      AND e.start_date IS NOT NULL AND e.end_date IS NULL)::int,
    (SELECT count(*) FROM experiments e WHERE e.project_id = of_project AND NOT e.deleted AND NOT e.archived
      AND e.end_date >= w.last AND e.end_date < w.tomorrow)::int
  FROM (
    SELECT start_of_day(of_project, -60) AS previous, start_of_day(of_project, -30) AS last, start_of_day(of_project, 1) AS tomorrow
    OFFSET 0
  ) AS w
$$;

CREATE FUNCTION flag_implementation_required(of_project int, names text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT FROM unnest(names) AS n (name)
    CROSS JOIN LATERAL (
      SELECT e.feature_flag_keys FROM events e
      WHERE e.project_id = of_project AND e.event = n.name AND e.timestamp BETWEEN start_of_day(of_project, -7) AND now()
      ORDER BY e.timestamp DESC, e.id DESC
      LIMIT 20
    ) AS newest
    WHERE newest.feature_flag_keys IS NOT NULL
  )
$$;
