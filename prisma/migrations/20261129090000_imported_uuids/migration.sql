-- The ids of surveys, product tours and prompt versions in the system that they were imported from. Two projects may import the same ones.
ALTER TABLE "surveys" ADD COLUMN "imported_id" UUID;
ALTER TABLE "product_tours" ADD COLUMN "imported_id" UUID;
ALTER TABLE "prompts" ADD COLUMN "imported_id" UUID;

CREATE UNIQUE INDEX "surveys_project_id_imported_id_key" ON "surveys"("project_id", "imported_id");
CREATE UNIQUE INDEX "product_tours_project_id_imported_id_key" ON "product_tours"("project_id", "imported_id");
CREATE UNIQUE INDEX "prompts_project_id_imported_id_key" ON "prompts"("project_id", "imported_id");
