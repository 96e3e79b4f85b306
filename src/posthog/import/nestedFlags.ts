import type { Transaction } from '../../database/client.ts'
import { isObject } from '../../platform/json.ts'
import type { ExperimentJson } from '../rows/experimentSchema.ts'
import { type FlagJson, flagSchema } from '../rows/flagSchema.ts'
import { describeRow } from './inputRow.ts'
import type { RowReport } from './report.ts'
import { type ValidRow, validateRow } from './validateRows.ts'

/**
 * Returns the flags that experiments carry in their own row, where the project has no such flag. An export of experiments alone has no
 * other copy of them. A stored flag is never written from this copy, because it lacks columns and may be older.
 */
export async function nestedFlags(
  tx: Transaction,
  projectId: number,
  experiments: readonly ValidRow<ExperimentJson>[],
  report: RowReport,
): Promise<ValidRow<FlagJson>[]> {
  const stored = await tx.featureFlag.findMany({ where: { projectId }, select: { importedId: true, key: true, deleted: true } })
  const storedIds = new Set(stored.map(({ importedId }) => importedId))
  const liveKeys = new Set(stored.flatMap(({ key, deleted }) => (deleted ? [] : [key])))
  const nested = new Map<number, ValidRow<FlagJson>>()
  for (const { source } of experiments) {
    const value = isObject(source.value) ? source.value.feature_flag : null
    if (!isObject(value) || !('filters' in value)) continue
    const { id, key, deleted } = value
    if (storedIds.has(id as number) || nested.has(id as number) || (deleted !== true && liveKeys.has(key as string))) continue
    const checked = validateRow(flagSchema, value)
    if ('reason' in checked) report.note(`${describeRow(source)}: its feature_flag: ${checked.reason}`)
    else nested.set(checked.row.id, { row: checked.row, source: { ...source, place: `${source.place}, feature_flag`, value } })
  }
  return [...nested.values()]
}
