-- Whoever keeps the rows that say who may do what (src/auth/keptAccess.ts) is told of every change of them, whoever makes it, with its
-- commit. The channel is that of src/signals/databaseSignals.ts. When a key was last used decides nothing.
CREATE FUNCTION access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('experiments_graph', 'access changed');
  RETURN NULL;
END $$;

CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "organizations" FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "organization_memberships" FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "projects" FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE TRIGGER access_changed
  AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF "id", "user_id", "secure_value", "mask", "scopes", "scoped_projects", "scoped_organizations"
  ON "personal_api_keys" FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
