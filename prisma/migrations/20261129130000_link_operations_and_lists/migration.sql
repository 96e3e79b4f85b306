-- What a sent operation is about, such as `feature_flags/12`. Operations about the same thing are sent one after the other.
ALTER TABLE "link_operations" ADD COLUMN "resource" VARCHAR(500) NOT NULL DEFAULT '';

-- The list of skipped rows, the newest first. Lists need a number or UUID for rows of the same time.
ALTER TABLE "link_skipped_rows" ADD COLUMN "number" SERIAL NOT NULL;
CREATE UNIQUE INDEX "link_skipped_rows_number_key" ON "link_skipped_rows"("number");
DROP INDEX "link_skipped_rows_project_id_seen_at_kind_upstream_id_idx";
CREATE INDEX "link_skipped_rows_project_id_seen_at_number_idx" ON "link_skipped_rows"("project_id", "seen_at", "number");
