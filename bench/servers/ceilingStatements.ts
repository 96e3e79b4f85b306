// The statements of the ceiling. They read the page first, then one aggregate per relation of its rows.

// OFFSET 0 keeps the look-up from becoming a join. The join's plan for an average project would read all uses by surveys and tours of a
// big project for each page.
const eligible = `f.project_id = $1::int AND f.ineligibility = '{}'
    AND NOT EXISTS (SELECT FROM internal_flag_uses u WHERE u.project_id = f.project_id AND u.feature_flag_id = f.id OFFSET 0)`
const columns = 'f.id, f.key, f.name, f.active, f.created_at, f.created_by_id'
const order = 'f.created_at DESC, f.id DESC'

/** The statement for the JSON of a page of 20. `found` selects its first 21 rows. */
function toPageStatement(found: string, more = ''): string {
  return `
  WITH found AS MATERIALIZED (${found}),
  page AS MATERIALIZED (SELECT * FROM found f ORDER BY ${order} LIMIT 20),
  e AS MATERIALIZED (
    SELECT e.feature_flag_id, json_agg(
      json_build_object('id', e.id, 'name', e.name, 'startDate', e.start_date) ORDER BY e.created_at DESC, e.id DESC) AS list
    FROM experiments e
    WHERE e.feature_flag_id = ANY (ARRAY(SELECT id FROM page)) AND NOT e.deleted
    GROUP BY e.feature_flag_id
  ),
  c AS MATERIALIZED (
    SELECT l.feature_flag_id, json_agg(l.name ORDER BY l.name COLLATE "C") AS list
    FROM (
      SELECT l.feature_flag_id, (SELECT c.name FROM evaluation_contexts c WHERE c.id = l.evaluation_context_id) AS name
      FROM feature_flag_evaluation_contexts l
      WHERE l.feature_flag_id = ANY (ARRAY(SELECT id FROM page))
    ) AS l
    GROUP BY l.feature_flag_id
  )
  SELECT json_build_object(
    'flags', (
      SELECT coalesce(json_agg(json_build_object(
        'id', f.id, 'key', f.key, 'name', f.name, 'active', f.active, 'createdAt', f.created_at,
        'createdBy', CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'firstName', u.first_name, 'email', u.email) END,
        'experiments', coalesce(e.list, '[]'), 'contexts', coalesce(c.list, '[]')
      ) ORDER BY ${order}), '[]')
      FROM page f LEFT JOIN users u ON u.id = f.created_by_id LEFT JOIN e ON e.feature_flag_id = f.id LEFT JOIN c ON c.feature_flag_id = f.id
    ),
    'hasNextPage', (SELECT count(*) > 20 FROM found)${more}
  )::text`
}

const firstPage = `SELECT ${columns} FROM feature_flags f WHERE ${eligible} ORDER BY ${order} LIMIT 21`
// Counts by the index, and subtracts the few flags that surveys and tours use. Looking up each of sixty thousand flags costs more.
const count = `(SELECT count(*) FROM feature_flags f WHERE f.project_id = $1::int AND f.ineligibility = '{}') - (
      SELECT count(*) FROM (SELECT DISTINCT feature_flag_id AS id FROM internal_flag_uses WHERE project_id = $1::int) AS used
      JOIN feature_flags f ON f.id = used.id AND f.ineligibility = '{}'
    )`
const matches = `(f.key || E'\\n' || f.name) ILIKE $2::text`

const midnight = (days: number) => `date_trunc('day', now() AT TIME ZONE p.timezone) + ${days} * interval '1 day'`
const countedSql = 'FROM experiments e WHERE e.project_id = w.id AND NOT e.deleted AND NOT e.archived'

export const statements = {
  page: toPageStatement(firstPage),
  pageWithCount: toPageStatement(firstPage, `, 'totalCount', ${count}`),
  pageAfter: toPageStatement(
    `SELECT ${columns} FROM feature_flags f WHERE ${eligible} AND (f.created_at, f.id) < ($2::timestamptz, $3::int) ORDER BY ${order} LIMIT 21`,
  ),
  pageAfterWithCount: toPageStatement(
    `SELECT ${columns} FROM feature_flags f WHERE ${eligible} AND (f.created_at, f.id) < ($2::timestamptz, $3::int) ORDER BY ${order} LIMIT 21`,
    `, 'totalCount', ${count}`,
  ),
  // A rare term: by the trigram index.
  searchRare: toPageStatement(`
      SELECT * FROM (SELECT ${columns} FROM feature_flags f WHERE ${eligible} AND ${matches} OFFSET 0) AS f ORDER BY ${order} LIMIT 21`),
  // A common term: among the newest 600 flags, which are read in the order of the page.
  searchCommon: toPageStatement(`
      SELECT * FROM (SELECT ${columns} FROM feature_flags f WHERE ${eligible} ORDER BY ${order} LIMIT 600) AS f
      WHERE ${matches} ORDER BY ${order} LIMIT 21`),
  stats: `
      WITH w AS MATERIALIZED (
        SELECT p.id, (${midnight(-60)}) AT TIME ZONE p.timezone AS previous, (${midnight(-30)}) AT TIME ZONE p.timezone AS last,
          (${midnight(1)}) AT TIME ZONE p.timezone AS tomorrow
        FROM projects p WHERE p.id = $1::int
      )
      SELECT json_build_object(
        'launchedLast30d', (SELECT count(*) ${countedSql} AND e.start_date >= w.last AND e.start_date < w.tomorrow),
        'launchedPrevious30d', (SELECT count(*) ${countedSql} AND e.start_date >= w.previous AND e.start_date < w.last),
        'activeExperiments', (SELECT count(*) ${countedSql} AND e.start_date IS NOT NULL AND e.end_date IS NULL),
        'completedLast30d', (SELECT count(*) ${countedSql} AND e.end_date >= w.last AND e.end_date < w.tomorrow)
      )::text
      FROM w`,
  implementation: `
      WITH w AS MATERIALIZED (SELECT p.id, (${midnight(-7)}) AT TIME ZONE p.timezone AS since FROM projects p WHERE p.id = $1::int)
      SELECT json_build_object('required', NOT EXISTS (
        SELECT FROM w, unnest($2::text[]) AS n (name)
        CROSS JOIN LATERAL (
          SELECT e.feature_flag_keys FROM events e
          WHERE e.project_id = w.id AND e.event = n.name AND e.timestamp BETWEEN w.since AND now()
          ORDER BY e.timestamp DESC, e.id DESC
          LIMIT 20
        ) AS newest
        WHERE newest.feature_flag_keys IS NOT NULL
      ))::text`,
  experimentsAfter: `
      WITH found AS MATERIALIZED (
        SELECT e.id, e.name, e.start_date, e.end_date, e.created_at, e.feature_flag_id, e.created_by_id
        FROM experiments e
        WHERE e.project_id = $1::int AND NOT e.deleted AND e.archived = false AND (e.created_at, e.id) < ($2::timestamptz, $3::int)
        ORDER BY e.created_at DESC, e.id DESC LIMIT 21
      ),
      page AS MATERIALIZED (SELECT * FROM found e ORDER BY e.created_at DESC, e.id DESC LIMIT 20)
      SELECT json_build_object(
        'experiments', (
          SELECT coalesce(json_agg(json_build_object(
            'id', e.id, 'name', e.name, 'startDate', e.start_date, 'endDate', e.end_date,
            'flag', json_build_object('id', f.id, 'key', f.key),
            'createdBy', CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'firstName', u.first_name, 'email', u.email) END
          ) ORDER BY e.created_at DESC, e.id DESC), '[]')
          FROM page e JOIN feature_flags f ON f.id = e.feature_flag_id LEFT JOIN users u ON u.id = e.created_by_id
        ),
        'hasNextPage', (SELECT count(*) > 20 FROM found)
      )::text`,
  flagByKey: `
      SELECT json_build_object(
        'id', f.id, 'key', f.key, 'name', f.name, 'active', f.active,
        'createdBy', CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'firstName', u.first_name, 'email', u.email) END,
        'experiments', coalesce((
          SELECT json_agg(json_build_object('id', e.id, 'name', e.name, 'startDate', e.start_date) ORDER BY e.created_at DESC, e.id DESC)
          FROM experiments e WHERE e.feature_flag_id = f.id AND NOT e.deleted
        ), '[]')
      )::text
      FROM feature_flags f LEFT JOIN users u ON u.id = f.created_by_id
      WHERE f.project_id = $1::int AND f.key = $2::text AND NOT f.deleted`,
  flagsByIds: `
      SELECT json_agg(json_build_object('id', f.id, 'key', f.key, 'name', f.name, 'active', f.active) ORDER BY f.id)::text
      FROM feature_flags f WHERE f.id = ANY ($1::int[])`,
} satisfies Record<string, string>
