import { z } from 'zod'
import { asObject, isObject } from '../../platform/json.ts'
import * as field from '../rows/fields.ts'
import { toJsonTime } from '../rows/toJsonTime.ts'
import type { Collection } from './collection.ts'

const samplingFlag = 'internal_response_sampling_flag_key'

const schema = z.object(
  {
    id: field.uuid,
    name: field.boundedText(0, 400),
    archived: field.withDefault(field.boolean, false),
    linked_flag_id: field.withDefault(field.positiveInteger, null),
    targeting_flag: field.flagReference,
    internal_targeting_flag: field.flagReference,
    feature_flag_keys: z.array(z.unknown(), 'must be a list').nullish(),
    conditions: z.unknown().optional(),
    created_at: field.optionalTimestamp,
  },
  'it must be an object: a survey',
)

export const surveys: Collection<z.infer<typeof schema>> = {
  table: 'surveys',
  looksLike: (row) => 'linked_flag_id' in row || 'targeting_flag' in row || ('questions' in row && 'archived' in row),
  schema,
  flagsOf: (row) => ({
    ids: [row.linked_flag_id, row.targeting_flag?.id, row.internal_targeting_flag?.id].flatMap((id) => id ?? []),
    keys: [samplingKeyOf(row)].filter((key) => typeof key === 'string'),
  }),
  toColumns: (row, flags, note) => {
    const find = (name: string, id: number | null | undefined) => {
      const flag = id == null ? null : flags.byImportedId(id)
      if (id != null && flag === null) note(`${name}: the project has no flag with the id ${id}. Import the flags too`)
      return flag
    }
    const samplingKey = samplingKeyOf(row)
    const samplingId = samplingKey === null ? null : flags.byKey(samplingKey)
    if (samplingKey !== null && samplingId === null) note(`${samplingFlag}: the project has no such flag. Import the flags too`)
    return {
      name: row.name,
      archived: row.archived,
      url: field.urlOf(row.conditions),
      linkedFlagId: find('linked_flag_id', row.linked_flag_id),
      targetingFlagId: find('targeting_flag', row.targeting_flag?.id),
      internalTargetingFlagId: find('internal_targeting_flag', row.internal_targeting_flag?.id),
      internalResponseSamplingFlagId: samplingId,
      ...(row.created_at === undefined ? {} : { createdAt: row.created_at }),
    }
  },
  toJson: (stored, reference) => ({
    name: stored.name,
    archived: stored.archived,
    conditions: stored.url === null ? null : { url: stored.url },
    linked_flag_id: reference(stored.linkedFlagId)?.id ?? null,
    targeting_flag: reference(stored.targetingFlagId),
    internal_targeting_flag: reference(stored.internalTargetingFlagId),
    feature_flag_keys: [{ key: samplingFlag, value: reference(stored.internalResponseSamplingFlagId)?.key ?? null }],
    created_at: toJsonTime(stored.createdAt),
  }),
}

/** The sampling flag is named by its key only. */
function samplingKeyOf(row: z.infer<typeof schema>): unknown {
  const sampling = row.feature_flag_keys?.find((entry) => asObject(entry)?.key === samplingFlag)
  return isObject(sampling) ? (sampling.value ?? null) : null
}
