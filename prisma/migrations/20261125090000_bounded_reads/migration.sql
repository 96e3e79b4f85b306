-- The project is held as a bigint here, so that a statement that asks for it so is served by this index and by no other: PostgreSQL takes
-- every project for an average one, and would rather read a large one in some order than ask for a rare text.
DROP INDEX "feature_flags_eligible_search_idx";
CREATE INDEX "feature_flags_eligible_search_idx" ON "feature_flags"
  USING gin (("project_id"::bigint), ("key" || E'\n' || "name") gin_trgm_ops) WITH (fastupdate = off) WHERE "ineligibility" = '{}';

-- Experiments in the order of their status (src/experiments/status.ts).
CREATE INDEX "experiments_status_idx" ON "experiments" (
  "project_id", "archived", (CASE WHEN "start_date" IS NULL THEN 0 WHEN "end_date" IS NULL THEN 1 ELSE 2 END::float8), "id"
) WHERE NOT "deleted";

-- The open requests of a project and of a flag, in the order of each page: few, and else looked for among all there ever were.
CREATE INDEX "change_requests_open_created_at_idx" ON "change_requests" ("project_id", "created_at", "id")
  WHERE "state" IN ('PENDING', 'APPROVED');
CREATE INDEX "change_requests_open_of_flag_idx" ON "change_requests" ("feature_flag_id", "created_at", "id")
  WHERE "state" IN ('PENDING', 'APPROVED');
