import type { Transaction } from '../../database/client.ts'
import type { CollectionTable, StoredRow } from './collection.ts'

/** What the smaller collections use of a Prisma delegate. Prisma has no common type for delegates. */
interface TableDelegate {
  findMany(options: {
    where: Record<string, unknown>
    select?: Record<string, boolean>
    include?: Record<string, unknown>
  }): Promise<StoredRow[]>
  createMany(options: { data: Record<string, unknown>[] }): Promise<unknown>
  update(options: { where: { id: number | string }; data: Record<string, unknown> }): Promise<unknown>
}

/** The table of a collection. */
export function collectionTable(tx: Pick<Transaction, TableName>, table: CollectionTable): TableDelegate {
  return tx[tableNames[table]] as unknown as TableDelegate
}

type TableName = (typeof tableNames)[CollectionTable]

const tableNames = {
  actions: 'action',
  cohorts: 'cohort',
  holdouts: 'holdout',
  productTours: 'productTour',
  prompts: 'prompt',
  savedMetrics: 'savedMetric',
  surveys: 'survey',
} as const satisfies Record<CollectionTable, string>
