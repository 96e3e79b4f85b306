import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import * as field from '../rows/fields.ts'
import { toColumns } from '../rows/toColumns.ts'
import { toJsonTime } from '../rows/toJsonTime.ts'
import type { Collection } from './collection.ts'

const schema = z
  .object(
    {
      id: field.uuid,
      name: field.boundedText(1, 255),
      prompt: field.json,
      config: field.withDefault(field.json, Prisma.DbNull),
      version: field.positiveInteger,
      is_latest: field.withDefault(field.boolean, false),
      deleted: field.withDefault(field.boolean, false),
      created_at: field.optionalTimestamp,
    },
    'it must be an object: a version of a prompt',
  )
  .refine(({ is_latest, deleted }) => !(is_latest && deleted), { path: ['is_latest'], message: 'must be false while deleted is true' })

type PromptJson = z.infer<typeof schema>

export const prompts: Collection<PromptJson> = {
  table: 'prompts',
  looksLike: (row) => 'prompt' in row && 'version' in row,
  schema,
  toColumns: ({ id, ...columns }) => toColumns(columns),
  // The list of the REST API has the latest version of each name only: the stored version before it is not the latest any more.
  makeRoom: async (tx, projectId, rows) => {
    const names = rows.flatMap(({ name, is_latest }) => (is_latest ? [name] : []))
    await tx.prompt.updateMany({ where: { projectId, name: { in: names }, isLatest: true }, data: { isLatest: false } })
  },
  toJson: ({ name, prompt, config, version, isLatest, deleted, createdAt }) => ({
    ...{ name, prompt, config, version, is_latest: isLatest, deleted },
    created_at: toJsonTime(createdAt),
  }),
}
