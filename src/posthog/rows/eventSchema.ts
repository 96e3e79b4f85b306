import { z } from 'zod'
import { isObject } from '../../platform/json.ts'
import { maxJsonDepth } from '../../platform/storableJson.ts'
import { bracketDepth } from '../../platform/text/bracketDepth.ts'
import { toIsoTime } from './eventTime.ts'
import * as field from './fields.ts'

/** One event of an export. The REST API calls the uuid of an event `id`. */
export const eventSchema = z.preprocess(
  (value) => (isObject(value) && value.uuid === undefined ? { ...value, uuid: value.id } : value),
  z.object(
    {
      uuid: z.guid('must be a UUID').transform((uuid) => uuid.toLowerCase()),
      event: field.boundedText(1, 400),
      distinct_id: field.boundedText(0, 400),
      timestamp: z.string(field.timestampMessage).transform(toIsoTime).pipe(field.timestamp),
      properties: z
        .unknown()
        .optional()
        .transform((value, context): string => {
          const properties = toPropertiesText(value)
          if (properties === null) context.addIssue('must be an object, or the text of one')
          else if (bracketDepth(properties) > maxJsonDepth) context.addIssue(`must not be nested deeper than ${maxJsonDepth} levels`)
          return properties ?? ''
        }),
    },
    'it must be a JSON object: an event',
  ),
)

export type EventJson = z.infer<typeof eventSchema>

/** The properties as text. Text is stored unchanged, even if it is not JSON. Null for other values that are not objects. */
function toPropertiesText(value: unknown): string | null {
  if (value === undefined || value === null) return '{}'
  if (typeof value === 'string') return value
  if (!isObject(value)) return null
  try {
    return JSON.stringify(value)
  } catch {
    // The value is nested too deeply for JSON.stringify. This text is too deep as well, so the caller reports it.
    return '['.repeat(maxJsonDepth + 1)
  }
}

/** Whether an object is meant to be an event, be it a malformed one. */
export function looksLikeEvent(value: unknown): boolean {
  if (!isObject(value)) return false
  return ['uuid', 'event', 'distinct_id', 'timestamp', 'properties'].filter((name) => name in value).length >= 2
}
