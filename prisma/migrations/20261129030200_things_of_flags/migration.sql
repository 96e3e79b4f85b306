-- Lists of surveys, product tours and evaluation contexts, the newest first.
ALTER TABLE "evaluation_contexts" ADD COLUMN "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
CREATE INDEX "surveys_project_id_created_at_id_idx" ON "surveys"("project_id", "created_at", "id");
CREATE INDEX "evaluation_contexts_project_id_created_at_id_idx" ON "evaluation_contexts"("project_id", "created_at", "id");

-- What tags and creators are offered from: the rows with tags, and each creator without the rows in between.
CREATE INDEX "feature_flags_tagged_idx" ON "feature_flags" ("project_id", "id") WHERE "tags" <> '{}' AND NOT "deleted";
CREATE INDEX "feature_flags_creators_idx" ON "feature_flags" ("project_id", "created_by_id") WHERE NOT "deleted";
CREATE INDEX "experiments_tagged_idx" ON "experiments" ("project_id", "id") WHERE "tags" <> '{}' AND NOT "deleted";
CREATE INDEX "experiments_creators_idx" ON "experiments" ("project_id", "created_by_id") WHERE NOT "deleted";
CREATE INDEX "saved_metrics_creators_idx" ON "saved_metrics" ("project_id", "created_by_id");

-- The names of an event's properties. None where the text is no JSON object. Long ones are left out: they are data.
CREATE FUNCTION event_property_names(properties text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF json_typeof(properties::json) <> 'object' THEN RETURN '{}'; END IF;
  RETURN ARRAY(SELECT name FROM json_object_keys(properties::json) AS name WHERE length(name) <= 400 LIMIT 1000);
EXCEPTION
  WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
    RETURN '{}';
END $$;
