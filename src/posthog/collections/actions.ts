import { z } from 'zod'
import * as field from '../rows/fields.ts'
import { toColumns } from '../rows/toColumns.ts'
import { toJsonPerson, toJsonTime } from '../rows/toJsonTime.ts'
import type { Collection } from './collection.ts'

const schema = z.object(
  {
    id: field.positiveInteger,
    name: field.withDefault(field.boundedText(0, 400), ''),
    description: field.withDefault(field.boundedText(0, 4000), null),
    tags: field.withDefault(field.nameList, []),
    steps: field.withDefault(field.jsonList, []),
    deleted: field.withDefault(field.boolean, false),
    created_by: field.person,
    created_at: field.optionalTimestamp,
  },
  'it must be an object: an action',
)

export const actions: Collection<z.infer<typeof schema>> = {
  table: 'actions',
  looksLike: (row) => 'steps' in row && !('filters' in row),
  schema,
  toColumns: ({ id, created_by, ...columns }) => toColumns(columns),
  toJson: ({ name, description, tags, steps, deleted, createdBy, createdAt }) => ({
    ...{ name, description, tags, steps, deleted },
    created_by: toJsonPerson(createdBy),
    created_at: toJsonTime(createdAt),
  }),
}
