-- The requests of a project by their deadline and by what they are about, and those of a person.
CREATE INDEX "change_requests_project_id_expires_at_id_idx" ON "change_requests"("project_id", "expires_at", "id");
CREATE INDEX "change_requests_project_id_resource_type_created_at_id_idx" ON "change_requests"("project_id", "resource_type", "created_at", "id");
DROP INDEX "change_requests_requested_by_id_idx";
CREATE INDEX "change_requests_requested_by_id_created_at_id_idx" ON "change_requests"("requested_by_id", "created_at", "id");

-- For texts in the description and the name. The project is a bigint, as in the search of flags.
CREATE INDEX "change_requests_search_idx" ON "change_requests"
  USING gin (("project_id"::bigint), ("description" || E'\n' || "resource_name") gin_trgm_ops) WITH (fastupdate = off);
