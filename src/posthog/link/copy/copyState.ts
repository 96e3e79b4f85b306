import { z } from 'zod'
import { kinds } from '../store/kinds.ts'

/** A list of the first copy. Archived rows have one of their own. */
export interface CopyStep {
  kind: (typeof kinds)[number]
  archived: boolean | null
}

export const copySteps: readonly CopyStep[] = kinds.flatMap((kind): CopyStep[] =>
  kind.archivedApart
    ? [
        { kind, archived: false },
        { kind, archived: true },
      ]
    : [{ kind, archived: null }],
)

const stateSchema = z.object({
  /** The list that is read, as a place in `copySteps`. Behind them: reading single rows, and importing. */
  step: z.int().min(0).default(0),
  /** Where the next page of the list begins. */
  offset: z.int().min(0).default(0),
  /** The last row before it. The next page must have it too. */
  lastId: z.string().nullable().default(null),
  /** Rows that are staged, and rows that the lists are known to have. */
  rows: z.int().default(0),
  total: z.int().default(0),
  /** When the copy began, by PostHog's clock. Following begins there. Null until it says. */
  startedAt: z.string().nullable().default(null),
})

/** Where a first copy stands. Kept after each few pages, so that a server that is killed loses little. */
export type CopyState = z.infer<typeof stateSchema>

export function parseCopyState(value: unknown): CopyState {
  return stateSchema.safeParse(value ?? {}).data ?? stateSchema.parse({})
}

/** The first row of a page is the last one of the page before. If it is not in it, rows were deleted meanwhile, and some may be missing. */
export function continuesAt(lastId: string | null, ids: readonly (string | null)[]): boolean {
  return lastId === null || ids.length === 0 || ids.includes(lastId)
}
