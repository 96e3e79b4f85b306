-- What the whole graph reads and writes beyond flags and experiments. Indexes for lists come with the lists.
CREATE TABLE "cohorts" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(400),
    "description" VARCHAR(1000) NOT NULL DEFAULT '',
    "is_static" BOOLEAN NOT NULL DEFAULT false,
    "filters" JSONB NOT NULL DEFAULT '{}',
    "query" JSONB,
    "size" INTEGER,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "imported_id" INTEGER,

    CONSTRAINT "cohorts_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "cohort_members" (
    "cohort_id" INTEGER NOT NULL,
    "distinct_id" VARCHAR(400) NOT NULL,

    CONSTRAINT "cohort_members_pkey" PRIMARY KEY ("cohort_id","distinct_id")
);
CREATE TABLE "group_types" (
    "project_id" INTEGER NOT NULL,
    "index" SMALLINT NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "singular" VARCHAR(400),
    "plural" VARCHAR(400),

    CONSTRAINT "group_types_pkey" PRIMARY KEY ("project_id","index")
);
CREATE UNIQUE INDEX "cohorts_project_id_imported_id_key" ON "cohorts"("project_id", "imported_id");
CREATE INDEX "cohorts_project_id_idx" ON "cohorts"("project_id");
CREATE INDEX "cohorts_created_by_id_idx" ON "cohorts"("created_by_id");
CREATE UNIQUE INDEX "group_types_project_id_name_key" ON "group_types"("project_id", "name");
ALTER TABLE "cohorts" ADD CONSTRAINT "cohorts_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "cohorts" ADD CONSTRAINT "cohorts_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "cohort_members" ADD CONSTRAINT "cohort_members_cohort_id_fkey" FOREIGN KEY ("cohort_id") REFERENCES "cohorts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "group_types" ADD CONSTRAINT "group_types_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "group_types" ADD CONSTRAINT "group_types_index_check" CHECK ("index" BETWEEN 0 AND 4);

ALTER TABLE "projects"
  ADD COLUMN "require_tags" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "test_account_filters" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "matching_version" SMALLINT NOT NULL DEFAULT 1,
  ADD CONSTRAINT "projects_matching_version_check" CHECK ("matching_version" IN (1, 2));
ALTER TABLE "evaluation_contexts" ADD COLUMN "is_default" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "experiments"
  ADD COLUMN "exposure_frozen_at" TIMESTAMPTZ(3),
  ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "saved_metrics" ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "actions"
  ADD COLUMN "description" VARCHAR(4000),
  ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "created_by_id" INTEGER,
  ADD COLUMN "imported_id" INTEGER;
CREATE UNIQUE INDEX "actions_project_id_imported_id_key" ON "actions"("project_id", "imported_id");
CREATE INDEX "actions_created_by_id_idx" ON "actions"("created_by_id");
ALTER TABLE "actions" ADD CONSTRAINT "actions_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "surveys" ADD COLUMN "url" TEXT;
ALTER TABLE "product_tours" ADD COLUMN "url" TEXT;

-- An entry names its thing as it was called then. A holdout or saved metric that is deleted leaves its entries behind.
ALTER TABLE "activity_log"
  ADD COLUMN "holdout_id" INTEGER,
  ADD COLUMN "saved_metric_id" INTEGER,
  ADD COLUMN "resource_type" VARCHAR(30),
  ADD COLUMN "resource_name" VARCHAR(400);
