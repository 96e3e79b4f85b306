-- Experiments in the order of their conclusion (src/features/experiments/data/experimentSql.ts).
CREATE INDEX "experiments_conclusion_idx" ON "experiments" (
  "project_id", "archived",
  (CASE "conclusion" WHEN 'won' THEN 0 WHEN 'lost' THEN 1 WHEN 'inconclusive' THEN 2 WHEN 'stopped_early' THEN 3 WHEN 'invalid' THEN 4 ELSE 'Infinity'::float8 END),
  "id"
) WHERE NOT "deleted";

-- Experiments by tag. The project is a bigint here, so that only a statement that asks for it so uses this index.
CREATE INDEX "experiments_tags_idx" ON "experiments" USING gin (("project_id"::bigint), "tags") WITH (fastupdate = off) WHERE NOT "deleted";
