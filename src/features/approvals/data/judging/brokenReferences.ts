import type { ReadClient } from '../../../../database/client.ts'
import { type ChangeRequest, Prisma } from '../../../../database/generated/client.ts'
import { asObject } from '../../../../platform/json.ts'
import type { Preconditions } from '../../rules/staleness.ts'

/** How many flags a flag may depend on before the look for circles ends. */
const maxFollowed = 1_000

interface BrokenRow {
  place: number
  /** The name of a flag that is gone. Null if a flag has come to depend on the changed one. */
  missing: string | null
}

/**
 * Returns why the new conditions of requests can no longer be written, by the request's number: a flag that they name is gone, or has come to
 * depend on the changed flag. One statement, however many requests there are.
 */
export async function findBrokenReferences(
  db: ReadClient,
  requests: readonly { request: ChangeRequest; preconditions: Preconditions }[],
): Promise<Map<number, string>> {
  const asked = requests.flatMap(({ request, preconditions }, place) => {
    const filters = newFilters(request, preconditions)
    if (filters === null) return []
    const known = [...preconditions.newKeys, request.targetKey.replace(/^create:/, '')]
    return [{ place, project_id: request.projectId, id: request.featureFlagId, known, ...filters }]
  })
  if (asked.length === 0) return new Map()
  // The dependencies are followed once for a request, however many flags it names: each of them could lead to the same long chain.
  const rows = await db.$queryRaw<BrokenRow[]>(Prisma.sql`
    SELECT q.place, named.missing
    FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS q (place int, project_id int, id int, known text[], before jsonb, after jsonb)
    CROSS JOIN LATERAL (
      SELECT min(named.name) FILTER (WHERE other.id IS NULL) AS missing, array_agg(other.id) FILTER (WHERE other.id IS NOT NULL) AS ids
      FROM unnest(flag_depends_on(q.after)) AS named (name)
      LEFT JOIN LATERAL (
        (
          SELECT o.id FROM feature_flags o
          WHERE o.id = CASE WHEN named.name ~ '^[0-9]{1,10}$' THEN named.name::bigint END AND o.project_id = q.project_id AND NOT o.deleted OFFSET 0
        )
        UNION ALL
        (SELECT o.id FROM feature_flags o WHERE o.project_id = q.project_id AND o.key = named.name AND NOT o.deleted OFFSET 0)
        LIMIT 1
      ) AS other ON true
      WHERE named.name <> ALL (flag_depends_on(q.before)) AND named.name <> ALL (q.known)
    ) AS named
    WHERE named.missing IS NOT NULL
      OR q.id IS NOT NULL AND q.id IN (SELECT flags_with_dependencies(named.ids, ${maxFollowed}::int))`)
  return new Map(
    rows.flatMap(({ place, missing }) => {
      const id = requests[place]?.request.id
      const text = missing === null ? 'The flag would depend on itself.' : `The project has no feature flag ${JSON.stringify(missing)}.`
      return id === undefined ? [] : [[id, text] as const]
    }),
  )
}

/** The conditions of a flag before and after a request that writes some. */
function newFilters(
  { featureFlagId, resourceType, after }: ChangeRequest,
  { rows }: Preconditions,
): { before: object; after: object } | null {
  if (resourceType !== 'FEATURE_FLAG') return null
  if (featureFlagId === null) {
    const filters = asObject(asObject(after)?.filters)
    return filters === null ? null : { before: {}, after: { groups: filters.groups ?? null } }
  }
  const groups = rows.find(({ type, id }) => type === 'FEATURE_FLAG' && id === featureFlagId)?.values['filters.groups']
  return groups === undefined || !('after' in groups)
    ? null
    : { before: { groups: groups.before ?? null }, after: { groups: groups.after } }
}
