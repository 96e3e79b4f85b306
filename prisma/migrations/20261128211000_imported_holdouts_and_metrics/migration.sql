-- The ids of holdouts and saved metrics in the system that they were imported from. Names and UUIDs are not unique there.
ALTER TABLE "holdouts" ADD COLUMN "imported_id" INTEGER;
ALTER TABLE "saved_metrics" ADD COLUMN "imported_id" INTEGER;

CREATE UNIQUE INDEX "holdouts_project_id_imported_id_key" ON "holdouts"("project_id", "imported_id");
CREATE UNIQUE INDEX "saved_metrics_project_id_imported_id_key" ON "saved_metrics"("project_id", "imported_id");
