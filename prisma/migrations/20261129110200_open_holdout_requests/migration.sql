-- The open requests for a holdout, where its flags and its experiments are looked at. There are few, however many were decided.
CREATE INDEX "change_requests_open_of_holdout_idx" ON "change_requests" ("project_id", "resource_id")
  WHERE "state" IN ('PENDING', 'APPROVED') AND "resource_type" = 'EXPERIMENT_HOLDOUT';
