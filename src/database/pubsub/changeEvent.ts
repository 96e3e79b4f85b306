import { z } from 'zod'

const changeEventSchema = z.object({ kind: z.enum(['experiment', 'changeRequest']), projectId: z.int(), id: z.int() })

/** The message that an object of a project has changed. It carries no values: each subscriber reads what it may see. */
export type ChangeEvent = z.infer<typeof changeEventSchema>

export function encodeChangeEvent({ kind, projectId, id }: ChangeEvent): string {
  return JSON.stringify({ kind, projectId, id })
}

/** Returns null for a text that is not a change event, or is from another version of the server. */
export function decodeChangeEvent(text: string): ChangeEvent | null {
  try {
    return changeEventSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
