-- Both are contrib modules that a database's owner may create ("trusted" since PostgreSQL 13).
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Why no experiment may use a flag, as far as the flag's own row tells (experiments.md 3); {} when one may. The types are
-- looked at before the values: malformed filters make a flag ineligible and never an error.
CREATE FUNCTION experiment_ineligibility(filters jsonb, deleted boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_remove(
    ARRAY[
      CASE WHEN deleted THEN 'DELETED' END,
      CASE
        WHEN jsonb_typeof(filters #> '{multivariate,variants}') IS DISTINCT FROM 'array' THEN 'NOT_MULTIVARIATE'
        WHEN jsonb_array_length(filters #> '{multivariate,variants}') < 2 THEN 'TOO_FEW_VARIANTS'
      END,
      CASE
        WHEN jsonb_typeof(filters #> '{multivariate,variants}') IS DISTINCT FROM 'array' THEN NULL
        WHEN jsonb_array_length(filters #> '{multivariate,variants}') = 0 THEN NULL
        WHEN filters #> '{multivariate,variants,0,key}' IS DISTINCT FROM '"control"'::jsonb THEN 'CONTROL_NOT_FIRST'
      END
    ],
    NULL
  )
$$;

-- The flags that the `$feature/...` keys of a JSON object name; NULL when it has no such key, or is no object.
CREATE FUNCTION json_feature_flag_keys(properties json) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN json_typeof(properties) = 'object' THEN (
      SELECT array_remove(array_agg(DISTINCT substr(name, 10)), '')
      FROM json_object_keys(properties) AS name
      WHERE starts_with(name, '$feature/')
    )
  END
$$;

-- The flags that an event's `$feature/...` properties name (experiments.md 5.5); NULL when it has no such property, {} when it
-- has one that names no flag. Text that is not JSON is searched as text.
CREATE FUNCTION event_feature_flag_keys(properties text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- Nearly every event ends here, without being parsed. An escape may hide the word, so it is looked into.
  IF strpos(properties, 'feature') = 0 AND strpos(properties, '\u') = 0 THEN
    RETURN NULL;
  END IF;
  BEGIN
    RETURN json_feature_flag_keys(properties::json);
  EXCEPTION
    WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
      NULL;
  END;
  -- Escapes that JSON allows and PostgreSQL cannot keep: NUL and surrogates. No flag's key has one.
  BEGIN
    RETURN json_feature_flag_keys(
      regexp_replace(properties, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1?', 'g')::json
    );
  EXCEPTION
    WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
      NULL;
  END;
  IF strpos(replace(properties, '\/', '/'), '$feature/') = 0 THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT coalesce(array_agg(DISTINCT name[1]), '{}')
    FROM regexp_matches(replace(properties, '\/', '/'), '\$feature/([a-zA-Z0-9_-]+)', 'g') AS name
  );
END
$$;

-- CreateEnum
CREATE TYPE "evaluation_runtime" AS ENUM ('server', 'client', 'all');

-- CreateEnum
CREATE TYPE "bucketing_identifier" AS ENUM ('distinct_id', 'device_id');

-- CreateEnum
CREATE TYPE "experiment_type" AS ENUM ('web', 'product');

-- CreateEnum
CREATE TYPE "experiment_conclusion" AS ENUM ('won', 'lost', 'inconclusive', 'stopped_early', 'invalid');

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" VARCHAR(64) NOT NULL,
    "members_can_use_personal_api_keys" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "first_name" VARCHAR(150) NOT NULL DEFAULT '',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_memberships" (
    "organization_id" UUID NOT NULL,
    "user_id" INTEGER NOT NULL,
    "level" SMALLINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_memberships_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "roles" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organization_id" UUID NOT NULL,
    "name" VARCHAR(200) NOT NULL,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_memberships" (
    "role_id" UUID NOT NULL,
    "user_id" INTEGER NOT NULL,

    CONSTRAINT "role_memberships_pkey" PRIMARY KEY ("role_id","user_id")
);

-- CreateTable
CREATE TABLE "projects" (
    "id" SERIAL NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "timezone" VARCHAR(100) NOT NULL DEFAULT 'UTC',
    "flags_persistence_default" BOOLEAN NOT NULL DEFAULT false,
    "require_evaluation_contexts" BOOLEAN NOT NULL DEFAULT false,
    "default_experiment_stats_method" VARCHAR(20),
    "default_experiment_confidence_level" DECIMAL(3,2),
    "default_only_count_matured_users" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "personal_api_keys" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" INTEGER NOT NULL,
    "label" VARCHAR(40) NOT NULL,
    "secure_value" VARCHAR(71) NOT NULL,
    "mask" VARCHAR(11) NOT NULL,
    "scopes" TEXT[] NOT NULL,
    "scoped_projects" INTEGER[] NOT NULL DEFAULT ARRAY[]::INTEGER[],
    "scoped_organizations" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "personal_api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feature_flags" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "filters" JSONB NOT NULL DEFAULT '{}',
    "active" BOOLEAN NOT NULL DEFAULT true,
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "ensure_experience_continuity" BOOLEAN NOT NULL DEFAULT false,
    "evaluation_runtime" "evaluation_runtime" NOT NULL DEFAULT 'all',
    "bucketing_identifier" "bucketing_identifier" NOT NULL DEFAULT 'distinct_id',
    "is_remote_configuration" BOOLEAN NOT NULL DEFAULT false,
    "has_encrypted_payloads" BOOLEAN NOT NULL DEFAULT false,
    "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "last_called_at" TIMESTAMPTZ(3),
    "created_by_id" INTEGER,
    "last_modified_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3),
    "imported_id" INTEGER,
    "ineligibility" TEXT[] NOT NULL GENERATED ALWAYS AS (experiment_ineligibility(filters, deleted)) STORED,

    CONSTRAINT "feature_flags_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evaluation_contexts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,

    CONSTRAINT "evaluation_contexts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feature_flag_evaluation_contexts" (
    "feature_flag_id" INTEGER NOT NULL,
    "evaluation_context_id" UUID NOT NULL,

    CONSTRAINT "feature_flag_evaluation_contexts_pkey" PRIMARY KEY ("feature_flag_id","evaluation_context_id")
);

-- CreateTable
CREATE TABLE "experiments" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "description" VARCHAR(3000),
    "type" "experiment_type" NOT NULL DEFAULT 'product',
    "feature_flag_id" INTEGER NOT NULL,
    "feature_flag_auto_archived" BOOLEAN NOT NULL DEFAULT false,
    "parameters" JSONB,
    "running_time_calculation" JSONB,
    "filters" JSONB NOT NULL DEFAULT '{}',
    "metrics" JSONB DEFAULT '[]',
    "metrics_secondary" JSONB DEFAULT '[]',
    "secondary_metrics" JSONB DEFAULT '[]',
    "primary_metrics_ordered_uuids" JSONB,
    "secondary_metrics_ordered_uuids" JSONB,
    "stats_config" JSONB,
    "exposure_criteria" JSONB,
    "scheduling_config" JSONB,
    "only_count_matured_users" BOOLEAN NOT NULL DEFAULT false,
    "holdout_id" INTEGER,
    "exposure_cohort_id" INTEGER,
    "start_date" TIMESTAMPTZ(3),
    "end_date" TIMESTAMPTZ(3),
    "conclusion" "experiment_conclusion",
    "conclusion_comment" TEXT,
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "variants" JSONB,
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "imported_id" INTEGER,

    CONSTRAINT "experiments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "holdouts" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "description" VARCHAR(400),
    "filters" JSONB NOT NULL DEFAULT '[]',
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "holdouts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "saved_metrics" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "description" VARCHAR(400),
    "query" JSONB NOT NULL,
    "metadata" JSONB,
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_metrics_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "experiment_saved_metrics" (
    "experiment_id" INTEGER NOT NULL,
    "saved_metric_id" INTEGER NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{"type": "primary"}',

    CONSTRAINT "experiment_saved_metrics_pkey" PRIMARY KEY ("experiment_id","saved_metric_id")
);

-- CreateTable
CREATE TABLE "prompts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "prompt" JSONB NOT NULL,
    "config" JSONB,
    "version" INTEGER NOT NULL,
    "is_latest" BOOLEAN NOT NULL DEFAULT false,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "prompts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "actions" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "steps" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "actions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "project_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "event" VARCHAR(400) NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "distinct_id" VARCHAR(400) NOT NULL,
    "properties" TEXT NOT NULL,
    "feature_flag_keys" TEXT[] GENERATED ALWAYS AS (event_feature_flag_keys(properties)) STORED,

    CONSTRAINT "events_pkey" PRIMARY KEY ("project_id","id")
);

-- CreateTable
CREATE TABLE "surveys" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "targeting_flag_id" INTEGER,
    "internal_targeting_flag_id" INTEGER,
    "internal_response_sampling_flag_id" INTEGER,
    "linked_flag_id" INTEGER,
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "surveys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_tours" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "internal_targeting_flag_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_tours_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "organization_memberships_user_id_idx" ON "organization_memberships"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "roles_organization_id_name_key" ON "roles"("organization_id", "name");

-- CreateIndex
CREATE INDEX "role_memberships_user_id_idx" ON "role_memberships"("user_id");

-- CreateIndex
CREATE INDEX "projects_organization_id_idx" ON "projects"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "personal_api_keys_secure_value_key" ON "personal_api_keys"("secure_value");

-- CreateIndex
CREATE INDEX "personal_api_keys_user_id_idx" ON "personal_api_keys"("user_id");

-- CreateIndex
CREATE INDEX "feature_flags_created_by_id_idx" ON "feature_flags"("created_by_id");

-- CreateIndex
CREATE INDEX "feature_flags_last_modified_by_id_idx" ON "feature_flags"("last_modified_by_id");

-- CreateIndex
CREATE UNIQUE INDEX "feature_flags_project_id_id_key" ON "feature_flags"("project_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "feature_flags_project_id_imported_id_key" ON "feature_flags"("project_id", "imported_id");

-- CreateIndex
CREATE UNIQUE INDEX "evaluation_contexts_project_id_name_key" ON "evaluation_contexts"("project_id", "name");

-- CreateIndex
CREATE INDEX "feature_flag_evaluation_contexts_evaluation_context_id_idx" ON "feature_flag_evaluation_contexts"("evaluation_context_id");

-- CreateIndex
CREATE INDEX "experiments_project_id_feature_flag_id_idx" ON "experiments"("project_id", "feature_flag_id");

-- CreateIndex
CREATE INDEX "experiments_holdout_id_idx" ON "experiments"("holdout_id");

-- CreateIndex
CREATE INDEX "experiments_created_by_id_idx" ON "experiments"("created_by_id");

-- CreateIndex
CREATE UNIQUE INDEX "experiments_project_id_imported_id_key" ON "experiments"("project_id", "imported_id");

-- CreateIndex
CREATE INDEX "holdouts_project_id_idx" ON "holdouts"("project_id");

-- CreateIndex
CREATE INDEX "holdouts_created_by_id_idx" ON "holdouts"("created_by_id");

-- CreateIndex
CREATE INDEX "saved_metrics_project_id_idx" ON "saved_metrics"("project_id");

-- CreateIndex
CREATE INDEX "saved_metrics_created_by_id_idx" ON "saved_metrics"("created_by_id");

-- CreateIndex
CREATE INDEX "experiment_saved_metrics_saved_metric_id_idx" ON "experiment_saved_metrics"("saved_metric_id");

-- CreateIndex
CREATE INDEX "prompts_project_id_name_idx" ON "prompts"("project_id", "name");

-- CreateIndex
CREATE INDEX "actions_project_id_idx" ON "actions"("project_id");

-- CreateIndex
CREATE INDEX "events_project_id_event_timestamp_id_idx" ON "events"("project_id", "event", "timestamp" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "surveys_project_id_targeting_flag_id_idx" ON "surveys"("project_id", "targeting_flag_id");

-- CreateIndex
CREATE INDEX "surveys_project_id_internal_targeting_flag_id_idx" ON "surveys"("project_id", "internal_targeting_flag_id");

-- CreateIndex
CREATE INDEX "surveys_project_id_internal_response_sampling_flag_id_idx" ON "surveys"("project_id", "internal_response_sampling_flag_id");

-- CreateIndex
CREATE INDEX "surveys_project_id_linked_flag_id_idx" ON "surveys"("project_id", "linked_flag_id");

-- CreateIndex
CREATE INDEX "product_tours_project_id_internal_targeting_flag_id_idx" ON "product_tours"("project_id", "internal_targeting_flag_id");

-- AddForeignKey
ALTER TABLE "organization_memberships" ADD CONSTRAINT "organization_memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_memberships" ADD CONSTRAINT "organization_memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "roles" ADD CONSTRAINT "roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_memberships" ADD CONSTRAINT "role_memberships_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_memberships" ADD CONSTRAINT "role_memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "projects" ADD CONSTRAINT "projects_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "personal_api_keys" ADD CONSTRAINT "personal_api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_last_modified_by_id_fkey" FOREIGN KEY ("last_modified_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evaluation_contexts" ADD CONSTRAINT "evaluation_contexts_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature_flag_evaluation_contexts" ADD CONSTRAINT "feature_flag_evaluation_contexts_feature_flag_id_fkey" FOREIGN KEY ("feature_flag_id") REFERENCES "feature_flags"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature_flag_evaluation_contexts" ADD CONSTRAINT "feature_flag_evaluation_contexts_evaluation_context_id_fkey" FOREIGN KEY ("evaluation_context_id") REFERENCES "evaluation_contexts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_project_id_feature_flag_id_fkey" FOREIGN KEY ("project_id", "feature_flag_id") REFERENCES "feature_flags"("project_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_holdout_id_fkey" FOREIGN KEY ("holdout_id") REFERENCES "holdouts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holdouts" ADD CONSTRAINT "holdouts_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holdouts" ADD CONSTRAINT "holdouts_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_metrics" ADD CONSTRAINT "saved_metrics_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_metrics" ADD CONSTRAINT "saved_metrics_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment_saved_metrics" ADD CONSTRAINT "experiment_saved_metrics_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment_saved_metrics" ADD CONSTRAINT "experiment_saved_metrics_saved_metric_id_fkey" FOREIGN KEY ("saved_metric_id") REFERENCES "saved_metrics"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prompts" ADD CONSTRAINT "prompts_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "actions" ADD CONSTRAINT "actions_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "surveys" ADD CONSTRAINT "surveys_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "surveys" ADD CONSTRAINT "surveys_project_id_targeting_flag_id_fkey" FOREIGN KEY ("project_id", "targeting_flag_id") REFERENCES "feature_flags"("project_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "surveys" ADD CONSTRAINT "surveys_project_id_internal_targeting_flag_id_fkey" FOREIGN KEY ("project_id", "internal_targeting_flag_id") REFERENCES "feature_flags"("project_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "surveys" ADD CONSTRAINT "surveys_project_id_internal_response_sampling_flag_id_fkey" FOREIGN KEY ("project_id", "internal_response_sampling_flag_id") REFERENCES "feature_flags"("project_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "surveys" ADD CONSTRAINT "surveys_project_id_linked_flag_id_fkey" FOREIGN KEY ("project_id", "linked_flag_id") REFERENCES "feature_flags"("project_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_tours" ADD CONSTRAINT "product_tours_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_tours" ADD CONSTRAINT "product_tours_project_id_internal_targeting_flag_id_fkey" FOREIGN KEY ("project_id", "internal_targeting_flag_id") REFERENCES "feature_flags"("project_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Check constraints: the bounds and shapes of section 1.
ALTER TABLE "users" ADD CONSTRAINT "users_email_check" CHECK ("email" = lower("email"));
ALTER TABLE "organization_memberships" ADD CONSTRAINT "organization_memberships_level_check" CHECK ("level" IN (1, 8, 15));
ALTER TABLE "projects" ADD CONSTRAINT "projects_timezone_check" CHECK ("timezone" <> '');
ALTER TABLE "projects" ADD CONSTRAINT "projects_default_experiment_stats_method_check"
  CHECK ("default_experiment_stats_method" IN ('bayesian', 'frequentist'));
ALTER TABLE "projects" ADD CONSTRAINT "projects_default_experiment_confidence_level_check"
  CHECK ("default_experiment_confidence_level" BETWEEN 0 AND 1);
ALTER TABLE "personal_api_keys" ADD CONSTRAINT "personal_api_keys_secure_value_check" CHECK ("secure_value" ~ '^sha256\$[0-9a-f]{64}$');
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_key_length_check" CHECK (char_length("key") BETWEEN 1 AND 400);
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_key_check" CHECK ("deleted" OR "key" ~ '^[a-zA-Z0-9_-]+$');
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_filters_check" CHECK (jsonb_typeof("filters") = 'object');
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_archived_check" CHECK (NOT ("archived" AND "active"));
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_bucketing_check"
  CHECK (NOT ("ensure_experience_continuity" AND "bucketing_identifier" = 'device_id'));
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_encrypted_payloads_check"
  CHECK ("is_remote_configuration" OR NOT "has_encrypted_payloads");
ALTER TABLE "evaluation_contexts" ADD CONSTRAINT "evaluation_contexts_name_check" CHECK ("name" <> '' AND "name" = lower(btrim("name")));
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_filters_check" CHECK (jsonb_typeof("filters") = 'object');
ALTER TABLE "holdouts" ADD CONSTRAINT "holdouts_filters_check" CHECK (jsonb_typeof("filters") = 'array');
ALTER TABLE "prompts" ADD CONSTRAINT "prompts_version_check" CHECK ("version" >= 1);
ALTER TABLE "prompts" ADD CONSTRAINT "prompts_is_latest_check" CHECK (NOT ("is_latest" AND "deleted"));
ALTER TABLE "actions" ADD CONSTRAINT "actions_steps_check" CHECK (jsonb_typeof("steps") = 'array');

-- Uniqueness that holds among live rows only.
CREATE UNIQUE INDEX "feature_flags_project_id_key_live_key" ON "feature_flags" ("project_id", "key") WHERE NOT "deleted";
CREATE UNIQUE INDEX "prompts_project_id_name_version_live_key" ON "prompts" ("project_id", "name", "version") WHERE NOT "deleted";
CREATE UNIQUE INDEX "prompts_project_id_name_latest_key" ON "prompts" ("project_id", "name") WHERE "is_latest" AND NOT "deleted";

-- Eligible flags, in the order of each page (src/paging/keyset.ts). Text is ordered by code point, so that a cursor means the
-- same on every database, and only by its first 400 characters, which fit into an index entry.
CREATE INDEX "feature_flags_eligible_created_at_idx" ON "feature_flags" ("project_id", "created_at", "id") WHERE "ineligibility" = '{}';
CREATE INDEX "feature_flags_eligible_key_idx" ON "feature_flags" ("project_id", "key" COLLATE "C", "id") WHERE "ineligibility" = '{}';
CREATE INDEX "feature_flags_eligible_name_idx" ON "feature_flags" ("project_id", (left("name", 400)) COLLATE "C", "id") WHERE "ineligibility" = '{}';
CREATE INDEX "feature_flags_eligible_search_idx" ON "feature_flags"
  USING gin ("project_id", ("key" || E'\n' || "name") gin_trgm_ops) WITH (fastupdate = off) WHERE "ineligibility" = '{}';

-- Experiments, in the order of each page. A missing date stands after every date, as in the reference.
CREATE INDEX "experiments_created_at_idx" ON "experiments" ("project_id", "archived", "created_at", "id") WHERE NOT "deleted";
CREATE INDEX "experiments_updated_at_idx" ON "experiments" ("project_id", "archived", "updated_at", "id") WHERE NOT "deleted";
CREATE INDEX "experiments_name_idx" ON "experiments" ("project_id", "archived", "name" COLLATE "C", "id") WHERE NOT "deleted";
CREATE INDEX "experiments_start_date_idx" ON "experiments" ("project_id", "archived", coalesce("start_date", 'infinity'), "id") WHERE NOT "deleted";
CREATE INDEX "experiments_end_date_idx" ON "experiments" ("project_id", "archived", coalesce("end_date", 'infinity'), "id") WHERE NOT "deleted";
CREATE INDEX "experiments_of_flag_idx" ON "experiments" ("feature_flag_id", "created_at", "id") WHERE NOT "deleted";

-- The counters of `stats`, each a range of one index.
CREATE INDEX "experiments_launched_idx" ON "experiments" ("project_id", "start_date") WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "experiments_completed_idx" ON "experiments" ("project_id", "end_date") WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "experiments_active_idx" ON "experiments" ("project_id")
  WHERE NOT "deleted" AND NOT "archived" AND "start_date" IS NOT NULL AND "end_date" IS NULL;

-- Flags that a survey or a product tour made for itself: no experiment may use them. A survey's linked flag is a person's own.
CREATE VIEW "internal_flag_uses" ("project_id", "feature_flag_id", "reason") AS
  SELECT "project_id", "targeting_flag_id", 'USED_BY_SURVEY' FROM "surveys" WHERE "targeting_flag_id" IS NOT NULL
  UNION ALL
  SELECT "project_id", "internal_targeting_flag_id", 'USED_BY_SURVEY' FROM "surveys" WHERE "internal_targeting_flag_id" IS NOT NULL
  UNION ALL
  SELECT "project_id", "internal_response_sampling_flag_id", 'USED_BY_SURVEY' FROM "surveys" WHERE "internal_response_sampling_flag_id" IS NOT NULL
  UNION ALL
  SELECT "project_id", "internal_targeting_flag_id", 'USED_BY_PRODUCT_TOUR' FROM "product_tours" WHERE "internal_targeting_flag_id" IS NOT NULL;
