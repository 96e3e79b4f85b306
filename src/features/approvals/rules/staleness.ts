import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { CommandPlan, RowState } from '../../../commands/command.ts'
import type { ChangeRequest, Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject, isObject, type JsonObject, toJsonValue } from '../../../platform/json.ts'
import type { FlagOwner } from './guardedChanges.ts'
import { impliedValues } from './impliedValues.ts'

// Whether what a request would do is still what its approvers see (approvals.md 13, 22.27).

/** A value that is not as it was when the change was requested. */
export interface Difference {
  /** The object and the value: `featureFlag.active`, `experiment.conclusion`. `after.…` is a value that the change would now set otherwise. */
  path: string
  requested: unknown
  current: unknown
  /** The project of a stored object. Only people who see that project may see what the value is now. */
  projectId?: number | undefined
}

export interface Staleness {
  reason: 'RESOURCE_GONE' | 'OWNER_CHANGED' | 'VERSION_MISMATCH'
  message: string
  differences: readonly Difference[]
}

const valueSchema = z.object({ before: z.unknown(), after: z.unknown().optional() })
const rowSchema = z
  .object({
    type: z.enum(['FEATURE_FLAG', 'EXPERIMENT', 'HOLDOUT', 'SAVED_METRIC', 'PROJECT', 'PROMPT'] satisfies RowState['type'][]),
    id: z.union([z.int32(), z.guid()]),
    values: z.record(z.string(), valueSchema),
  })
  .refine(({ type, id }) => (type === 'PROMPT') === (typeof id === 'string'))
const preconditionsSchema = z.object({
  /** Null if the request creates the flag. */
  flag: z
    .object({
      owner: z.enum(['experiment', 'deletedExperiment', 'createdForExperiment', 'none']),
      /** The version that the caller sent, if it already differed from the flag's version. Otherwise null. */
      version: z.int().nullable(),
      /** The values of the flag in requests that were stored before `rows`. */
      touched: z.record(z.string(), valueSchema).optional(),
    })
    .nullish(),
  rows: z.array(rowSchema).optional(),
  /** The seed of the ids that the plan made up. */
  idSeed: z.string().optional(),
  /** The API key of the requester. */
  keyId: z.guid().nullish(),
  /** The keys of the flags that the plan creates beside the one that it is about. */
  newKeys: z.array(z.string()).optional(),
  chosenName: z.string().optional(),
})

/** What a request needs to be as it was when it is applied. */
export interface Preconditions {
  flag: { owner: FlagOwner; version: number | null } | null
  rows: readonly RowState[]
  idSeed: string
  keyId: string | null
  newKeys: readonly string[]
  /** The name that the plan made up, because it was free. Null if it made none up. */
  chosenName: string | null
}

/** Those of a request that needs nothing. */
export const noPreconditions: Preconditions = { flag: null, rows: [], idSeed: '', keyId: null, newKeys: [], chosenName: null }

export function toPreconditions(
  { flag, newFlags = [], rows, project, chosenName }: CommandPlan,
  owner: FlagOwner,
  { idSeed, keyId }: Pick<Preconditions, 'idSeed' | 'keyId'>,
): Prisma.InputJsonObject {
  const projectState: RowState = { type: 'PROJECT', id: project.id, values: { organizationId: { before: project.organizationId } } }
  const flagStates: RowState[] =
    flag === null || flag.id === null || flag.before === null
      ? []
      : [
          {
            type: 'FEATURE_FLAG',
            id: flag.id,
            values: {
              projectId: { before: project.id },
              deleted: { before: flag.before.deleted },
              archived: { before: flag.before.archived },
              ...flag.changedValues,
            },
          },
        ]
  const preconditions = {
    flag: flag === null || flag.id === null ? null : { owner, version: flag.expectedVersion },
    rows: [...flagStates, ...rows, projectState],
    idSeed,
    keyId,
    newKeys: newFlags.map(({ change }) => change.key),
    chosenName,
  } satisfies Partial<Record<keyof Preconditions, unknown>>
  return toJsonValue(preconditions) as Prisma.InputJsonObject
}

/** Whether the preconditions of a request cannot be read. */
export function hasDamagedPreconditions({ preconditions }: Pick<ChangeRequest, 'preconditions'>): boolean {
  return !preconditionsSchema.safeParse(preconditions).success
}

/** Reads the preconditions of a request. Throws if they are damaged. */
export function parsePreconditions({
  id,
  featureFlagId,
  preconditions,
}: Pick<ChangeRequest, 'id' | 'featureFlagId' | 'preconditions'>): Preconditions {
  const { flag, rows, idSeed, keyId, newKeys, chosenName } = preconditionsSchema.parse(preconditions)
  const touched: RowState[] =
    featureFlagId === null || flag?.touched === undefined
      ? []
      : [{ type: 'FEATURE_FLAG', id: featureFlagId, values: flag.touched as RowState['values'] }]
  return {
    flag: flag ?? null,
    rows: [...touched, ...((rows ?? []) as RowState[])].map((row) => ({ ...row, values: { ...row.values, ...impliedValues(row) } })),
    idSeed: idSeed ?? `request ${id}`,
    keyId: keyId ?? null,
    newKeys: newKeys ?? [],
    chosenName: chosenName ?? null,
  }
}

/** The key of a row in the rows that were read for a check. */
export const rowKey = ({ type, id }: Pick<RowState, 'type' | 'id'>): string => `${type} ${id}`

/** The rows as they are now, by `rowKey`. */
export type CurrentRows = ReadonlyMap<string, JsonObject>

const rowNames: Record<RowState['type'], { object: string; text: string }> = {
  FEATURE_FLAG: { object: 'featureFlag', text: 'feature flag' },
  EXPERIMENT: { object: 'experiment', text: 'experiment' },
  HOLDOUT: { object: 'holdout', text: 'holdout' },
  SAVED_METRIC: { object: 'savedMetric', text: 'saved metric' },
  PROJECT: { object: 'project', text: 'project' },
  PROMPT: { object: 'prompt', text: 'prompt' },
}

/**
 * Returns why a request is stale. Null if each value that it read is unchanged, and each value that it would set is unchanged or already has
 * the new value. Changes of other values do not make it stale.
 *
 * @param owner the owner of the guarded flag now. Null if the request creates the flag.
 */
export function detectStaleness({ flag, rows }: Preconditions, current: CurrentRows, owner: FlagOwner | null): Staleness | null {
  const gone = rows.find((row) => isGone(row, current.get(rowKey(row))))
  const differences = rows.flatMap((row) => rowDifferences(row, current.get(rowKey(row))))
  if (gone !== undefined) {
    const verb = current.has(rowKey(gone)) ? 'was deleted' : 'is gone'
    return { reason: 'RESOURCE_GONE', message: `The ${rowNames[gone.type].text} ${verb}.`, differences }
  }
  if (flag !== null && owner !== null && ownerName(owner) !== ownerName(flag.owner)) {
    const [requested, now] = [ownerName(flag.owner), ownerName(owner)]
    return {
      reason: 'OWNER_CHANGED',
      message: `Ownership changed since this request was created: ${requested} -> ${now}`,
      differences: [{ path: 'featureFlag.owner', requested, current: now }, ...differences],
    }
  }
  if (flag !== null && flag.version !== null) {
    const version = rows.flatMap((row) => (row.type === 'FEATURE_FLAG' ? (current.get(rowKey(row))?.version ?? []) : []))[0]
    return {
      reason: 'VERSION_MISMATCH',
      message: `Flag version mismatch: expected ${flag.version}, got ${version}`,
      differences: [{ path: 'featureFlag.version', requested: flag.version, current: version ?? null }, ...differences],
    }
  }
  return toStaleness(differences)
}

/** Returns why a request is stale whose made-up name somebody else has now. */
export function nameTaken(name: string): Staleness {
  const message = `Changed since this request was created: the name ${JSON.stringify(name)} is taken.`
  return { reason: 'VERSION_MISMATCH', message, differences: [{ path: 'after.name', requested: name, current: null }] }
}

/**
 * Returns why a plan that was computed again is not the one that the approvers see. Null if it is the same.
 *
 * @param shown the `before` and `after` of the request
 */
export function comparePlans(
  shown: Pick<ChangeRequest, 'before' | 'after'>,
  plan: Pick<CommandPlan, 'before' | 'after'>,
  { rows }: Preconditions,
  current: CurrentRows,
): Staleness | null {
  const [requested, now] = [flatten(shown), flatten(plan)]
  const paths = [...new Set([...requested.keys(), ...now.keys()])]
  const differences = paths.flatMap((path): Difference[] => {
    const [then, next] = [requested.get(path), now.get(path)]
    if (next === undefined && then !== undefined && isSet(path, then.after, rows, current)) return []
    return isDeepStrictEqual(then, next) ? [] : [{ path: `after.${path}`, requested: then?.after ?? null, current: next?.after ?? null }]
  })
  return toStaleness(differences)
}

function toStaleness(differences: readonly Difference[]): Staleness | null {
  if (differences.length === 0) return null
  const paths = [...new Set(differences.map(({ path }) => path))]
  const more = paths.length > 20 ? ` and ${paths.length - 20} more` : ''
  return {
    reason: 'VERSION_MISMATCH',
    message: `Changed since this request was created: ${paths.slice(0, 20).join(', ')}${more}.`,
    differences,
  }
}

function isGone({ values }: RowState, row: JsonObject | undefined): boolean {
  // A request that itself deletes the row has its new value in `after`.
  return (
    row === undefined ||
    (row.deleted === true && values.deleted !== undefined && values.deleted.before === false && values.deleted.after !== true)
  )
}

function rowDifferences({ type, values }: RowState, row: JsonObject | undefined): Difference[] {
  const { object } = rowNames[type]
  if (row === undefined) return [{ path: object, requested: 'present', current: null }]
  const projectId = type === 'PROJECT' ? row.id : row.projectId
  // Prompts need a scope of their own to be read.
  const isSecret = (path: string) =>
    (type === 'FEATURE_FLAG' && path === 'filters.payloads' && row.hasEncryptedPayloads === true) ||
    (type === 'PROMPT' && (path === 'prompt' || path === 'config'))
  return Object.entries(values).flatMap(([path, { before, after }]) => {
    const current = getValueAtPath(row, path)
    if (isDeepStrictEqual(current, before ?? null) || (after !== undefined && isDeepStrictEqual(current, after))) return []
    const [requested, now] = isSecret(path) ? [null, null] : [before ?? null, current]
    return [{ path: `${object}.${path}`, requested, current: now, ...(typeof projectId === 'number' ? { projectId } : {}) }]
  })
}

/** Whether a row already has the value that a plan no longer sets. */
function isSet(path: string, value: unknown, rows: readonly RowState[], current: CurrentRows): boolean {
  const [, flagPath = null] = /^featureFlag\.(.*)$/s.exec(path) ?? []
  return rows.some((row) => {
    const rowPath = row.type === 'FEATURE_FLAG' && flagPath !== null ? flagPath : path
    const set = row.values[rowPath]
    if (set === undefined || !('after' in set)) return false
    // Compared with the stored value: what is shown may be redacted.
    const now = getValueAtPath(current.get(rowKey(row)) ?? {}, rowPath)
    return isDeepStrictEqual(now, set.after) || isDeepStrictEqual(now, value)
  })
}

/** The values before and after, by path. Those of a flag in an experiment's change begin with `featureFlag.`. */
function flatten({ before, after }: { before: unknown; after: unknown }): Map<string, { before: unknown; after: unknown }> {
  const flat = (values: unknown) =>
    Object.entries(asObject(toJsonValue(values)) ?? {}).flatMap(([key, value]) =>
      key === 'featureFlag' && isObject(value)
        ? Object.entries(value).map(([inner, innerValue]) => [`featureFlag.${inner}`, innerValue] as const)
        : [[key, value] as const],
    )
  const previous = new Map(flat(before))
  return new Map(flat(after).map(([path, value]) => [path, { before: previous.get(path) ?? null, after: value }]))
}

/** The percentage that experiments know as that of their flag. */
export const firstPercentagePath = 'filters.groups[0].rollout_percentage'

/** Returns the value of a row at a path, as JSON: a column, or a top-level key of a flag's filters. A missing value is null. */
function getValueAtPath(row: JsonObject, path: string): unknown {
  if (path === firstPercentagePath) return toJsonValue(asObject(asArray(asObject(row.filters)?.groups)?.[0])?.rollout_percentage)
  const value = path.startsWith('filters.') ? asObject(row.filters)?.[path.slice('filters.'.length)] : row[path]
  return toJsonValue(value)
}

function ownerName(owner: FlagOwner): string {
  return owner === 'experiment' || owner === 'createdForExperiment' ? 'experiment' : 'unowned'
}
