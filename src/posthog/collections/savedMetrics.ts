import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import { isObject } from '../../platform/json.ts'
import * as field from '../rows/fields.ts'
import { toColumns } from '../rows/toColumns.ts'
import { toJsonPerson, toJsonTime } from '../rows/toJsonTime.ts'
import type { Collection } from './collection.ts'

const schema = z.object(
  {
    id: field.positiveInteger,
    name: field.boundedText(1, 400),
    description: field.withDefault(field.boundedText(0, 400), null),
    query: field.jsonObject,
    metadata: field.withDefault(field.jsonObject, Prisma.DbNull),
    tags: field.withDefault(field.nameList, []),
    created_by: field.person,
    created_at: field.optionalTimestamp,
    updated_at: field.optionalTimestamp,
  },
  'it must be an object: a shared metric',
)

export const savedMetrics: Collection<z.infer<typeof schema>> = {
  table: 'savedMetrics',
  looksLike: (row) => isObject(row.query) && 'name' in row && !('is_static' in row),
  schema,
  toColumns: ({ id, created_by, ...columns }) => toColumns(columns),
  toJson: ({ name, description, query, metadata, tags, createdBy, createdAt, updatedAt }) => ({
    ...{ name, description, query, metadata, tags },
    created_by: toJsonPerson(createdBy),
    created_at: toJsonTime(createdAt),
    updated_at: toJsonTime(updatedAt),
  }),
}
