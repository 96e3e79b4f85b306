import { z } from 'zod'

const changeEventSchema = z.object({ kind: z.enum(['experiment', 'changeRequest']), projectId: z.int(), id: z.int() })

/** What servers tell each other: that something of a project has changed. Which values, everybody reads for themselves. */
export type ChangeEvent = z.infer<typeof changeEventSchema>

export function encodeChangeEvent({ kind, projectId, id }: ChangeEvent): string {
  return JSON.stringify({ kind, projectId, id })
}

/** Null for a text that is none of ours, or of a server of another version. */
export function decodeChangeEvent(text: string): ChangeEvent | null {
  try {
    return changeEventSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
