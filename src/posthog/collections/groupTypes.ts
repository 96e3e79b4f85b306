import { z } from 'zod'
import * as field from '../rows/fields.ts'

const name = field.withDefault(field.boundedText(0, 400), null)

/** A row of `/groups_types/`. Its index identifies it in the project. */
export const groupTypeSchema = z
  .object(
    {
      group_type: field.boundedText(1, 400),
      group_type_index: z.literal([0, 1, 2, 3, 4], 'must be a whole number from 0 to 4'),
      name_singular: name,
      name_plural: name,
    },
    'it must be an object: a group type',
  )
  .transform((row) => ({ id: row.group_type_index, ...row }))

export type GroupTypeJson = z.infer<typeof groupTypeSchema>

/** The columns of a group type from its row. */
export function groupTypeValues({ group_type, name_singular, name_plural }: GroupTypeJson) {
  return { name: group_type, singular: name_singular, plural: name_plural }
}
