import { z } from 'zod'
import { asObject } from '../../platform/json.ts'
import * as field from '../rows/fields.ts'
import { toJsonTime } from '../rows/toJsonTime.ts'
import type { Collection } from './collection.ts'

const schema = z.object(
  {
    id: field.uuid,
    name: field.boundedText(0, 400),
    archived: field.withDefault(field.boolean, false),
    internal_targeting_flag: field.flagReference,
    content: z.unknown().optional(),
    created_at: field.optionalTimestamp,
  },
  'it must be an object: a product tour',
)

export const productTours: Collection<z.infer<typeof schema>> = {
  table: 'productTours',
  looksLike: (row) => 'content' in row && 'internal_targeting_flag' in row && !('questions' in row),
  schema,
  flagsOf: ({ internal_targeting_flag: flag }) => ({ ids: flag == null ? [] : [flag.id], keys: [] }),
  toColumns: ({ name, archived, internal_targeting_flag: flag, content, created_at }, flags, note) => {
    const flagId = flag == null ? null : flags.byImportedId(flag.id)
    if (flag != null && flagId === null) {
      note(`internal_targeting_flag: the project has no flag with the id ${flag.id}. Import the flags too`)
    }
    return {
      ...{ name, archived, url: field.urlOf(asObject(content)?.conditions), internalTargetingFlagId: flagId },
      ...(created_at === undefined ? {} : { createdAt: created_at }),
    }
  },
  toJson: (stored, reference) => ({
    name: stored.name,
    archived: stored.archived,
    content: stored.url === null ? {} : { conditions: { url: stored.url } },
    internal_targeting_flag: reference(stored.internalTargetingFlagId),
    created_at: toJsonTime(stored.createdAt),
  }),
}
