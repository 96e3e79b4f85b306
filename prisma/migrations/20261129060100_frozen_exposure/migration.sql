-- Whether the exposure of a flag is frozen (experiments.md 14): each of its condition sets has the stamp, and there is one. What is no set has no stamp.
CREATE FUNCTION is_exposure_frozen(filters jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN jsonb_typeof(filters -> 'groups') IS DISTINCT FROM 'array' OR filters -> 'groups' = '[]' THEN false
    ELSE NOT EXISTS (
      SELECT FROM jsonb_array_elements(filters -> 'groups') AS condition_set
      WHERE condition_set -> 'exposure_frozen' IS DISTINCT FROM 'true'::jsonb
    )
  END
$$;

-- Generated, so that the status of an experiment never needs the filters.
ALTER TABLE "feature_flags" ADD COLUMN "exposure_frozen" BOOLEAN NOT NULL GENERATED ALWAYS AS (is_exposure_frozen(filters)) STORED;
