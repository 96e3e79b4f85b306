-- What PostGraphile writes to: flags in a plain table, with the indexes that a list and a look-up by key need, and a trigger for the audit.
-- It has neither the service's generated columns nor its triggers, so that only its own work counts.

CREATE SCHEMA peer;

CREATE TABLE peer.flags (
  id serial PRIMARY KEY,
  project_id int NOT NULL,
  key text NOT NULL,
  name text NOT NULL DEFAULT '',
  filters jsonb NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  created_by_id int,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3)
);

INSERT INTO peer.flags (id, project_id, key, name, filters, active, version, created_by_id, created_at)
SELECT id, project_id, key, name, filters, active, version, created_by_id, created_at FROM feature_flags;

SELECT setval('peer.flags_id_seq', (SELECT max(id) FROM peer.flags));
CREATE UNIQUE INDEX ON peer.flags (project_id, key);
CREATE INDEX ON peer.flags (project_id, created_at DESC, id DESC);

CREATE TABLE peer.activity (
  id bigserial PRIMARY KEY,
  project_id int NOT NULL,
  flag_id int NOT NULL,
  activity text NOT NULL,
  user_name text NOT NULL,
  before jsonb,
  after jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX ON peer.activity (flag_id, created_at DESC);
COMMENT ON TABLE peer.activity IS E'@behavior -*';

CREATE FUNCTION peer.changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER changed BEFORE UPDATE ON peer.flags FOR EACH ROW EXECUTE FUNCTION peer.changed();

CREATE FUNCTION peer.audited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO peer.activity (project_id, flag_id, activity, user_name, before, after)
  VALUES (NEW.project_id, NEW.id, lower(TG_OP), current_user, CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT OR UPDATE ON peer.flags FOR EACH ROW EXECUTE FUNCTION peer.audited();

ANALYZE peer.flags;
