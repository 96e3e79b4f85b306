-- What flags and cohorts depend on, at any depth. These are functions because PostgreSQL cannot know how little a recursion finds: it would
-- compile the statement first, which takes a second, and plan it anew each time. OFFSET 0 keeps it from turning look-ups into joins.

-- The numbers of flags, and of those that their conditions name by number or key, in the same project. At most `most`; `roots` come first.
CREATE FUNCTION flags_with_dependencies(roots int[], most int) RETURNS SETOF int
LANGUAGE plpgsql STABLE ROWS 100 SET jit = off AS $$
BEGIN
  RETURN QUERY
  WITH RECURSIVE needed (id, project_id) AS (
    SELECT f.id, f.project_id
    FROM unnest(roots) AS root (id)
    CROSS JOIN LATERAL (SELECT o.id, o.project_id FROM feature_flags o WHERE o.id = root.id OFFSET 0) AS f
    UNION
    SELECT other.id, n.project_id
    FROM needed n
    CROSS JOIN LATERAL (SELECT o.filters FROM feature_flags o WHERE o.id = n.id OFFSET 0) AS f
    CROSS JOIN LATERAL (
      SELECT key #>> '{}' AS name
      FROM jsonb_path_query(f.filters, 'lax $.groups[*].properties[*] ? (@.type == "flag").key') AS property (key)
    ) AS named
    CROSS JOIN LATERAL (
      (
        SELECT o.id FROM feature_flags o
        WHERE o.id = CASE WHEN named.name ~ '^[0-9]{1,10}$' THEN named.name::bigint END AND o.project_id = n.project_id OFFSET 0
      )
      UNION ALL
      (SELECT o.id FROM feature_flags o WHERE o.project_id = n.project_id AND o.key = named.name AND NOT o.deleted OFFSET 0)
    ) AS other
  )
  SELECT n.id FROM needed n LIMIT most;
END $$;

-- The numbers of cohorts, and of those that their definitions name, in the same project. Deleted ones are left out.
CREATE FUNCTION cohorts_with_dependencies(roots int[], most int) RETURNS SETOF int
LANGUAGE plpgsql STABLE ROWS 100 SET jit = off AS $$
BEGIN
  RETURN QUERY
  WITH RECURSIVE needed (id, project_id) AS (
    SELECT c.id, c.project_id
    FROM unnest(roots) AS root (id)
    CROSS JOIN LATERAL (SELECT o.id, o.project_id FROM cohorts o WHERE o.id = root.id AND NOT o.deleted OFFSET 0) AS c
    UNION
    SELECT other.id, n.project_id
    FROM needed n
    CROSS JOIN LATERAL (SELECT o.filters FROM cohorts o WHERE o.id = n.id AND NOT o.is_static OFFSET 0) AS c
    CROSS JOIN LATERAL (
      SELECT value #>> '{}' AS id FROM jsonb_path_query(c.filters, 'lax $.properties.** ? (@.type == "cohort").value') AS leaf (value)
    ) AS named
    CROSS JOIN LATERAL (
      SELECT o.id FROM cohorts o
      WHERE o.id = CASE WHEN named.id ~ '^[0-9]{1,10}$' THEN named.id::bigint END AND o.project_id = n.project_id AND NOT o.deleted OFFSET 0
    ) AS other
  )
  SELECT n.id FROM needed n LIMIT most;
END $$;
