-- Lists of saved metrics, actions and prompts, each in the order of its pages.
CREATE INDEX "saved_metrics_name_idx" ON "saved_metrics" ("project_id", "name" COLLATE "C", "id");
CREATE INDEX "saved_metrics_created_at_idx" ON "saved_metrics" ("project_id", "created_at", "id");
CREATE INDEX "saved_metrics_updated_at_idx" ON "saved_metrics" ("project_id", "updated_at", "id");
CREATE INDEX "actions_created_at_idx" ON "actions" ("project_id", "created_at", "id") WHERE NOT "deleted";

-- Pages and global ids need a number. A prompt is known by that of its oldest version.
ALTER TABLE "prompts" ADD COLUMN "number" SERIAL NOT NULL;
CREATE UNIQUE INDEX "prompts_number_key" ON "prompts" ("number");
CREATE INDEX "prompts_created_at_idx" ON "prompts" ("project_id", "created_at", "number") WHERE NOT "deleted";
