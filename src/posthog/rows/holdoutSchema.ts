import { z } from 'zod'
import * as field from './fields.ts'

/** A holdout, of its own collection or embedded in an experiment. */
export const holdoutSchema = z.object(
  {
    id: field.positiveInteger,
    name: field.boundedText(1, 400),
    description: field.withDefault(field.boundedText(0, 400), null),
    filters: field.jsonList,
    created_by: field.person,
    created_at: field.optionalTimestamp,
    updated_at: field.optionalTimestamp,
  },
  'it must be an object: a holdout',
)
