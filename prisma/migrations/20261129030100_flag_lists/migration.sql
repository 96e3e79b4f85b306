-- What the list of all flags filters and orders by, held by each flag: an index can answer only for what its own table holds. What follows
-- from the flag itself is generated. What is in other tables is kept by triggers, so that whoever changes those need not know of it.
ALTER TABLE "feature_flags"
  ADD COLUMN "context_names" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "in_experiment" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "creator_order" TEXT NOT NULL DEFAULT '1',
  ADD COLUMN "last_event_at" TIMESTAMPTZ(3);

-- The evaluation contexts of a flag.
CREATE FUNCTION note_contexts_of_flags(flags int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- One after the other: the statement below sees what the one before has committed.
  PERFORM FROM feature_flags f WHERE f.id = ANY (flags) ORDER BY f.id FOR NO KEY UPDATE;
  UPDATE feature_flags f SET context_names = n.names
  FROM (
    SELECT id, ARRAY(
      SELECT c.name FROM feature_flag_evaluation_contexts l JOIN evaluation_contexts c ON c.id = l.evaluation_context_id
      WHERE l.feature_flag_id = u.id ORDER BY c.name COLLATE "C"
    )::text[] AS names
    FROM unnest(flags) AS u (id)
  ) AS n
  WHERE f.id = n.id AND f.context_names <> n.names;
END $$;

CREATE FUNCTION contexts_linked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_contexts_of_flags(ARRAY(SELECT DISTINCT feature_flag_id FROM changed));
  RETURN NULL;
END $$;

CREATE FUNCTION context_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_contexts_of_flags(ARRAY(SELECT feature_flag_id FROM feature_flag_evaluation_contexts WHERE evaluation_context_id = NEW.id));
  RETURN NULL;
END $$;

CREATE FUNCTION contexts_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE feature_flags SET context_names = '{}' WHERE context_names <> '{}';
  RETURN NULL;
END $$;

-- Whether an experiment that is not deleted uses the flag.
CREATE FUNCTION note_experiments_of_flags(flags int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM feature_flags f WHERE f.id = ANY (flags) ORDER BY f.id FOR NO KEY UPDATE;
  UPDATE feature_flags f SET in_experiment = NOT f.in_experiment
  WHERE f.id = ANY (flags) AND f.in_experiment <> EXISTS (SELECT FROM experiments e WHERE e.feature_flag_id = f.id AND NOT e.deleted);
END $$;

CREATE FUNCTION experiment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_experiments_of_flags(array_remove(ARRAY[OLD.feature_flag_id, NEW.feature_flag_id], NULL));
  RETURN NULL;
END $$;

CREATE FUNCTION experiments_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE feature_flags SET in_experiment = false WHERE in_experiment;
  RETURN NULL;
END $$;

-- The flag that an event `$feature_flag_called` is about, and what it returned. NULL where the properties do not say.
CREATE FUNCTION called_flag_property(properties text, name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN left(properties::json ->> name, 400);
EXCEPTION
  WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
    RETURN NULL;
END $$;

CREATE INDEX "events_flag_calls_idx" ON "events" ("project_id", called_flag_property("properties", '$feature_flag'), "timestamp" DESC, "id" DESC)
  WHERE "event" = '$feature_flag_called';

CREATE FUNCTION events_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM added WHERE event = '$feature_flag_called') THEN RETURN NULL; END IF;
  WITH calls AS MATERIALIZED (
    SELECT project_id, called_flag_property(properties, '$feature_flag') AS key, max(timestamp) AS at
    FROM added WHERE event = '$feature_flag_called' GROUP BY 1, 2
  ), flags AS MATERIALIZED (
    SELECT f.id, c.at FROM calls c JOIN feature_flags f ON f.project_id = c.project_id AND f.key = c.key AND NOT f.deleted
    ORDER BY f.id FOR NO KEY UPDATE OF f
  )
  UPDATE feature_flags f SET last_event_at = flags.at FROM flags
  WHERE f.id = flags.id AND (f.last_event_at IS NULL OR f.last_event_at < flags.at);
  RETURN NULL;
END $$;

-- How flags are ordered by their creator. The leading digit sorts those without one after every name.
CREATE FUNCTION creator_order(first_name text, email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '0' || coalesce(nullif(first_name, ''), email)
$$;

CREATE FUNCTION flag_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.created_by_id IS DISTINCT FROM OLD.created_by_id THEN
    NEW.creator_order := '1';
    IF NEW.created_by_id IS NOT NULL THEN
      -- The lock waits for a change of the name, and a change waits for it: neither misses the other.
      SELECT creator_order(u.first_name, u.email) INTO NEW.creator_order FROM users u WHERE u.id = NEW.created_by_id FOR SHARE;
      NEW.creator_order := coalesce(NEW.creator_order, '1');
    END IF;
  END IF;
  IF TG_OP = 'INSERT' OR NEW.key IS DISTINCT FROM OLD.key THEN
    NEW.last_event_at := (
      SELECT e.timestamp FROM events e
      WHERE e.project_id = NEW.project_id AND e.event = '$feature_flag_called' AND called_flag_property(e.properties, '$feature_flag') = NEW.key
      ORDER BY e.timestamp DESC, e.id DESC LIMIT 1
    );
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION user_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE feature_flags SET creator_order = creator_order(NEW.first_name, NEW.email) WHERE created_by_id = NEW.id;
  RETURN NULL;
END $$;

-- What is there already.
UPDATE "feature_flags" f SET
  "context_names" = ARRAY(
    SELECT c.name FROM feature_flag_evaluation_contexts l JOIN evaluation_contexts c ON c.id = l.evaluation_context_id
    WHERE l.feature_flag_id = f.id ORDER BY c.name COLLATE "C"
  ),
  "in_experiment" = EXISTS (SELECT FROM experiments e WHERE e.feature_flag_id = f.id AND NOT e.deleted),
  "creator_order" = coalesce((SELECT creator_order(u.first_name, u.email) FROM users u WHERE u.id = f.created_by_id), '1'),
  "last_event_at" = (
    SELECT e.timestamp FROM events e
    WHERE e.project_id = f.project_id AND e.event = '$feature_flag_called' AND called_flag_property(e.properties, '$feature_flag') = f.key
    ORDER BY e.timestamp DESC, e.id DESC LIMIT 1
  );

CREATE TRIGGER contexts_of_flags_added AFTER INSERT ON "feature_flag_evaluation_contexts"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION contexts_linked();
CREATE TRIGGER contexts_of_flags_changed AFTER UPDATE ON "feature_flag_evaluation_contexts"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION contexts_linked();
CREATE TRIGGER contexts_of_flags_removed AFTER DELETE ON "feature_flag_evaluation_contexts"
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION contexts_linked();
CREATE TRIGGER contexts_of_flags_emptied AFTER TRUNCATE ON "feature_flag_evaluation_contexts"
  FOR EACH STATEMENT EXECUTE FUNCTION contexts_emptied();
CREATE TRIGGER contexts_of_flags_renamed AFTER UPDATE OF "name" ON "evaluation_contexts"
  FOR EACH ROW EXECUTE FUNCTION context_renamed();
CREATE TRIGGER experiments_of_flags AFTER INSERT OR DELETE OR UPDATE OF "feature_flag_id", "deleted" ON "experiments"
  FOR EACH ROW EXECUTE FUNCTION experiment_changed();
CREATE TRIGGER experiments_of_flags_emptied AFTER TRUNCATE ON "experiments"
  FOR EACH STATEMENT EXECUTE FUNCTION experiments_emptied();
CREATE TRIGGER calls_of_flags AFTER INSERT ON "events"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION events_added();
CREATE TRIGGER facts_of_flag BEFORE INSERT OR UPDATE OF "created_by_id", "key" ON "feature_flags"
  FOR EACH ROW EXECUTE FUNCTION flag_written();
CREATE TRIGGER creator_of_flags AFTER UPDATE OF "first_name", "email" ON "users"
  FOR EACH ROW WHEN (creator_order(OLD.first_name, OLD.email) <> creator_order(NEW.first_name, NEW.email)) EXECUTE FUNCTION user_renamed();

-- In sessions that load or replicate data too, which switch triggers off otherwise (session_replication_role).
ALTER TABLE "feature_flag_evaluation_contexts"
  ENABLE ALWAYS TRIGGER contexts_of_flags_added, ENABLE ALWAYS TRIGGER contexts_of_flags_changed,
  ENABLE ALWAYS TRIGGER contexts_of_flags_removed, ENABLE ALWAYS TRIGGER contexts_of_flags_emptied;
ALTER TABLE "evaluation_contexts" ENABLE ALWAYS TRIGGER contexts_of_flags_renamed;
ALTER TABLE "experiments" ENABLE ALWAYS TRIGGER experiments_of_flags, ENABLE ALWAYS TRIGGER experiments_of_flags_emptied;
ALTER TABLE "events" ENABLE ALWAYS TRIGGER calls_of_flags;
ALTER TABLE "feature_flags" ENABLE ALWAYS TRIGGER facts_of_flag;
ALTER TABLE "users" ENABLE ALWAYS TRIGGER creator_of_flags;

-- A stored percentage. A missing one and null stand for the default, a malformed one for 0.
CREATE FUNCTION read_percentage(value jsonb, missing numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN coalesce(jsonb_typeof(value), 'null') = 'null' THEN missing
    WHEN is_percentage(value) THEN value::numeric
    ELSE 0
  END
$$;

-- A list in a flag's filters. What is no list counts as an empty one.
CREATE FUNCTION read_list(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END
$$;

-- Whom a flag that is on reaches, as far as its condition sets tell: everybody, somebody or nobody. `served_variant` is the variant that
-- everybody gets: each set before the one that takes all serves it too. The flag is fully rolled out if a set without properties takes all,
-- and there are no variants, or one has all, or the set pins one. These functions are PL/pgSQL, which keeps its plans: SQL functions that call
-- others are planned for each row.
CREATE FUNCTION flag_reach(
  filters jsonb, OUT rollout text, OUT served_variant text, OUT is_fully_rolled_out boolean, OUT variant_keys text[]
) LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  variants jsonb := read_list(filters #> '{multivariate,variants}');
  condition_sets jsonb := read_list(filters -> 'groups');
  item jsonb;
  percentage numeric;
  whole text;
  pinned text;
  takes_everybody boolean;
  served_by_all boolean := true;
BEGIN
  rollout := 'NOBODY';
  is_fully_rolled_out := false;
  variant_keys := '{}';
  FOR place IN 0 .. jsonb_array_length(variants) - 1 LOOP
    item := variants -> place;
    CONTINUE WHEN jsonb_typeof(item -> 'key') IS DISTINCT FROM 'string';
    variant_keys := variant_keys || (item ->> 'key');
    IF whole IS NULL AND read_percentage(item -> 'rollout_percentage', 0) = 100 THEN whole := item ->> 'key'; END IF;
  END LOOP;
  FOR place IN 0 .. jsonb_array_length(condition_sets) - 1 LOOP
    item := condition_sets -> place;
    CONTINUE WHEN jsonb_typeof(item) <> 'object';
    percentage := read_percentage(item -> 'rollout_percentage', 100);
    CONTINUE WHEN percentage = 0;
    takes_everybody := percentage = 100 AND coalesce(item -> 'properties', 'null') IN ('null', '[]');
    pinned := CASE WHEN jsonb_typeof(item -> 'variant') = 'string' AND item ->> 'variant' = ANY (variant_keys) THEN item ->> 'variant' END;
    IF takes_everybody AND (variant_keys = '{}' OR whole IS NOT NULL OR pinned IS NOT NULL) THEN is_fully_rolled_out := true; END IF;
    CONTINUE WHEN rollout = 'EVERYBODY';
    IF rollout = 'NOBODY' THEN served_variant := coalesce(pinned, whole); END IF;
    served_by_all := served_by_all AND served_variant IS NOT DISTINCT FROM coalesce(pinned, whole);
    rollout := CASE WHEN takes_everybody THEN 'EVERYBODY' ELSE 'SOMEBODY' END;
  END LOOP;
  IF rollout <> 'EVERYBODY' OR NOT served_by_all THEN served_variant := NULL; END IF;
END $$;

-- When the time began after which the flag is stale, if nothing happens: its last call, or its creation if it was never called as far as
-- known and is fully rolled out. NULL for a flag that does not become stale.
CREATE FUNCTION flag_unused_since(
  filters jsonb, active boolean, archived boolean, deleted boolean, created_at timestamptz, called_at timestamptz
) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF deleted OR archived OR NOT active THEN RETURN NULL; END IF;
  IF called_at IS NOT NULL THEN RETURN called_at; END IF;
  RETURN CASE WHEN (flag_reach(filters)).is_fully_rolled_out THEN created_at END;
END $$;

-- The flags that the conditions name, by number or key (src/features/featureFlags/rules/flagDependencies.ts).
CREATE FUNCTION flag_depends_on(filters jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  condition_sets jsonb := read_list(filters -> 'groups');
  properties jsonb;
  property jsonb;
  found text[] := '{}';
BEGIN
  FOR place IN 0 .. jsonb_array_length(condition_sets) - 1 LOOP
    properties := read_list(condition_sets -> place -> 'properties');
    FOR inner_place IN 0 .. jsonb_array_length(properties) - 1 LOOP
      property := properties -> inner_place;
      CONTINUE WHEN property ->> 'type' IS DISTINCT FROM 'flag' OR coalesce(jsonb_typeof(property -> 'key'), '') NOT IN ('string', 'number');
      CONTINUE WHEN property ->> 'key' = '' OR property ->> 'key' = ANY (found);
      found := found || (property ->> 'key');
    END LOOP;
  END LOOP;
  RETURN found;
END $$;

-- What follows from a flag, each as `name:value` or as a name: everything that it is found by apart from texts and times, and how many people
-- get which of its variants. One column holds all of it, so that all is found by one index and computed once. A value is left out if no filter can ask for it: filters take 400
-- characters, and an index cannot hold texts of any length.
CREATE FUNCTION flag_facts(
  key text, filters jsonb, active boolean, archived boolean, deleted boolean, is_remote_configuration boolean, evaluation_runtime evaluation_runtime,
  tags text[], created_by_id int, used_by_survey boolean, used_by_product_tour boolean, context_names text[], in_experiment boolean
) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  reasons text[] := experiment_ineligibility(filters, deleted, used_by_survey, used_by_product_tour);
  reach record := flag_reach(filters);
  facts text[] := ARRAY[
    'status:' || CASE WHEN deleted THEN 'DELETED' WHEN archived THEN 'ARCHIVED' WHEN active THEN 'ON' ELSE 'INACTIVE' END,
    CASE WHEN active THEN 'active' ELSE 'inactive' END,
    'type:' || CASE WHEN is_remote_configuration THEN 'REMOTE_CONFIG' WHEN reach.variant_keys = '{}' THEN 'BOOLEAN' ELSE 'MULTIVARIATE' END,
    'rollout:' || CASE WHEN active AND NOT deleted THEN reach.rollout ELSE 'NOBODY' END,
    'runtime:' || CASE evaluation_runtime WHEN 'server' THEN 'server' WHEN 'client' THEN 'client' ELSE 'all' END,
    'key:' || key,
    CASE WHEN in_experiment THEN 'experiment' ELSE 'no experiment' END,
    CASE WHEN context_names = '{}' THEN 'no context' ELSE 'context' END,
    CASE WHEN reasons = '{}' THEN 'eligible' ELSE 'ineligible' END
  ];
  value text;
BEGIN
  IF array_remove(reasons, 'CONTROL_NOT_FIRST') = '{}' THEN facts := facts || 'eligible with another baseline'::text; END IF;
  IF created_by_id IS NOT NULL THEN facts := facts || ('by:' || created_by_id); END IF;
  FOREACH value IN ARRAY tags LOOP
    IF length(value) <= 400 THEN facts := facts || ('tag:' || value); END IF;
  END LOOP;
  FOREACH value IN ARRAY context_names LOOP
    facts := facts || ('context:' || value);
  END LOOP;
  FOREACH value IN ARRAY reach.variant_keys LOOP
    IF length(value) <= 400 THEN facts := facts || ('variant:' || value); END IF;
  END LOOP;
  IF active AND NOT deleted AND length(reach.served_variant) <= 400 THEN facts := facts || ('serves:' || reach.served_variant); END IF;
  FOREACH value IN ARRAY flag_depends_on(filters) LOOP
    IF length(value) <= 400 THEN facts := facts || ('needs:' || value); END IF;
  END LOOP;
  RETURN facts;
END $$;

ALTER TABLE "feature_flags"
  ADD COLUMN "called_at" TIMESTAMPTZ(3) GENERATED ALWAYS AS (greatest(last_called_at, last_event_at)) STORED,
  ADD COLUMN "unused_since" TIMESTAMPTZ(3)
    GENERATED ALWAYS AS (flag_unused_since(filters, active, archived, deleted, created_at, greatest(last_called_at, last_event_at))) STORED,
  ADD COLUMN "depends_on" TEXT[] NOT NULL GENERATED ALWAYS AS (flag_depends_on(filters)) STORED,
  ADD COLUMN "facts" TEXT[] NOT NULL GENERATED ALWAYS AS (
    flag_facts(
      key, filters, active, archived, deleted, is_remote_configuration, evaluation_runtime, tags, created_by_id, used_by_survey,
      used_by_product_tour, context_names, in_experiment
    )
  ) STORED;

-- Each order of the list. A flag is in the indexes of those that lists show, or in those of the archived and deleted ones.
CREATE INDEX "feature_flags_listed_created_at_idx" ON "feature_flags" ("project_id", "created_at", "id") WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "feature_flags_listed_updated_at_idx" ON "feature_flags" ("project_id", coalesce("updated_at", 'infinity'), "id")
  WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "feature_flags_listed_called_at_idx" ON "feature_flags" ("project_id", coalesce("called_at", 'infinity'), "id")
  WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "feature_flags_listed_key_idx" ON "feature_flags" ("project_id", "key" COLLATE "C", "id") WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "feature_flags_listed_name_idx" ON "feature_flags" ("project_id", (left("name", 400)) COLLATE "C", "id")
  WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "feature_flags_listed_active_idx" ON "feature_flags" ("project_id", (CASE WHEN "active" THEN 1 ELSE 0 END::float8), "id")
  WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "feature_flags_listed_creator_idx" ON "feature_flags" ("project_id", "creator_order" COLLATE "C", "id")
  WHERE NOT "deleted" AND NOT "archived";
CREATE INDEX "feature_flags_hidden_created_at_idx" ON "feature_flags" ("project_id", "deleted", "created_at", "id") WHERE "deleted" OR "archived";
CREATE INDEX "feature_flags_hidden_updated_at_idx" ON "feature_flags" ("project_id", "deleted", coalesce("updated_at", 'infinity'), "id")
  WHERE "deleted" OR "archived";
CREATE INDEX "feature_flags_hidden_called_at_idx" ON "feature_flags" ("project_id", "deleted", coalesce("called_at", 'infinity'), "id")
  WHERE "deleted" OR "archived";
CREATE INDEX "feature_flags_hidden_key_idx" ON "feature_flags" ("project_id", "deleted", "key" COLLATE "C", "id") WHERE "deleted" OR "archived";
CREATE INDEX "feature_flags_hidden_name_idx" ON "feature_flags" ("project_id", "deleted", (left("name", 400)) COLLATE "C", "id")
  WHERE "deleted" OR "archived";
CREATE INDEX "feature_flags_hidden_active_idx" ON "feature_flags" ("project_id", "deleted", (CASE WHEN "active" THEN 1 ELSE 0 END::float8), "id")
  WHERE "deleted" OR "archived";
CREATE INDEX "feature_flags_hidden_creator_idx" ON "feature_flags" ("project_id", "deleted", "creator_order" COLLATE "C", "id")
  WHERE "deleted" OR "archived";
-- Those that are or may become stale.
CREATE INDEX "feature_flags_unused_since_idx" ON "feature_flags" ("project_id", "unused_since") WHERE "unused_since" IS NOT NULL;

-- Every filter and the search, alone and together. The project is a bigint, as in the index of eligible flags.
CREATE INDEX "feature_flags_facts_idx" ON "feature_flags"
  USING gin (("project_id"::bigint), "facts", ("key" || E'\n' || "name") gin_trgm_ops) WITH (fastupdate = off);

-- The columns begin without statistics, and plans hang on them.
ANALYZE "feature_flags";
