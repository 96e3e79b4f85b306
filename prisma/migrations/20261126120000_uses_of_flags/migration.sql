-- Whether a survey or a product tour made a flag for itself is held by the flag: to look each flag of a page up among them took more than
-- half of what the page took. Who changes surveys and tours, by whatever way, need not know of it.
ALTER TABLE "feature_flags"
  ADD COLUMN "used_by_survey" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "used_by_product_tour" BOOLEAN NOT NULL DEFAULT false;

-- A survey's linked flag is a person's own.
CREATE FUNCTION note_uses_of_flags(flags int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- One after the other: the statement below sees what the one before has committed, which one that waited itself would not.
  PERFORM FROM feature_flags f WHERE f.id = ANY (flags) ORDER BY f.id FOR NO KEY UPDATE;
  UPDATE feature_flags f SET used_by_survey = u.by_survey, used_by_product_tour = u.by_product_tour
  FROM (
    SELECT f.id,
      EXISTS (SELECT FROM surveys s WHERE s.project_id = f.project_id AND s.targeting_flag_id = f.id)
        OR EXISTS (SELECT FROM surveys s WHERE s.project_id = f.project_id AND s.internal_targeting_flag_id = f.id)
        OR EXISTS (SELECT FROM surveys s WHERE s.project_id = f.project_id AND s.internal_response_sampling_flag_id = f.id) AS by_survey,
      EXISTS (SELECT FROM product_tours t WHERE t.project_id = f.project_id AND t.internal_targeting_flag_id = f.id) AS by_product_tour
    FROM feature_flags f WHERE f.id = ANY (flags)
  ) AS u
  WHERE f.id = u.id AND (f.used_by_survey, f.used_by_product_tour) <> (u.by_survey, u.by_product_tour);
END $$;

CREATE FUNCTION survey_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  flags int[] := array_remove(ARRAY[
    OLD.targeting_flag_id, OLD.internal_targeting_flag_id, OLD.internal_response_sampling_flag_id,
    NEW.targeting_flag_id, NEW.internal_targeting_flag_id, NEW.internal_response_sampling_flag_id
  ], NULL);
BEGIN
  IF flags <> '{}' THEN PERFORM note_uses_of_flags(flags); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION product_tour_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  flags int[] := array_remove(ARRAY[OLD.internal_targeting_flag_id, NEW.internal_targeting_flag_id], NULL);
BEGIN
  IF flags <> '{}' THEN PERFORM note_uses_of_flags(flags); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION surveys_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE feature_flags SET used_by_survey = false WHERE used_by_survey;
  RETURN NULL;
END $$;

CREATE FUNCTION product_tours_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE feature_flags SET used_by_product_tour = false WHERE used_by_product_tour;
  RETURN NULL;
END $$;

CREATE TRIGGER uses_of_flags
  AFTER INSERT OR DELETE OR UPDATE OF "project_id", "targeting_flag_id", "internal_targeting_flag_id", "internal_response_sampling_flag_id"
  ON "surveys" FOR EACH ROW EXECUTE FUNCTION survey_changed();
CREATE TRIGGER uses_of_flags
  AFTER INSERT OR DELETE OR UPDATE OF "project_id", "internal_targeting_flag_id"
  ON "product_tours" FOR EACH ROW EXECUTE FUNCTION product_tour_changed();
CREATE TRIGGER no_uses_of_flags AFTER TRUNCATE ON "surveys" FOR EACH STATEMENT EXECUTE FUNCTION surveys_emptied();
CREATE TRIGGER no_uses_of_flags AFTER TRUNCATE ON "product_tours" FOR EACH STATEMENT EXECUTE FUNCTION product_tours_emptied();

-- In sessions that load or replicate data too, which switch triggers off otherwise (session_replication_role).
ALTER TABLE "surveys" ENABLE ALWAYS TRIGGER uses_of_flags, ENABLE ALWAYS TRIGGER no_uses_of_flags;
ALTER TABLE "product_tours" ENABLE ALWAYS TRIGGER uses_of_flags, ENABLE ALWAYS TRIGGER no_uses_of_flags;

-- The view stays for servers of the version before, until the last of them is replaced; a later migration may drop it.
SELECT note_uses_of_flags(ARRAY(SELECT "feature_flag_id" FROM "internal_flag_uses"));

-- Every reason is one column now, and the indexes of eligible flags hold no other.
ALTER TABLE "feature_flags" DROP COLUMN "ineligibility";
DROP FUNCTION experiment_ineligibility(jsonb, boolean);

-- Why no experiment may use a flag (experiments.md 3); {} when one may. The types are looked at before the values: malformed filters make a
-- flag ineligible and never an error.
CREATE FUNCTION experiment_ineligibility(filters jsonb, deleted boolean, used_by_survey boolean, used_by_product_tour boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_remove(
    ARRAY[
      CASE WHEN deleted THEN 'DELETED' END,
      CASE
        WHEN jsonb_typeof(filters #> '{multivariate,variants}') IS DISTINCT FROM 'array' THEN 'NOT_MULTIVARIATE'
        WHEN jsonb_array_length(filters #> '{multivariate,variants}') < 2 THEN 'TOO_FEW_VARIANTS'
      END,
      CASE
        WHEN jsonb_typeof(filters #> '{multivariate,variants}') IS DISTINCT FROM 'array' THEN NULL
        WHEN jsonb_array_length(filters #> '{multivariate,variants}') = 0 THEN NULL
        WHEN filters #> '{multivariate,variants,0,key}' IS DISTINCT FROM '"control"'::jsonb THEN 'CONTROL_NOT_FIRST'
      END,
      CASE WHEN used_by_survey THEN 'USED_BY_SURVEY' END,
      CASE WHEN used_by_product_tour THEN 'USED_BY_PRODUCT_TOUR' END
    ],
    NULL
  )
$$;

ALTER TABLE "feature_flags" ADD COLUMN "ineligibility" TEXT[] NOT NULL
  GENERATED ALWAYS AS (experiment_ineligibility(filters, deleted, used_by_survey, used_by_product_tour)) STORED;

-- As they were: the column took them along.
CREATE INDEX "feature_flags_eligible_created_at_idx" ON "feature_flags" ("project_id", "created_at", "id") WHERE "ineligibility" = '{}';
CREATE INDEX "feature_flags_eligible_key_idx" ON "feature_flags" ("project_id", "key" COLLATE "C", "id") WHERE "ineligibility" = '{}';
CREATE INDEX "feature_flags_eligible_name_idx" ON "feature_flags" ("project_id", (left("name", 400)) COLLATE "C", "id") WHERE "ineligibility" = '{}';
CREATE INDEX "feature_flags_eligible_search_idx" ON "feature_flags"
  USING gin (("project_id"::bigint), ("key" || E'\n' || "name") gin_trgm_ops) WITH (fastupdate = off) WHERE "ineligibility" = '{}';

-- The column begins without statistics, and plans hang on them.
ANALYZE "feature_flags";
