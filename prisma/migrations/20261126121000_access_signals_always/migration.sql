-- Changes that arrive by replication, or are loaded with triggers switched off (session_replication_role), are told of too.
ALTER TABLE "organizations" ENABLE ALWAYS TRIGGER access_changed;
ALTER TABLE "organization_memberships" ENABLE ALWAYS TRIGGER access_changed;
ALTER TABLE "projects" ENABLE ALWAYS TRIGGER access_changed;
ALTER TABLE "users" ENABLE ALWAYS TRIGGER access_changed;
ALTER TABLE "personal_api_keys" ENABLE ALWAYS TRIGGER access_changed;
