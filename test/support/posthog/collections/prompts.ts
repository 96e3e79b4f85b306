import type { JsonObject } from '../../../../src/platform/json.ts'
import { notFound, permissionDenied } from '../server/errors.ts'
import { page, whole } from '../server/pages.ts'
import { type Answer, type Call, ok, route } from '../server/router.ts'
import type { Prompt } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { compareNullable } from '../state/table.ts'
import { formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

const path = 'llm_prompts/'
const orders = ['created_at', 'updated_at', 'name', 'version']

function promptView(state: State, row: Prompt, content: string): JsonObject {
  const versions = state.prompts.where((other) => other.team_id === row.team_id && other.name === row.name && !other.deleted)
  const latest = Math.max(...versions.map(({ version }) => version))
  const prompt = content === 'none' ? {} : { prompt: content === 'preview' ? row.prompt.slice(0, 160) : row.prompt }
  return {
    ...{ id: row.id, name: row.name, ...prompt, version: row.version, latest_version: latest, version_count: versions.length },
    is_latest: row.version === latest,
    deleted: row.deleted,
    first_version_created_at: formatTime(Math.min(...versions.map(({ created_at }) => created_at))),
    created_by: userView(state, row.created_by),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
  }
}

/** The latest version of each name. An unknown order is the default one. */
function listPrompts(call: Call): Answer {
  assertShown(call)
  const { state, project, query } = call
  const live = state.prompts.where((row) => row.team_id === project.id && !row.deleted)
  const latest = new Map<string, Prompt>()
  for (const row of live) if (row.version > (latest.get(row.name)?.version ?? 0)) latest.set(row.name, row)
  const asked = query.get('order_by') ?? ''
  const order = orders.includes(asked.replace(/^-/, '')) ? asked : '-created_at'
  const column = order.replace(/^-/, '') as keyof Prompt
  const sign = order.startsWith('-') ? -1 : 1
  const rows = [...latest.values()].sort((a, b) => sign * (compareNullable(a[column], b[column]) || compareNullable(a.id, b.id)))
  return ok(page(call, rows, (row) => promptView(state, row, query.get('content') ?? 'full')))
}

/** Each reading by name is counted as a use: an event in the project. */
function promptByName(call: Call): Answer {
  assertShown(call)
  const { state, project, params, query, viewer } = call
  const rows = state.prompts.where((row) => row.team_id === project.id && row.name === params.name && !row.deleted)
  const version = whole(query.get('version')) ?? Math.max(...rows.map((row) => row.version))
  const row = rows.find((each) => each.version === version)
  if (row === undefined) throw notFound()
  const properties = { prompt_name: row.name, prompt_version: row.version }
  const distinct_id = viewer.distinct_id ?? String(viewer.id)
  state.events.add({ id: state.uuid(), team_id: project.id, event: '$llm_prompt_fetched', timestamp: state.now(), distinct_id, properties })
  return ok(promptView(state, row, query.get('content') ?? 'full'))
}

function assertShown({ state }: Call): void {
  if (state.settings.promptsHidden) throw permissionDenied('You do not have permission to perform this action.')
}

export const promptRoutes = [
  route('GET', path, 'llm_prompt:read', listPrompts),
  route('GET', `${path}name/:name/`, 'llm_prompt:read', promptByName),
  // The history of versions is for browser sessions only.
  route('GET', `${path}:id/versions/`, null, () => ok([])),
  route('GET', `${path}:id/`, 'llm_prompt:read', (call) => {
    assertShown(call)
    const row = call.state.prompts.get(call.params.id ?? '')
    if (row?.team_id !== call.project.id || row.deleted) throw notFound()
    return ok(promptView(call.state, row, 'full'))
  }),
]
