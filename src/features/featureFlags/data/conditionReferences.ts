import type { ReadClient, Transaction } from '../../../database/client.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isInt4, parseIntegerId } from '../../../platform/globalId.ts'
import type { ConditionReferences, ConditionSetInput } from '../rules/conditionInput.ts'
import { findDependents, findReferencedFlag, getFlagReferences, type NamingFlag, type ReferableFlag } from '../rules/flagDependencies.ts'
import type { TypedFilters } from '../rules/typedFilters.ts'

/** Returns the live flags of a project that these references may name, by number or key. */
export async function findReferable(tx: ReadClient, projectId: number, references: readonly string[]): Promise<ReferableFlag[]> {
  if (references.length === 0) return []
  const ids = references.map(Number).filter(isInt4)
  return tx.featureFlag.findMany({
    where: { projectId, deleted: false, OR: [{ id: { in: ids } }, { key: { in: [...references] } }] },
    select: { id: true, key: true, deleted: true },
  })
}

/** Looks up the cohorts and flags that typed conditions and the stored ones name, in the project alone. */
export async function loadConditionReferences(
  tx: ReadClient,
  projectId: number,
  { conditions = [], addConditions = [] }: TypedFilters,
  stored: unknown,
): Promise<ConditionReferences> {
  const properties = [...conditions, ...addConditions].flatMap(({ properties }) => properties ?? [])
  const numbers = (typename: string, ids: (string | undefined)[]) =>
    ids.flatMap((id) => (id === undefined ? [] : (parseIntegerId(typename, id) ?? []))).filter(isInt4)
  const cohortIds = numbers(
    'Cohort',
    properties.map(({ cohort }) => cohort?.cohortId),
  )
  const flagIds = numbers(
    'FeatureFlag',
    properties.map(({ flag }) => flag?.featureFlagId),
  )
  const storedReferences = conditions.length === 0 ? [] : getFlagReferences(stored).map(({ reference }) => reference)
  const cohorts =
    cohortIds.length === 0
      ? []
      : await tx.cohort.findMany({ where: { projectId, deleted: false, id: { in: cohortIds } }, select: { id: true } })
  const flags = await findReferable(tx, projectId, [...new Set([...flagIds.map(String), ...storedReferences])])
  const find = (rows: readonly { id: number }[], typename: string) => {
    const known = new Set(rows.map(({ id }) => id))
    return (input: string) => {
      const id = parseIntegerId(typename, input)
      return id !== null && known.has(id) ? id : null
    }
  }
  return {
    cohortId: find(cohorts, 'Cohort'),
    flagId: find(flags, 'FeatureFlag'),
    storedFlagId: (reference) => findReferencedFlag(reference, flags)?.id ?? null,
  }
}

/** Returns an error for each cohort and flag in typed conditions that the project does not have. */
export function validateReferences(field: string, sets: readonly ConditionSetInput[] = [], references: ConditionReferences): FieldError[] {
  return sets.flatMap(({ properties }, index) =>
    (properties ?? []).flatMap(({ cohort, flag }, at) => {
      const path = [field, String(index), 'properties', String(at)]
      if (cohort != null && references.cohortId(cohort.cohortId) === null) {
        return [fieldError([...path, 'cohort', 'cohortId'], 'The project has no such cohort.', 'does_not_exist')]
      }
      return flag != null && references.flagId(flag.featureFlagId) === null
        ? [fieldError([...path, 'flag', 'featureFlagId'], 'The project has no such feature flag.', 'does_not_exist')]
        : []
    }),
  )
}

/**
 * Lets only one transaction at a time change or read which flags of a project depend on which. Take it after the locks of rows, and lock no
 * row after it.
 */
export async function lockDependencies(tx: Transaction, projectId: number): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${projectId}::int, hashtext('flag dependencies'))`
}

/**
 * Returns the errors of the flags that a write makes a flag depend on: missing ones, and those that depend on the flag itself. What the flag
 * depended on before is not judged. The paths begin with `filters`.
 *
 * @param flag the flag; its id is null if the write creates it
 * @param lock takes `lockDependencies`, if something is to be written
 */
export async function validateDependencies(
  tx: ReadClient,
  flag: { id: number | null; projectId: number; key: string },
  filters: unknown,
  stored: unknown,
  lock: () => Promise<void>,
): Promise<FieldError[]> {
  const before = new Set(getFlagReferences(stored).map(({ reference }) => reference))
  const added = getFlagReferences(filters).filter(({ reference }) => !before.has(reference))
  if (added.length === 0) return []
  await lock()
  const references = added.map(({ reference }) => reference)
  const flags = await findReferable(tx, flag.projectId, references)
  const targets = new Map(references.map((reference) => [reference, findReferencedFlag(reference, flags)?.id]))
  const own = [flag.key, ...(flag.id === null ? [] : [String(flag.id)])]
  const starts = [...targets.values()].filter((id) => id !== undefined && id !== flag.id)
  const circular = starts.length === 0 ? new Set<unknown>() : await findCircular(tx, flag.projectId, starts as number[], own)
  return added.flatMap(({ reference, conditionIndexes }) => {
    const id = targets.get(reference)
    const error = (message: string, code: string) =>
      conditionIndexes.flatMap((index) =>
        placesOf(filters, index, reference).map((at) =>
          fieldError(['filters', 'groups', String(index), 'properties', String(at), 'key'], message, code),
        ),
      )
    if (own.includes(reference) || circular.has(id)) return error('The flag would depend on itself.', 'circular')
    return id === undefined ? error('The project has no such feature flag.', 'does_not_exist') : []
  })
}

/** The places of the properties of a condition set that name a flag by this reference. */
function placesOf(filters: unknown, set: number, reference: string): number[] {
  const { groups } = filters as { groups: { properties: { type?: unknown; key?: unknown }[] }[] }
  return (groups[set]?.properties ?? []).flatMap((property, at) =>
    property?.type === 'flag' && String(property.key) === reference ? [at] : [],
  )
}

/** How many flags are followed, at most, to find a circle. */
const maxFollowed = 10_000

/** Returns which of these flags depend on a flag, directly or by others. `own` is what conditions call it: its number and key. */
export async function findCircular(
  tx: ReadClient,
  projectId: number,
  starts: readonly number[],
  own: readonly string[],
): Promise<Set<number>> {
  // Each flag is read once, however many of the starts depend on it. OFFSET 0 keeps the look-up from becoming a join.
  const flags = await tx.$queryRaw<NamingFlag[]>(Prisma.sql`
    SELECT f.id, f.key, f.depends_on AS "dependsOn"
    FROM flags_with_dependencies(${[...new Set(starts)]}::int[], ${maxFollowed}::int) AS needed (id)
    CROSS JOIN LATERAL (
      SELECT o.id, o.key, o.depends_on FROM feature_flags o
      WHERE o.id = needed.id AND o.project_id = ${projectId}::int AND NOT o.deleted OFFSET 0
    ) AS f`)
  const dependents = findDependents(flags, own)
  return new Set(starts.filter((id) => dependents.has(id)))
}
