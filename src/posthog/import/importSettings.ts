import { findOrCreateContexts, normalizeContextNames } from '../../commands/evaluationContexts.ts'
import type { Transaction } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import { type ContextsJson, type ProjectSettingsJson, projectColumns, settingsToJson } from '../collections/projectSettings.ts'
import { hasSameValues } from '../rows/hasSameValues.ts'
import type { Numbering } from '../rows/references.ts'
import type { RowReport } from './report.ts'
import type { ValidRow } from './validateRows.ts'

/**
 * Writes the settings of a project.
 *
 * @param keepsTimezone whether the caller has named the time zone
 */
export async function importProjectSettings(
  tx: Transaction,
  project: Project,
  validRows: readonly ValidRow<ProjectSettingsJson>[],
  keepsTimezone: boolean,
  numbering: Numbering,
  report: RowReport,
): Promise<void> {
  const counts = report.counts['project settings']
  for (const { row } of validRows) {
    const { timezone, ...columns } = numbering.toStored(projectColumns(row))
    const data = { ...columns, ...(timezone === undefined || keepsTimezone ? {} : { timezone }) }
    const updated = await tx.project.update({ where: { id: project.id }, data })
    counts[hasSameValues(settingsToJson(project), settingsToJson(updated)) ? 'unchanged' : 'updated']++
  }
}

/** Writes the evaluation contexts of a project. Those that a file does not name stay, but new flags no longer get them. */
export async function importContexts(
  tx: Transaction,
  { id: projectId }: Project,
  validRows: readonly ValidRow<ContextsJson>[],
  report: RowReport,
): Promise<void> {
  const counts = report.counts['evaluation contexts']
  for (const { row } of validRows) {
    const defaults =
      row.default_evaluation_contexts === null ? null : normalizeContextNames(row.default_evaluation_contexts.map(({ name }) => name))
    const names = normalizeContextNames([...row.available_contexts, ...(defaults ?? [])])
    const before = await tx.evaluationContext.findMany({ where: { projectId }, select: { name: true, isDefault: true } })
    const ids = await findOrCreateContexts(tx, projectId, names)
    let changed = names.length - before.filter(({ name }) => names.includes(name)).length
    if (defaults !== null) {
      const defaultIds = defaults.flatMap((name) => ids.get(name) ?? [])
      const set = async (isDefault: boolean, id: { in: string[] } | { notIn: string[] }) =>
        (await tx.evaluationContext.updateMany({ where: { projectId, isDefault: !isDefault, id }, data: { isDefault } })).count
      changed += (await set(false, { notIn: defaultIds })) + (await set(true, { in: defaultIds }))
    }
    counts[changed === 0 ? 'unchanged' : 'updated']++
  }
}
