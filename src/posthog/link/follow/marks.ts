import { z } from 'zod'

const passSchema = z.object({
  /** The newest `updated_at` that is known to be stored, as PostHog wrote it. Null: the whole list is read. */
  mark: z.string().nullable().default(null),
  /** How many rows without `updated_at` head the list. */
  nulls: z.int().min(0).default(0),
  /** How long the list was. */
  count: z.int().min(0).nullable().default(null),
  /** When it was last read, by our clock. */
  readAt: z.string().nullable().default(null),
})
const passesSchema = z
  .object({
    active: passSchema.prefault({}),
    archived: passSchema.prefault({}),
    comparedAt: z.string().nullable().default(null),
    /** By how much the lists are longer than what is stored, after a full comparison: rows that nobody can explain. */
    offset: z.int().default(0),
    /** By how much more they were in the last round. Rows that are stored between two readings look so for a moment. */
    unexplained: z.int().default(0),
  })
  .prefault({})

const marksSchema = z.object({
  flags: passesSchema,
  experiments: passesSchema,
  /** When each whole list was last read, by our clock. */
  lists: z.record(z.string(), z.string()).default({}),
  /** The activity log: until when it was read, by PostHog's clock, and the entries at that time. Off: the key may not read it. */
  log: z
    .object({
      since: z.string().nullable().default(null),
      seen: z.array(z.string()).default([]),
      off: z.boolean().default(false),
      readAt: z.string().nullable().default(null),
    })
    .prefault({}),
  /** Change requests that were open, and when they were last read. */
  requests: z.object({ open: z.array(z.string()).default([]), readAt: z.string().nullable().default(null) }).prefault({}),
  /** When something was last found to have changed, by our clock. */
  changedAt: z.string().nullable().default(null),
  /** By kind: how many rows are gone from PostHog's list without proof, and were kept, because they are too many. */
  kept: z.record(z.string(), z.int().min(0)).default({}),
  /** By kind: why a list cannot be read any more that could be read before. */
  lost: z.record(z.string(), z.string()).default({}),
  /** What PostHog hides from the key, as its reads showed. */
  hidden: z.object({ contexts: z.boolean().default(false) }).prefault({}),
  /** Somebody has looked at the rows that are gone, and wants them deleted here too, however many there are. */
  acceptsDeletions: z.boolean().default(false),
})

export type Marks = z.infer<typeof marksSchema>
export type PassMark = Marks['flags']['active']

export function parseMarks(value: unknown): Marks {
  return marksSchema.safeParse(value ?? {}).data ?? marksSchema.parse({})
}

/** Rounds begin a little late or early. What is due in less than this is done now, so that it does not wait for another whole round. */
const toleranceMs = 500

/** Whether something that was last done at a time, as text, is to be done again. */
export function isDue(lastAt: string | null | undefined, everySeconds: number, now: Date): boolean {
  return lastAt == null || now.getTime() - Date.parse(lastAt) >= everySeconds * 1_000 - toleranceMs
}
