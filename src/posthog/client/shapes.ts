import { z } from 'zod'

// The shapes of answers, as far as following needs them. All other fields are kept as they are: src/posthog/rows checks rows before they are
// stored, and a field that PostHog adds must not stop a link.

/** A row of a list. */
export const rowShape = z.looseObject({ id: z.union([z.number(), z.string()]) })

/** A page of a list. Rows are checked one by one, so that a wrong one does not take the others with it. */
export const pageShape = z.union(
  [
    z.object({
      results: z.array(z.unknown(), 'must be a list'),
      next: z.string().nullish(),
      count: z.number().nullish(),
    }),
    // Some collections answer the list alone.
    z.array(z.unknown()).transform((results) => ({ results, next: null, count: results.length })),
  ],
  'must be a page with results',
)

export const projectShape = z.looseObject({
  id: z.number(),
  name: z.string().catch(''),
  organization: z.string().nullish().catch(null),
  timezone: z.string().nullish().catch(null),
})

/** The owner of a key. Older servers may name people by their `uuid` alone. */
export const userShape = z
  .looseObject({ id: z.union([z.number(), z.string()]).nullish(), uuid: z.string().nullish(), email: z.string().nullish() })
  .refine(({ id, uuid }) => id != null || uuid != null, 'must be a person')

/** An entry of the activity log. */
export const activityShape = z.looseObject({
  id: z.string(),
  scope: z.string(),
  item_id: z.union([z.string(), z.number()]).nullish(),
  activity: z.string(),
  created_at: z.string(),
  client: z.string().nullish(),
  user: z.looseObject({ email: z.string().nullish(), first_name: z.string().nullish() }).nullish(),
  detail: z.looseObject({ type: z.string().nullish() }).nullish(),
})

export type ActivityRow = z.infer<typeof activityShape>
