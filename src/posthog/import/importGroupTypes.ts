import type { Transaction } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import { type GroupTypeJson, groupTypeValues } from '../collections/groupTypes.ts'
import { hasSameValues } from '../rows/hasSameValues.ts'
import type { RowReport } from './report.ts'
import type { ValidRow } from './validateRows.ts'

/** Writes the group types of a project: at most five. */
export async function importGroupTypes(
  tx: Transaction,
  { id: projectId }: Project,
  validRows: readonly ValidRow<GroupTypeJson>[],
  report: RowReport,
): Promise<void> {
  const counts = report.counts['group types']
  for (const { row, source } of validRows) {
    const columns = groupTypeValues(row)
    const index = row.group_type_index
    const stored = await tx.groupType.findUnique({ where: { projectId_index: { projectId, index } } })
    const other = await tx.groupType.findFirst({ where: { projectId, name: columns.name, index: { not: index } } })
    if (other !== null) {
      report.skip('group types', source, `group_type must be unique: the group type with the index ${other.index} has this name`)
    } else if (stored === null) {
      await tx.groupType.create({ data: { projectId, index, ...columns } })
      counts.created++
    } else if (hasSameValues(columns, stored)) counts.unchanged++
    else {
      await tx.groupType.update({ where: { projectId_index: { projectId, index } }, data: columns })
      counts.updated++
    }
  }
}
