import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Db } from '../../../src/database/client.ts'
import { canonicalJson, isObject, type JsonObject } from '../../../src/platform/json.ts'
import { exportProject } from '../../../src/posthog/export/exportProject.ts'
import { noProgress } from '../../../src/posthog/import/progress.ts'
import { rowId } from '../../../src/posthog/link/connect/readList.ts'
import { prepareRow } from '../../../src/posthog/link/store/prepareRow.ts'

// Compares a mirror with PostHog, field by field: the export of this service with the REST API of the stand-in.

export interface Upstream {
  origin: string
  project: number
  key: string
}

/** A field that is not equal, or a row that one side lacks. */
export interface Difference {
  kind: string
  id: string
  field: string
  ours: unknown
  theirs: unknown
}

const files = {
  feature_flags: 'feature_flags.json',
  experiments: 'experiments.json',
  experiment_holdouts: 'experiment_holdouts.json',
  experiment_saved_metrics: 'experiment_saved_metrics.json',
  actions: 'actions.json',
  surveys: 'surveys.json',
} as const

export type ComparedKind = keyof typeof files
export const comparedKinds = Object.keys(files) as ComparedKind[]

const samplingKey = 'internal_response_sampling_flag_key'

/** What is null in old rows of PostHog has a value here. */
const defaults: JsonObject = {
  ensure_experience_continuity: false,
  evaluation_runtime: 'all',
  bucketing_identifier: 'distinct_id',
  is_remote_configuration: false,
  has_encrypted_payloads: false,
  version: 1,
}

export async function findDifferences(
  db: Db,
  projectId: number,
  upstream: Upstream,
  kinds: readonly ComparedKind[] = comparedKinds,
): Promise<{ rows: number; fields: number; differences: Difference[] }> {
  const ours = await exported(db, projectId)
  const result = { rows: 0, fields: 0, differences: [] as Difference[] }
  for (const kind of kinds) {
    const theirs = await listed(upstream, kind)
    const here = new Map((ours.get(kind) ?? []).map((row) => [rowId(row) ?? '?', row]))
    for (const [id, row] of theirs) {
      const own = here.get(id)
      if (own === undefined) result.differences.push({ kind, id, field: '', ours: 'missing', theirs: 'there' })
      else compare(kind, id, own, row, result)
    }
    for (const [id, own] of here) {
      if (theirs.has(id)) continue
      // A deleted flag is still answered, with its mark.
      const row = kind === 'feature_flags' ? await read(upstream, `${kind}/${id}/`) : null
      if (row !== null) compare(kind, id, own, row, result)
      else if (own.deleted !== true) result.differences.push({ kind, id, field: '', ours: 'there', theirs: 'missing' })
    }
  }
  return result
}

function compare(
  kind: string,
  id: string,
  own: JsonObject,
  row: JsonObject,
  result: { rows: number; fields: number; differences: Difference[] },
): void {
  result.rows++
  for (const [field, value] of Object.entries(own)) {
    if (!(field in row)) continue
    result.fields++
    const [ours, theirs] = [comparable(field, value), comparable(field, row[field])]
    if (canonicalJson(ours) !== canonicalJson(theirs)) result.differences.push({ kind, id, field, ours, theirs })
  }
}

function comparable(field: string, value: unknown): unknown {
  if (/_(at|date)$/.test(field)) return typeof value === 'string' ? Date.parse(value) : null
  if (/_by$/.test(field)) return isObject(value) ? value.email : null
  // The answers of both sides embed a part of the row.
  if (field === 'feature_flag' || field === 'holdout' || /_flag$/.test(field)) return rowId(value)
  if (field === 'saved_metrics') {
    const links = Array.isArray(value) ? value.filter(isObject) : []
    return links
      .map(({ saved_metric, name, metadata }) => ({ saved_metric, name, metadata }))
      .toSorted((a, b) => Number(a.saved_metric) - Number(b.saved_metric))
  }
  // Of the flags that a survey names by key, the others are fields of their own.
  if (field === 'feature_flag_keys')
    return (Array.isArray(value) ? value : []).filter((entry) => isObject(entry) && entry.key === samplingKey)
  // PostHog leaves the mark of a deleted flag away.
  if (field === 'feature_flag_key') return String(value).replace(/:deleted:\d+$/, '')
  if (field === 'filters') return prepareRow('feature_flags', { filters: value }).filters ?? {}
  if (field === 'tags' || field === 'evaluation_contexts') return Array.isArray(value) ? value.toSorted() : []
  return value ?? defaults[field] ?? null
}

async function exported(db: Db, projectId: number): Promise<Map<ComparedKind, JsonObject[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-storm-'))
  try {
    await exportProject(db, { project: String(projectId), folder: join(folder, 'export'), progress: noProgress })
    const read = async (kind: ComparedKind) => {
      const { results } = JSON.parse(await readFile(join(folder, 'export', files[kind]), 'utf8')) as { results: JsonObject[] }
      return [kind, results] as const
    }
    return new Map(await Promise.all(comparedKinds.map(read)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** All rows that PostHog lists. Experiments are read one by one, because the list lacks some of their fields. */
async function listed(upstream: Upstream, kind: ComparedKind): Promise<Map<string, JsonObject>> {
  const rows = new Map<string, JsonObject>()
  const hasArchived = kind === 'feature_flags' || kind === 'experiments'
  for (const archived of hasArchived ? [false, true] : [null]) {
    for (let offset = 0; ; offset += 100) {
      const order = hasArchived ? `&archived=${archived}&order=created_at` : ''
      const page = await read(upstream, `${kind}/?limit=100&offset=${offset}${order}`)
      const results = ((page?.results ?? []) as JsonObject[]).filter((row) => kind !== 'actions' || row.deleted !== true)
      for (const row of results) {
        const id = rowId(row) ?? '?'
        rows.set(id, kind === 'experiments' ? ((await read(upstream, `${kind}/${id}/`)) ?? row) : row)
      }
      if ((page?.next ?? null) === null) break
    }
  }
  return rows
}

async function read({ origin, project, key }: Upstream, path: string): Promise<JsonObject | null> {
  const response = await fetch(`${origin}/api/projects/${project}/${path}`, { headers: { authorization: `Bearer ${key}` } })
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`The stand-in answered ${response.status} to ${path}.`)
  return (await response.json()) as JsonObject
}
