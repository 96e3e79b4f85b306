-- Whether the session replay of the system that a flag was imported from records by it. Such a flag is not deleted.
ALTER TABLE "feature_flags" ADD COLUMN "is_used_in_replay_settings" BOOLEAN NOT NULL DEFAULT false;
