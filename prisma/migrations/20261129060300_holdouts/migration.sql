-- Policies and change requests for holdouts.
ALTER TABLE "approval_policies" DROP CONSTRAINT "approval_policies_action_key_check";
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_action_key_check" CHECK ("action_key" IN (
  'FEATURE_FLAG_ENABLE', 'FEATURE_FLAG_DISABLE', 'FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_DELETE',
  'EXPERIMENT_LAUNCH', 'EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE', 'EXPERIMENT_HOLDOUT_UPDATE', 'EXPERIMENT_HOLDOUT_DELETE'
));
ALTER TABLE "change_requests" DROP CONSTRAINT "change_requests_resource_type_check";
ALTER TABLE "change_requests" ADD CONSTRAINT "change_requests_resource_type_check"
  CHECK ("resource_type" IN ('FEATURE_FLAG', 'EXPERIMENT', 'EXPERIMENT_HOLDOUT'));

-- The number of the holdout that a flag's filters name; NULL for none, and for what is no number of a row.
CREATE FUNCTION holdout_number(filters jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN jsonb_typeof(filters #> '{holdout,id}') <> 'number' THEN NULL
    WHEN (filters #> '{holdout,id}')::numeric NOT BETWEEN 1 AND 2147483647 THEN NULL
    WHEN (filters #> '{holdout,id}')::numeric % 1 <> 0 THEN NULL
    ELSE (filters #> '{holdout,id}')::numeric::integer
  END
$$;
ALTER TABLE "feature_flags" ADD COLUMN "holdout_number" INTEGER GENERATED ALWAYS AS (holdout_number(filters)) STORED;

CREATE INDEX "feature_flags_of_holdout_idx" ON "feature_flags" ("project_id", "holdout_number", "created_at", "id") WHERE "holdout_number" IS NOT NULL;
CREATE INDEX "holdouts_created_at_idx" ON "holdouts" ("project_id", "created_at", "id");
