import { z } from 'zod'

const update = z.object({ kind: z.enum(['experiment', 'changeRequest']), projectId: z.int(), id: z.int() })

/** What servers tell each other: that something of a project has changed. Which values, everybody reads for themselves. */
export type Update = z.infer<typeof update>

export function updateText({ kind, projectId, id }: Update): string {
  return JSON.stringify({ kind, projectId, id })
}

/** Null for a text that is none of ours, or of a server of another version. */
export function readUpdate(text: string): Update | null {
  try {
    return update.parse(JSON.parse(text))
  } catch {
    return null
  }
}
