-- The last check of a change request: what it compared, and what differed. Null before the first check.
ALTER TABLE "change_requests" ADD COLUMN "validation_detail" JSONB;
