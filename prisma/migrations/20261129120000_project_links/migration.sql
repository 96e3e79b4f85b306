-- Projects that are linked to a project of PostHog, which is then the truth.
CREATE TYPE "link_mode" AS ENUM ('mirror', 'write_through');
CREATE TYPE "link_state" AS ENUM ('copying', 'following', 'failing', 'stopped');
CREATE TYPE "link_operation_state" AS ENUM ('sent', 'confirmed', 'failed', 'unknown');

CREATE TABLE "project_links" (
    "project_id" INTEGER NOT NULL,
    "mode" "link_mode" NOT NULL,
    "host" TEXT NOT NULL,
    "upstream_project_id" INTEGER NOT NULL,
    "upstream_organization_id" TEXT,
    "encrypted_key" TEXT NOT NULL,
    "key_hash" CHAR(64) NOT NULL,
    "local_approvals" BOOLEAN NOT NULL DEFAULT false,
    "state" "link_state" NOT NULL DEFAULT 'copying',
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "unreadable" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "copy" JSONB,
    "copied_at" TIMESTAMPTZ(3),
    "marks" JSONB NOT NULL DEFAULT '{}',
    "last_sync_at" TIMESTAMPTZ(3),
    "behind_by" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_error_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_round_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resync_requested_at" TIMESTAMPTZ(3),
    "reconciled_at" TIMESTAMPTZ(3),
    "last_repairs" INTEGER,
    "lease_holder" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),
    "hook_id" UUID,
    "hook_secret_hash" CHAR(64),
    "hook_function_id" TEXT,

    CONSTRAINT "project_links_pkey" PRIMARY KEY ("project_id")
);

-- Rows of the first copy. They are imported in one transaction, so that everything is in place or nothing is shown.
CREATE TABLE "link_staged_rows" (
    "project_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "upstream_id" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "link_staged_rows_pkey" PRIMARY KEY ("project_id", "kind", "upstream_id")
);

CREATE TABLE "link_skipped_rows" (
    "project_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "upstream_id" VARCHAR(100) NOT NULL,
    "reason" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "link_skipped_rows_pkey" PRIMARY KEY ("project_id", "kind", "upstream_id")
);

-- The rows of collections that say nothing of what changed in them, or of what was deleted.
CREATE TABLE "link_rows" (
    "project_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "upstream_id" VARCHAR(100) NOT NULL,
    "content_hash" CHAR(64) NOT NULL,
    "missing_since" TIMESTAMPTZ(3),
    "local_id" TEXT,

    CONSTRAINT "link_rows_pkey" PRIMARY KEY ("project_id", "kind", "upstream_id")
);

-- Rows that a webhook named, until they are read.
CREATE TABLE "link_hints" (
    "project_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "upstream_id" VARCHAR(100) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "link_hints_pkey" PRIMARY KEY ("project_id", "kind", "upstream_id")
);

-- The requests of a key of PostHog, of all servers together. Two windows each, so that the limit holds across their border.
CREATE TABLE "upstream_budgets" (
    "key_hash" CHAR(64) NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "minute_count" INTEGER NOT NULL,
    "last_minute_count" INTEGER NOT NULL DEFAULT 0,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "hour_count" INTEGER NOT NULL,
    "last_hour_count" INTEGER NOT NULL DEFAULT 0,
    "blocked_until" TIMESTAMPTZ(3),

    CONSTRAINT "upstream_budgets_pkey" PRIMARY KEY ("key_hash")
);

-- The keys of PostHog that people store for their own writes.
CREATE TABLE "upstream_keys" (
    "user_id" INTEGER NOT NULL,
    "project_id" INTEGER NOT NULL,
    "encrypted_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upstream_keys_pkey" PRIMARY KEY ("user_id", "project_id")
);

-- What was sent to PostHog. An operation whose answer was lost is resolved before anything else touches its row.
CREATE TABLE "link_operations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "project_id" INTEGER NOT NULL,
    "user_id" INTEGER,
    "command" VARCHAR(60) NOT NULL,
    "input" JSONB NOT NULL,
    "state" "link_operation_state" NOT NULL DEFAULT 'sent',
    "request_summary" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "link_operations_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "project_links_hook_id_key" ON "project_links"("hook_id");
CREATE INDEX "project_links_next_round_at_idx" ON "project_links"("next_round_at");
CREATE INDEX "project_links_key_hash_idx" ON "project_links"("key_hash");
CREATE INDEX "project_links_created_by_id_idx" ON "project_links"("created_by_id");
CREATE INDEX "link_skipped_rows_project_id_seen_at_kind_upstream_id_idx" ON "link_skipped_rows"("project_id", "seen_at", "kind", "upstream_id");
CREATE INDEX "link_hints_project_id_due_at_idx" ON "link_hints"("project_id", "due_at");
CREATE INDEX "upstream_keys_project_id_idx" ON "upstream_keys"("project_id");
CREATE INDEX "link_operations_project_id_created_at_id_idx" ON "link_operations"("project_id", "created_at", "id");
CREATE INDEX "link_operations_user_id_idx" ON "link_operations"("user_id");
-- What must be resolved.
CREATE INDEX "link_operations_unsettled_idx" ON "link_operations" ("project_id", "id") WHERE "state" IN ('sent', 'unknown');

ALTER TABLE "project_links" ADD CONSTRAINT "project_links_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "project_links" ADD CONSTRAINT "project_links_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "link_staged_rows" ADD CONSTRAINT "link_staged_rows_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_links"("project_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "link_skipped_rows" ADD CONSTRAINT "link_skipped_rows_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_links"("project_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "link_rows" ADD CONSTRAINT "link_rows_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_links"("project_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "link_hints" ADD CONSTRAINT "link_hints_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_links"("project_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "upstream_keys" ADD CONSTRAINT "upstream_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "upstream_keys" ADD CONSTRAINT "upstream_keys_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_links"("project_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "link_operations" ADD CONSTRAINT "link_operations_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_links"("project_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "link_operations" ADD CONSTRAINT "link_operations_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- The ids of what is only mirrored: change requests and policies of PostHog are shown, and decided there. Roles are named by policies.
ALTER TABLE "change_requests" ADD COLUMN "imported_id" UUID;
ALTER TABLE "approval_policies" ADD COLUMN "imported_id" UUID;
ALTER TABLE "roles" ADD COLUMN "imported_id" UUID;
CREATE UNIQUE INDEX "change_requests_project_id_imported_id_key" ON "change_requests"("project_id", "imported_id");
CREATE UNIQUE INDEX "approval_policies_project_id_imported_id_key" ON "approval_policies"("project_id", "imported_id");
CREATE UNIQUE INDEX "roles_organization_id_imported_id_key" ON "roles"("organization_id", "imported_id");

-- Rows that could not keep their number. What names them is stored with their number here.
CREATE INDEX "feature_flags_moved_idx" ON "feature_flags" ("project_id") WHERE "imported_id" <> "id";
CREATE INDEX "cohorts_moved_idx" ON "cohorts" ("project_id") WHERE "imported_id" <> "id";
CREATE INDEX "actions_moved_idx" ON "actions" ("project_id") WHERE "imported_id" <> "id";
CREATE INDEX "holdouts_moved_idx" ON "holdouts" ("project_id") WHERE "imported_id" <> "id";
