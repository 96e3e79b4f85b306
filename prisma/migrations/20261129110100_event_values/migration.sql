-- The properties of an event with these keys: its own, and those that it sets for its person. NULL for properties that are no JSON object.
CREATE FUNCTION event_values(properties text, keys text[]) RETURNS jsonb
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
  IF jsonb_typeof(parsed) <> 'object' THEN
    RETURN NULL;
  END IF;
  RETURN jsonb_build_object(
    'own', (SELECT coalesce(jsonb_object_agg(k, parsed -> k), '{}') FROM unnest(keys) AS k WHERE parsed ? k),
    'set', (
      SELECT coalesce(jsonb_object_agg(k, parsed -> '$set' -> k), '{}') FROM unnest(keys) AS k
      WHERE jsonb_typeof(parsed -> '$set') = 'object' AND parsed -> '$set' ? k
    ),
    'setOnce', (
      SELECT coalesce(jsonb_object_agg(k, parsed -> '$set_once' -> k), '{}') FROM unnest(keys) AS k
      WHERE jsonb_typeof(parsed -> '$set_once') = 'object' AND parsed -> '$set_once' ? k
    )
  );
END
$$;
