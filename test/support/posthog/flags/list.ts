import { serverError, validationError } from '../server/errors.ts'
import { page, whole } from '../server/pages.ts'
import { type Answer, type Call, ok } from '../server/router.ts'
import type { Flag } from '../state/rows.ts'
import { mayEdit, maySee } from '../state/state.ts'
import { compareNullable } from '../state/table.ts'
import { variantsOf } from './filters.ts'
import { flagStatus, flagView, isEligible } from './view.ts'

/** The list orders by any column. The name is not checked: an unknown one is an error of the server. */
const columns: readonly (keyof Flag)[] = [
  ...(['id', 'team_id', 'key', 'name', 'deleted', 'active', 'archived', 'version', 'created_at', 'updated_at', 'created_by'] as const),
  ...(['last_modified_by', 'ensure_experience_continuity', 'evaluation_runtime', 'bucketing_identifier', 'last_called_at'] as const),
  ...(['is_remote_configuration', 'has_encrypted_payloads'] as const),
]

export function listFlags(call: Call): Answer {
  call.project.local_evaluation_requests++
  return ok(page(call, selectFlags(call), (flag) => flagView(call.state, flag, call.viewer)))
}

/** All ids that the key's user may edit. */
export function matchingIds(call: Call): Answer {
  const ids = selectFlags(call)
    .filter(({ id }) => mayEdit(call.viewer, 'feature_flag', id))
    .map(({ id }) => id)
  return ok({ ids, total: ids.length })
}

/** The flags that the filters of a request leave, in its order. Deleted and internal ones are never among them. */
export function selectFlags({ state, project, query, viewer }: Call): readonly Flag[] {
  const archived = query.get('archived') === 'true'
  const order = query.get('order') || '-created_at'
  const column = order.replace(/^-/, '') as keyof Flag
  if (!columns.includes(column)) throw serverError()
  const sign = order.startsWith('-') ? -1 : 1
  const compare = (a: Flag, b: Flag) => sign * compareNullable(a[column], b[column])
  const isListed = (flag: Flag) => flag.team_id === project.id && !flag.deleted && flag.internal === null && flag.archived === archived
  const rows = state.settled(state.flags.sorted(`${project.id} ${archived} ${order}`, isListed, compare), compare)
  const tests = [...filterTests(query)]
  if (viewer.hidden.size > 0) tests.push((flag) => maySee(viewer, 'feature_flag', flag.id))
  const names = (flag: Flag) =>
    state
      .experimentsOf(flag)
      .filter((row) => !row.deleted)
      .map(({ name }) => name)
  const active = query.get('active')
  if (active === 'STALE') tests.push((flag) => flagStatus(state, flag) === 'STALE')
  else if (active !== null) tests.push((flag) => flag.active === (active === 'true'))
  const search = query.get('search')
  if (search) {
    const pattern = readPattern(search)
    tests.push((flag) => [flag.key, flag.name, ...names(flag)].some((each) => pattern.test(each)))
  }
  if (query.get('type') === 'experiment') tests.push((flag) => names(flag).length > 0)
  return tests.length === 0 ? rows : rows.filter((flag) => tests.every((test) => test(flag)))
}

type Test = (flag: Flag) => boolean

function* filterTests(query: URLSearchParams): Generator<Test> {
  const key = query.get('key')?.toLowerCase()
  if (key !== undefined) yield (flag) => flag.key.toLowerCase() === key
  const type = query.get('type')
  if (type === 'boolean') yield (flag) => variantsOf(flag.filters).length === 0
  if (type === 'multivariant') yield (flag) => variantsOf(flag.filters).length > 0
  if (type === 'remote_config') yield (flag) => flag.is_remote_configuration === true
  const runtime = query.get('evaluation_runtime')
  if (runtime) yield (flag) => flag.evaluation_runtime === runtime
  const creators = idList(query.get('created_by_id'))
  if (creators !== undefined) yield (flag) => creators.includes(flag.created_by ?? -1)
  const tags = textList(query.get('tags'))
  if (tags !== undefined) yield (flag) => tags.some((tag) => flag.tags.includes(tag))
  const excluded = textList(query.get('excluded_tags'))
  if (excluded !== undefined) yield (flag) => !excluded.some((tag) => flag.tags.includes(tag))
  const contexts = query.get('has_evaluation_contexts')
  if (contexts) {
    const wanted = ['true', '1', 'yes'].includes(contexts.toLowerCase())
    yield (flag) => flag.evaluation_contexts.length > 0 === wanted
  }
  if (query.get('eligible_for_experiment') === 'true') yield isEligible
}

function readPattern(search: string): RegExp {
  if (search.length > 200) throw validationError('Search is longer than 200 characters.', 'search')
  try {
    return new RegExp(search, 'i')
  } catch {
    throw validationError('Search is not a valid regular expression.', 'search')
  }
}

/** One id, a list with commas, or a JSON list. Undefined, which filters nothing, if it is none of these. */
export function idList(value: string | null): number[] | undefined {
  const ids = value
    ?.replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .map((each) => whole(each.trim()))
  return ids?.every((id) => id !== undefined) ? ids : undefined
}

function textList(value: string | null): string[] | undefined {
  try {
    const tags: unknown = JSON.parse(value ?? '')
    return Array.isArray(tags) ? tags.map(String) : undefined
  } catch {
    return undefined
  }
}
