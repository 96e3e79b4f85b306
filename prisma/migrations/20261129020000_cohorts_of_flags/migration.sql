-- The cohorts that the conditions of a flag name, as far as they can be numbers of cohorts. They may be deleted, or of another project.
CREATE FUNCTION condition_cohort_ids(filters jsonb) RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT id ORDER BY id), '{}')
  FROM (
    SELECT CASE WHEN named.id ~ '^[0-9]{1,10}$' THEN CASE WHEN named.id::bigint BETWEEN 1 AND 2147483647 THEN named.id::int END END AS id
    FROM jsonb_path_query(filters, 'lax $.groups[*].properties[*] ? (@.type == "cohort").value') AS property (value)
    CROSS JOIN LATERAL (SELECT property.value #>> '{}' AS id) AS named
  ) AS numbers
  WHERE id IS NOT NULL
$$;
ALTER TABLE "feature_flags"
  ADD COLUMN "condition_cohort_ids" INTEGER[] NOT NULL GENERATED ALWAYS AS (condition_cohort_ids("filters")) STORED;

-- For the flags that use a cohort. The project is a bigint, as no other index has it: PostgreSQL would rather read all flags of the project.
CREATE INDEX "feature_flags_condition_cohort_ids_idx" ON "feature_flags"
  USING gin (("project_id"::bigint), "condition_cohort_ids") WITH (fastupdate = off) WHERE NOT "deleted";

-- The order of the list of cohorts.
CREATE INDEX "cohorts_created_at_idx" ON "cohorts" ("project_id", "created_at", "id") WHERE NOT "deleted";
