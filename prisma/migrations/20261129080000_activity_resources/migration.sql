-- A request names what it is about, as that was called then. Older ones get the name of today.
ALTER TABLE "change_requests" ADD COLUMN "resource_name" VARCHAR(400) NOT NULL DEFAULT '';
UPDATE "change_requests" c SET "resource_name" = coalesce(
  CASE WHEN c."resource_type" = 'EXPERIMENT'
    THEN coalesce((SELECT e."name" FROM "experiments" e WHERE e."id" = c."resource_id"), left(c."after" ->> 'name', 400))
    ELSE coalesce((SELECT f."key" FROM "feature_flags" f WHERE f."id" = c."feature_flag_id"), left(substring(c."target_key" FROM '^create:(.*)$'), 400))
  END, '');

-- What the older entries are about. Their names of that time are not known.
UPDATE "activity_log" a SET "resource_type" = CASE
    WHEN a."activity" IN ('createApprovalPolicy', 'updateApprovalPolicy', 'deleteApprovalPolicy') THEN 'APPROVAL_POLICY'
    WHEN a."activity" IN ('requestChange', 'approveChangeRequest', 'rejectChangeRequest', 'cancelChangeRequest', 'retryChangeRequest',
      'expireChangeRequest') THEN 'CHANGE_REQUEST'
    WHEN a."experiment_id" IS NOT NULL THEN 'EXPERIMENT'
    WHEN a."feature_flag_id" IS NOT NULL THEN 'FEATURE_FLAG'
    -- A policy for a change that would create its object was bypassed.
    ELSE (SELECT c."resource_type" FROM "change_requests" c WHERE c."id" = a."change_request_id")
  END
WHERE a."resource_type" IS NULL;

ALTER TABLE "activity_log" ADD CONSTRAINT "activity_log_resource_type_check" CHECK ("resource_type" IN (
  'FEATURE_FLAG', 'EXPERIMENT', 'HOLDOUT', 'SAVED_METRIC', 'CHANGE_REQUEST', 'APPROVAL_POLICY', 'PROJECT_SETTINGS'
));

-- The trail of a project and of an organization, the newest first, and by the filters that pass few entries.
DROP INDEX "activity_log_project_id_idx";
CREATE INDEX "activity_log_project_id_created_at_id_idx" ON "activity_log"("project_id", "created_at", "id");
CREATE INDEX "activity_log_project_id_user_id_created_at_id_idx" ON "activity_log"("project_id", "user_id", "created_at", "id");
CREATE INDEX "activity_log_project_id_activity_created_at_id_idx" ON "activity_log"("project_id", "activity", "created_at", "id");
CREATE INDEX "activity_log_project_id_resource_type_created_at_id_idx" ON "activity_log"("project_id", "resource_type", "created_at", "id");
CREATE INDEX "activity_log_organization_id_created_at_id_idx" ON "activity_log"("organization_id", "created_at", "id");
CREATE INDEX "activity_log_holdout_id_created_at_id_idx" ON "activity_log"("holdout_id", "created_at", "id");
CREATE INDEX "activity_log_saved_metric_id_created_at_id_idx" ON "activity_log"("saved_metric_id", "created_at", "id");
CREATE INDEX "activity_log_policy_id_created_at_id_idx" ON "activity_log"("policy_id", "created_at", "id");
