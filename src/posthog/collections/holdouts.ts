import type { z } from 'zod'
import { holdoutSchema } from '../rows/holdoutSchema.ts'
import { toColumns } from '../rows/toColumns.ts'
import { toJsonPerson, toJsonTime } from '../rows/toJsonTime.ts'
import type { Collection } from './collection.ts'

export const holdouts: Collection<z.infer<typeof holdoutSchema>> = {
  table: 'holdouts',
  looksLike: (row) => Array.isArray(row.filters) && !('key' in row),
  schema: holdoutSchema,
  toColumns: ({ id, created_by, ...columns }) => toColumns(columns),
  toJson: ({ name, description, filters, createdBy, createdAt, updatedAt }) => ({
    ...{ name, description, filters },
    created_by: toJsonPerson(createdBy),
    created_at: toJsonTime(createdAt),
    updated_at: toJsonTime(updatedAt),
  }),
}
