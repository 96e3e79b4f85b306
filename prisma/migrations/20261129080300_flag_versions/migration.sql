-- The version of the flag that a change made, so that its versions can be told apart where a change left no entry.
ALTER TABLE "activity_log" ADD COLUMN "flag_version" INTEGER;
