-- CreateEnum
CREATE TYPE "change_request_state" AS ENUM ('PENDING', 'APPROVED', 'APPLIED', 'REJECTED', 'CANCELED', 'EXPIRED', 'FAILED');

-- CreateEnum
CREATE TYPE "change_request_validation_status" AS ENUM ('VALID', 'INVALID', 'STALE');

-- CreateEnum
CREATE TYPE "approval_decision" AS ENUM ('APPROVED', 'REJECTED');

-- CreateTable
CREATE TABLE "approval_policies" (
    "id" SERIAL NOT NULL,
    "organization_id" UUID NOT NULL,
    "project_id" INTEGER,
    "action_key" VARCHAR(40) NOT NULL,
    "conditions" JSONB NOT NULL DEFAULT '{}',
    "quorum" INTEGER NOT NULL,
    "approver_user_ids" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "approver_role_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "allow_self_approve" BOOLEAN NOT NULL DEFAULT false,
    "bypass_membership_levels" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "bypass_role_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "expires_after_seconds" INTEGER NOT NULL DEFAULT 1209600,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_policies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change_requests" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "action_key" VARCHAR(40) NOT NULL,
    "resource_type" VARCHAR(20) NOT NULL,
    "resource_id" INTEGER,
    "feature_flag_id" INTEGER,
    "target_key" TEXT NOT NULL,
    "operation" VARCHAR(60) NOT NULL,
    "input" JSONB NOT NULL,
    "description" TEXT NOT NULL,
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "preconditions" JSONB NOT NULL,
    "policy_snapshot" JSONB NOT NULL,
    "validation_status" "change_request_validation_status" NOT NULL DEFAULT 'VALID',
    "validation_error" TEXT,
    "validated_at" TIMESTAMPTZ(3),
    "state" "change_request_state" NOT NULL DEFAULT 'PENDING',
    "requested_by_id" INTEGER,
    "decided_by_id" INTEGER,
    "cancel_reason" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),
    "apply_error" TEXT,
    "apply_failure" VARCHAR(40),
    "result_version" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "change_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approvals" (
    "id" SERIAL NOT NULL,
    "change_request_id" INTEGER NOT NULL,
    "created_by_id" INTEGER,
    "decision" "approval_decision" NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approvals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "activity_log" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER,
    "organization_id" UUID NOT NULL,
    "activity" VARCHAR(60) NOT NULL,
    "user_id" INTEGER,
    "key_mask" VARCHAR(11),
    "experiment_id" INTEGER,
    "feature_flag_id" INTEGER,
    "change_request_id" INTEGER,
    "policy_id" INTEGER,
    "detail" TEXT NOT NULL DEFAULT '',
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "activity_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "approval_policies_project_id_idx" ON "approval_policies"("project_id");

-- CreateIndex
CREATE INDEX "approval_policies_created_by_id_idx" ON "approval_policies"("created_by_id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_policies_organization_id_project_id_action_key_key" ON "approval_policies"("organization_id", "project_id", "action_key") NULLS NOT DISTINCT;

-- CreateIndex
CREATE INDEX "change_requests_project_id_created_at_id_idx" ON "change_requests"("project_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "change_requests_feature_flag_id_created_at_id_idx" ON "change_requests"("feature_flag_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "change_requests_project_id_resource_type_resource_id_create_idx" ON "change_requests"("project_id", "resource_type", "resource_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "change_requests_requested_by_id_idx" ON "change_requests"("requested_by_id");

-- CreateIndex
CREATE INDEX "change_requests_decided_by_id_idx" ON "change_requests"("decided_by_id");

-- CreateIndex
CREATE INDEX "approvals_created_by_id_idx" ON "approvals"("created_by_id");

-- CreateIndex
CREATE UNIQUE INDEX "approvals_change_request_id_created_by_id_key" ON "approvals"("change_request_id", "created_by_id");

-- CreateIndex
CREATE INDEX "activity_log_experiment_id_created_at_id_idx" ON "activity_log"("experiment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "activity_log_feature_flag_id_created_at_id_idx" ON "activity_log"("feature_flag_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "activity_log_change_request_id_created_at_id_idx" ON "activity_log"("change_request_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "activity_log_project_id_idx" ON "activity_log"("project_id");

-- CreateIndex
CREATE INDEX "activity_log_user_id_idx" ON "activity_log"("user_id");

-- AddForeignKey
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_requests" ADD CONSTRAINT "change_requests_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_requests" ADD CONSTRAINT "change_requests_project_id_feature_flag_id_fkey" FOREIGN KEY ("project_id", "feature_flag_id") REFERENCES "feature_flags"("project_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_requests" ADD CONSTRAINT "change_requests_requested_by_id_fkey" FOREIGN KEY ("requested_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_requests" ADD CONSTRAINT "change_requests_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_change_request_id_fkey" FOREIGN KEY ("change_request_id") REFERENCES "change_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_log" ADD CONSTRAINT "activity_log_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_log" ADD CONSTRAINT "activity_log_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_log" ADD CONSTRAINT "activity_log_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_log" ADD CONSTRAINT "activity_log_feature_flag_id_fkey" FOREIGN KEY ("feature_flag_id") REFERENCES "feature_flags"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_log" ADD CONSTRAINT "activity_log_change_request_id_fkey" FOREIGN KEY ("change_request_id") REFERENCES "change_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Check constraints.
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_action_key_check" CHECK ("action_key" IN (
  'FEATURE_FLAG_ENABLE', 'FEATURE_FLAG_DISABLE', 'FEATURE_FLAG_UPDATE', 'FEATURE_FLAG_DELETE',
  'EXPERIMENT_LAUNCH', 'EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE'
));
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_quorum_check" CHECK ("quorum" >= 1);
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_expires_after_seconds_check" CHECK ("expires_after_seconds" >= 1);
ALTER TABLE "approval_policies" ADD CONSTRAINT "approval_policies_bypass_membership_levels_check"
  CHECK ("bypass_membership_levels" <@ ARRAY[1, 8, 15]);
ALTER TABLE "change_requests" ADD CONSTRAINT "change_requests_resource_type_check" CHECK ("resource_type" IN ('FEATURE_FLAG', 'EXPERIMENT'));
ALTER TABLE "change_requests" ADD CONSTRAINT "change_requests_applied_at_check" CHECK (("state" = 'APPLIED') = ("applied_at" IS NOT NULL));

-- One open request for an action on a flag. It decides between callers that ask at once (approvals.md 10).
CREATE UNIQUE INDEX "change_requests_open_key" ON "change_requests" ("project_id", "action_key", "target_key")
  WHERE "state" IN ('PENDING', 'APPROVED');

-- What the jobs look for.
CREATE INDEX "change_requests_open_expires_at_idx" ON "change_requests" ("expires_at") WHERE "state" IN ('PENDING', 'APPROVED');
CREATE INDEX "change_requests_open_id_idx" ON "change_requests" ("id") WHERE "state" IN ('PENDING', 'APPROVED');
