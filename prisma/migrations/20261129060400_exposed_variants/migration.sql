-- The variant that an event says a person got: the text in one of its properties. NULL for another value, and for properties that are no JSON.
-- With a flag, only the flag's own calls count.
CREATE FUNCTION event_variant(properties text, property text, flag text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  parsed jsonb;
BEGIN
  BEGIN
    parsed := properties::jsonb;
  EXCEPTION
    WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
      RETURN NULL;
  END;
  IF jsonb_typeof(parsed) <> 'object' OR jsonb_typeof(parsed -> property) IS DISTINCT FROM 'string' THEN
    RETURN NULL;
  END IF;
  IF flag IS NOT NULL AND parsed -> '$feature_flag' IS DISTINCT FROM to_jsonb(flag) THEN
    RETURN NULL;
  END IF;
  RETURN parsed ->> property;
END
$$;
