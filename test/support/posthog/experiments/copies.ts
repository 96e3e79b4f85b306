import { isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { createFlag } from '../flags/create.ts'
import { plainKey } from '../flags/view.ts'
import { liveFlag } from '../flags/write.ts'
import { notFound, permissionDenied, validationError } from '../server/errors.ts'
import { choice, integer, list, readFields, text } from '../server/fields.ts'
import type { Call } from '../server/router.ts'
import { hasScope } from '../server/scopes.ts'
import { recordActivity } from '../state/activity.ts'
import type { Experiment, Flag } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { createExperiment, newExperiment } from './create.ts'
import { checkFlagShape } from './fields.ts'
import type { Act } from './lifeCycle.ts'
import { promptMetric, templates } from './promptMetrics.ts'
import { isLegacy } from './view.ts'

const names = { feature_flag_key: text(400, false), name: text(400) }

export const duplicate: Act = (call, row, flag) => {
  const read = readFields(call.body, names)
  if (isLegacy(row)) throw validationError('Duplication is not supported for experiments using legacy metrics.')
  const key = read.feature_flag_key
  const target = key === undefined || key === plainKey(flag) ? flag : flagFor(call, row.team_id, key, flag)
  return copyRow(call, row, row.team_id, target, read.name)
}

export const copyToProject: Act = (call, row, flag) => {
  const { state, project, viewer, key } = call
  const read = readFields(call.body, { ...names, target_team_id: integer }, ['target_team_id'])
  if (isLegacy(row)) throw validationError('Copying is not supported for experiments using legacy metrics.')
  const target = state.projects.get(read.target_team_id ?? 0)
  if (target?.organization !== project.organization) throw notFound('Target team not found.')
  if (key.scoped_teams.length > 0 && !key.scoped_teams.includes(target.id)) {
    throw permissionDenied(`API key does not have access to the requested project: ID ${target.id}.`)
  }
  if (viewer.readOnly.has(`project:${target.id}`)) throw permissionDenied('You do not have write access to the target project.')
  return copyRow(call, row, target.id, flagFor(call, target.id, read.feature_flag_key ?? plainKey(flag), flag), read.name)
}

/** The flag with this key. A new one has the variants of the source, and is inactive. */
function flagFor({ state, actor }: Call, project: number, key: string, source: Flag): Flag {
  const existing = liveFlag(state, project, key)
  if (existing !== undefined) {
    checkFlagShape(existing)
    return existing
  }
  const { multivariate, payloads } = source.filters
  const filters = { groups: [{ properties: [], rollout_percentage: 100 }], multivariate, ...(payloads ? { payloads } : {}) }
  return createFlag(state, actor, project, { key, name: source.name, active: false, filters })
}

/** A new draft. Dates, conclusion, holdout and cohort are not copied. */
function copyRow({ state, actor }: Call, row: Experiment, team_id: number, flag: Flag, name: string | undefined): Experiment {
  const now = state.now()
  const fresh = (metrics: JsonObject[] | null) => metrics?.map((metric) => ({ ...metric, uuid: state.uuid() })) ?? null
  const [metrics, metrics_secondary] = [fresh(row.metrics), fresh(row.metrics_secondary)]
  const remap = (order: string[] | null, old: JsonObject[] | null, made: JsonObject[] | null) =>
    order?.map((uuid) => String(made?.[old?.findIndex((metric) => metric.uuid === uuid) ?? -1]?.uuid ?? uuid)) ?? null
  const { description, type, parameters, filters, stats_config, scheduling_config, exposure_criteria, only_count_matured_users } = row
  const copy = state.experiments.add({
    ...newExperiment,
    ...{ description, type, parameters, filters, stats_config, scheduling_config, exposure_criteria, only_count_matured_users },
    ...{ metrics, metrics_secondary },
    primary_metrics_ordered_uuids: remap(row.primary_metrics_ordered_uuids, row.metrics, metrics),
    secondary_metrics_ordered_uuids: remap(row.secondary_metrics_ordered_uuids, row.metrics_secondary, metrics_secondary),
    saved_metrics: team_id === row.team_id ? row.saved_metrics.map((link) => ({ ...link, id: ++state.savedMetrics.linkId })) : [],
    id: state.experiments.nextId(),
    team_id,
    name: name || copyName(state, team_id, row.name),
    feature_flag_id: flag.id,
    created_by: actor.user.id,
    created_at: now,
    updated_at: now,
  })
  recordActivity(state, actor, team_id, { scope: 'Experiment', item_id: copy.id, activity: 'created', name: copy.name, changes: null })
  return copy
}

function copyName(state: State, project: number, source: string): string {
  const isTaken = (name: string) =>
    state.experiments.find((row) => row.team_id === project && !row.deleted && row.name === name) !== undefined
  const base = `${source} (Copy)`
  let name = base
  for (let at = 1; isTaken(name); at++) name = `${base} ${at}`
  return name
}

export function createFromPrompt(call: Call): Experiment {
  const { state, actor, project, body } = call
  if (!hasScope(actor.scopes, 'llm_prompt:read')) throw permissionDenied("API key missing required scope 'llm_prompt:read'")
  const fields = {
    prompt_name: text(255, false),
    versions: list(integer),
    templates: list(choice(...templates)),
    ...{ name: text(400), description: text(3_000), feature_flag_key: text(400) },
  }
  const read = readFields(body, fields, ['prompt_name', 'versions', 'templates'])
  const { prompt_name: prompt = '', versions = [], templates: chosen = [] } = read
  checkCount(versions, 'versions', 2, 10)
  checkCount(chosen, 'templates', 1, 3)
  const known = state.prompts
    .where((row) => row.team_id === project.id && row.name === prompt && !row.deleted)
    .map(({ version }) => version)
  const missing = versions.filter((version) => !known.includes(version))
  if (missing.length > 0) throw validationError(`Versions not found for prompt '${prompt}': [${missing.join(', ')}]`, 'versions')
  const name = read.name || `${prompt}: ${versions.map((version) => `v${version}`).join(', ')} (${chosen.join(', ')})`
  if (read.feature_flag_key && liveFlag(state, project.id, read.feature_flag_key)) {
    const text = `Feature flag '${read.feature_flag_key}' already exists for this team. Pick a different key, or omit this field to auto-generate one.`
    throw validationError(text, 'feature_flag_key')
  }
  const share = Math.floor(100 / versions.length)
  const keyAt = (at: number) => (at === 0 ? 'control' : versions.length === 2 ? 'test' : `test-${at}`)
  const variants = versions.map((version, at) => {
    const isLast = at === versions.length - 1
    return { key: keyAt(at), name: `v${version}`, rollout_percentage: isLast ? 100 - share * at : share }
  })
  const payloads = Object.fromEntries(
    versions.map((version, at) => [keyAt(at), JSON.stringify({ prompt_name: prompt, prompt_version: version })]),
  )
  const metrics = chosen.map((template) => ({ ...promptMetric(template, prompt), uuid: state.uuid() }))
  return createExperiment(state, actor, project.id, {
    name,
    description: read.description ?? '',
    feature_flag_key: read.feature_flag_key || freeKey(state, project.id, name),
    feature_flag: { filters: { multivariate: { variants }, groups: [{ properties: [], rollout_percentage: 100 }], payloads } },
    parameters: { prompt_metadata: { name: prompt, templates: chosen, versions } },
    metrics,
    primary_metrics_ordered_uuids: metrics.filter(isObject).map(({ uuid }) => uuid),
    allow_unknown_events: true,
  })
}

function checkCount(values: readonly unknown[], attr: string, least: number, most: number): void {
  if (values.length < least) throw validationError(`Ensure this field has at least ${least} elements.`, attr, 'min_length')
  if (values.length > most) throw validationError(`Ensure this field has no more than ${most} elements.`, attr, 'max_length')
  if (new Set(values).size < values.length) throw validationError(`${attr} must not contain duplicates.`, attr)
  const isLow = values.some((value) => typeof value === 'number' && value < 1)
  if (isLow) throw validationError('Ensure this value is greater than or equal to 1.', attr, 'min_value')
}

function freeKey(state: State, project: number, name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .toLowerCase()
  const slug = ascii
    .replaceAll(/[^a-z0-9_\s-]/g, '')
    .replaceAll(/[-\s]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
  const base = slug.slice(0, 200) || 'experiment'
  let key = base
  for (let at = 2; liveFlag(state, project, key) !== undefined; at++) key = `${base}-${at}`
  return key
}
