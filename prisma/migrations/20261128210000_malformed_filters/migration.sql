-- Whether a stored percentage can be read: a number from 0 to 100. A missing one and null stand for the default.
CREATE FUNCTION is_percentage(value jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE coalesce(jsonb_typeof(value), 'null')
    WHEN 'null' THEN true
    WHEN 'number' THEN value::numeric BETWEEN 0 AND 100
    ELSE false
  END
$$;

-- Whether a stored value has this type. A missing one and null stand for the default.
CREATE FUNCTION is_null_or(value jsonb, type text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(jsonb_typeof(value), 'null') IN ('null', type)
$$;

-- Whether a flag's filters hold a value of the wrong type where variants, condition sets, payloads or a holdout are read. What is no list of
-- variants has a reason of its own.
CREATE FUNCTION has_malformed_filters(filters jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT EXISTS (
      SELECT FROM jsonb_array_elements(
        CASE jsonb_typeof(filters #> '{multivariate,variants}') WHEN 'array' THEN filters #> '{multivariate,variants}' ELSE '[]' END
      ) AS variant
      WHERE jsonb_typeof(variant -> 'key') IS DISTINCT FROM 'string' OR variant ->> 'key' = '' OR NOT is_percentage(variant -> 'rollout_percentage')
    )
    OR NOT is_null_or(filters -> 'groups', 'array')
    OR EXISTS (
      SELECT FROM jsonb_array_elements(CASE jsonb_typeof(filters -> 'groups') WHEN 'array' THEN filters -> 'groups' ELSE '[]' END) AS condition_set
      WHERE jsonb_typeof(condition_set) <> 'object'
        OR NOT is_percentage(condition_set -> 'rollout_percentage')
        OR NOT is_null_or(condition_set -> 'properties', 'array')
        OR NOT is_null_or(condition_set -> 'aggregation_group_type_index', 'number')
    )
    OR NOT is_null_or(filters -> 'payloads', 'object')
    OR NOT is_null_or(filters -> 'aggregation_group_type_index', 'number')
    OR NOT is_null_or(filters -> 'holdout', 'object')
    OR NOT is_percentage(filters #> '{holdout,exclusion_percentage}')
$$;

-- Why no experiment may use a flag (experiments.md 3); {} when one may. The types are looked at before the values: malformed filters make a
-- flag ineligible and never an error.
CREATE OR REPLACE FUNCTION experiment_ineligibility(filters jsonb, deleted boolean, used_by_survey boolean, used_by_product_tour boolean) RETURNS text[]
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
      CASE WHEN has_malformed_filters(filters) THEN 'MALFORMED_FILTERS' END,
      CASE WHEN used_by_survey THEN 'USED_BY_SURVEY' END,
      CASE WHEN used_by_product_tour THEN 'USED_BY_PRODUCT_TOUR' END
    ],
    NULL
  )
$$;

-- The column is generated when a row is written, so the rows that the rule judges otherwise now are written once.
UPDATE "feature_flags" SET "filters" = "filters"
WHERE "ineligibility" <> experiment_ineligibility("filters", "deleted", "used_by_survey", "used_by_product_tour");
