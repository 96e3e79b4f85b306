import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import * as field from '../rows/fields.ts'
import { toColumns } from '../rows/toColumns.ts'
import { toJsonPerson, toJsonTime } from '../rows/toJsonTime.ts'
import type { Collection } from './collection.ts'

const schema = z.object(
  {
    id: field.positiveInteger,
    name: field.withDefault(field.boundedText(0, 400), null),
    description: field.withDefault(field.boundedText(0, 1000), ''),
    is_static: field.withDefault(field.boolean, false),
    filters: field.withDefault(field.jsonObject, {}),
    query: field.withDefault(field.jsonObject, Prisma.DbNull),
    count: field.withDefault(field.count, null),
    deleted: field.withDefault(field.boolean, false),
    /** The people of a static cohort. PostHog's API does not tell them; an export of this service does. */
    distinct_ids: z.array(field.boundedText(1, 400), 'must be a list of texts').nullish(),
    created_by: field.person,
    created_at: field.optionalTimestamp,
  },
  'it must be an object: a cohort',
)

export type CohortJson = z.infer<typeof schema>

export const cohorts: Collection<CohortJson> = {
  table: 'cohorts',
  looksLike: (row) => 'is_static' in row,
  schema,
  toColumns: ({ id, created_by, count, distinct_ids, ...columns }) => ({ ...toColumns(columns), size: count }),
  toJson: ({ name, description, isStatic, filters, query, size, deleted, members, createdBy, createdAt }) => ({
    ...{ name, description, is_static: isStatic, filters, query, count: size, deleted },
    ...(isStatic === true ? { distinct_ids: (members as { distinctId: string }[]).map(({ distinctId }) => distinctId) } : {}),
    created_by: toJsonPerson(createdBy),
    created_at: toJsonTime(createdAt),
  }),
}
