import { asObject, type JsonObject } from '../../../platform/json.ts'
import type { Given, Operation, Refusal, UpstreamRequest } from './operation.ts'
import { given as defined, isSame, storedFilters } from './values.ts'

/** The names of columns in the REST API. */
const columns: Readonly<Record<string, string>> = {
  key: 'key',
  name: 'name',
  active: 'active',
  archived: 'archived',
  deleted: 'deleted',
  tags: 'tags',
  evaluationRuntime: 'evaluation_runtime',
  evaluationContexts: 'evaluation_contexts',
  ensureExperienceContinuity: 'ensure_experience_continuity',
  bucketingIdentifier: 'bucketing_identifier',
  isRemoteConfiguration: 'is_remote_configuration',
}

/** A new flag, from the values of its plan. */
export function newFlagRequest(values: JsonObject, ids: Given['ids']): UpstreamRequest {
  const body = Object.fromEntries(
    Object.entries(columns).flatMap(([name, column]) => (values[name] === undefined ? [] : [[column, values[name]]])),
  )
  return { method: 'POST', path: 'feature_flags/', body: { ...body, filters: ids.toUpstream(values.filters) } }
}

/**
 * A change of a flag: only what differs, with the version and the values that it was made from. PostHog then refuses to overwrite what
 * somebody else has changed in between. Without `original_flag` it would not.
 */
export function flagUpdateRequest({ plan, id, flag: read, thing, ids, input }: Given): UpstreamRequest | Refusal | null {
  const flag = read ?? thing
  const changes = Object.entries(plan?.flag?.changedValues ?? {}).filter(([, { before, after }]) => !isSame(before, after))
  const changed = new Map(changes.map(([path, { after }]) => [path, after]))
  // PostHog names a deleted flag, and gives a restored one its key back.
  if (changed.has('deleted') && input.key === undefined) changed.delete('key')
  const hasSecrets = flag?.has_encrypted_payloads === true
  if (hasSecrets && changed.has('filters.payloads')) {
    return { refuse: 'The payloads of the flag are encrypted, and this service cannot encrypt new ones.' }
  }
  const body: JsonObject = {}
  const filters: JsonObject = {}
  for (const [path, after] of changed) {
    const column = columns[path]
    if (column !== undefined) body[column] = after
    else if (path.startsWith('filters.')) filters[path.slice('filters.'.length)] = after
  }
  if (Object.keys(filters).length > 0) body.filters = ids.toUpstream({ filters }).filters
  if (Object.keys(body).length === 0) return null
  const original = Object.fromEntries(Object.keys(body).map((name) => [name, name === 'filters' ? storedFilters(flag) : flag?.[name]]))
  // The stored payloads are encrypted, and were answered as text: they would look like a change of somebody else.
  if (hasSecrets) delete original.filters
  return {
    method: 'PATCH',
    path: `feature_flags/${id}/`,
    body: { ...body, version: flag?.version ?? 0, original_flag: defined(original) },
  }
}

/** Whether a flag has all values that a request sets. */
export function hasFlagValues(flag: JsonObject, body: JsonObject): boolean {
  const filters = storedFilters(flag)
  return Object.entries(body).every(([name, value]) => {
    if (name === 'version' || name === 'original_flag') return true
    if (name !== 'filters') return isSame(flag[name], value)
    return Object.entries(asObject(value) ?? {}).every(([key, part]) => isSame(filters[key] ?? null, part ?? null))
  })
}

const versionOf = (flag: JsonObject | null) => (typeof flag?.version === 'number' ? flag.version : 0)

const bodyOf = (request: ReturnType<Operation['toRequest']>): JsonObject => (request !== null && 'body' in request && request.body) || {}

export const createFeatureFlag: Operation = {
  kind: 'feature_flags',
  reads: [],
  toRequest: ({ plan, ids }) => newFlagRequest((plan?.after ?? {}) as JsonObject, ids),
  settlement: {
    by: 'list',
    query: ({ plan }) => {
      const key = plan?.flag?.key ?? ''
      return [{ key }, { key, archived: true }]
    },
    isOurs: (row, given) =>
      row.key === given.plan?.flag?.key && hasFlagValues(row, { ...bodyOf(createFeatureFlag.toRequest(given)), ...unread(row) }),
  },
  repeatable: true,
  moves: [],
}

/** Where evaluation contexts are switched off, PostHog takes them and lists none. */
function unread({ evaluation_contexts }: JsonObject): JsonObject {
  return isSame(evaluation_contexts, []) ? { evaluation_contexts } : {}
}

export const updateFeatureFlag: Operation = {
  kind: 'feature_flags',
  reads: ['flag'],
  toRequest: flagUpdateRequest,
  settlement: {
    by: 'row',
    isDone: (after, given) => versionOf(after) > versionOf(given.flag) && hasFlagValues(after, bodyOf(flagUpdateRequest(given))),
  },
  repeatable: true,
  moves: ['experiments'],
}

/** A copy into a linked project: a new flag there, or a change of the one with the same key. */
export const copyFeatureFlag: Operation = {
  kind: 'feature_flags',
  reads: ['flag'],
  toRequest: (given) => {
    const { plan } = given
    if ((plan?.newFlags ?? []).length > 0) {
      return { refuse: 'The project lacks flags that the copied one depends on. Copy those first: PostHog takes one flag at a time.' }
    }
    return plan?.flag?.id == null ? createFeatureFlag.toRequest(given) : flagUpdateRequest(given)
  },
  settlement: {
    by: 'list',
    query: createFeatureFlag.settlement.by === 'list' ? createFeatureFlag.settlement.query : () => [],
    isOurs: (row, given) => {
      const body = bodyOf(copyFeatureFlag.toRequest(given))
      return row.key === given.plan?.flag?.key && versionOf(row) > versionOf(given.flag) && hasFlagValues(row, body)
    },
  },
  repeatable: true,
  moves: ['experiments'],
}
