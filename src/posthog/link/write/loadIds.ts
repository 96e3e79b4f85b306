import type { ReadClient } from '../../../database/client.ts'
import type { ProjectLink } from '../../../database/generated/client.ts'
import { asArray, type JsonObject } from '../../../platform/json.ts'
import { readMovedNumbers } from '../../import/numbering.ts'
import { mapReferences, type NumberMaps, type ReferencedTable } from '../../rows/references.ts'
import type { UpstreamIds } from '../operations/operation.ts'

/** The rows that a write names by our ids. */
export interface NamedRows {
  holdouts: readonly number[]
  savedMetrics: readonly number[]
  users: readonly number[]
  roles: readonly string[]
  projects: readonly number[]
}

/** Finds what the values of a plan or row name. */
export function namedRows(values: JsonObject, input: JsonObject): NamedRows {
  const numbers = (list: readonly unknown[]) => list.filter((value) => typeof value === 'number')
  const texts = (list: readonly unknown[]) => list.filter((value) => typeof value === 'string')
  const links = (asArray(values.savedMetrics) ?? []).map((link) => (link as JsonObject | null)?.savedMetricId)
  return {
    holdouts: numbers([values.holdoutId]),
    savedMetrics: numbers(links),
    users: numbers(asArray(values.approverUserIds) ?? []),
    roles: texts([...(asArray(values.approverRoleIds) ?? []), ...(asArray(values.bypassRoleIds) ?? [])]),
    projects: numbers([input.targetProjectId]),
  }
}

/** Loads the ids in PostHog of what a write names, and of everything whose number differs there. */
export async function loadUpstreamIds(db: ReadClient, { projectId, host }: ProjectLink, named: NamedRows): Promise<UpstreamIds> {
  const select = { id: true, importedId: true } as const
  const ids = new Map<string, number | string>()
  const remember = (type: string, rows: readonly { id: number | string; importedId: number | string | null }[]) => {
    for (const { id, importedId } of rows) if (importedId !== null) ids.set(`${type} ${id}`, importedId)
  }
  const among = (list: readonly number[]) => ({ projectId, id: { in: [...list] } })
  if (named.holdouts.length > 0) remember('holdout', await db.holdout.findMany({ where: among(named.holdouts), select }))
  if (named.savedMetrics.length > 0) remember('savedMetric', await db.savedMetric.findMany({ where: among(named.savedMetrics), select }))
  if (named.roles.length > 0) remember('role', await db.role.findMany({ where: { id: { in: [...named.roles] } }, select }))
  if (named.users.length > 0) {
    const rows = await db.linkRow.findMany({ where: { projectId, kind: 'users', localId: { in: named.users.map(String) } } })
    remember(
      'user',
      rows.map(({ localId, upstreamId }) => ({ id: localId ?? '', importedId: Number(upstreamId) })),
    )
  }
  if (named.projects.length > 0) {
    const links = await db.projectLink.findMany({ where: { projectId: { in: [...named.projects] }, host } })
    remember(
      'project',
      links.map((link) => ({ id: link.projectId, importedId: link.upstreamProjectId })),
    )
  }
  const moved = await loadMovedNumbers(db, projectId)
  return { of: (type, id) => ids.get(`${type} ${id}`) ?? null, toUpstream: (value) => mapReferences(value, moved) }
}

/** PostHog's numbers of the rows whose number here is another one. */
async function loadMovedNumbers(db: ReadClient, projectId: number): Promise<NumberMaps> {
  const numbers = await readMovedNumbers(db, projectId)
  const toMap = (table: ReferencedTable) => new Map(numbers[table].map(({ id, importedId }) => [id, importedId]))
  return { feature_flags: toMap('feature_flags'), cohorts: toMap('cohorts'), actions: toMap('actions'), holdouts: toMap('holdouts') }
}
