/** A document that a newcomer can run. Where it needs no link, it runs on the demo data: its project has number 1. */
export interface Example {
  title: string
  /** How its project must be linked to a PostHog. By default, it is not linked. */
  needs?: 'MIRROR' | 'WRITE_THROUGH'
  /** Its operations, in the order in which they are run. */
  steps: readonly Step[]
  query: string
  variables: Record<string, unknown>
}

/** One operation of an example. */
interface Step {
  operation: string
  /** Whose key it needs. By default, that of the owner, which GraphiQL fills in. */
  as?: 'member'
  /** The type of its first field, if that is a union. */
  answers?: string
}

/** Stands in the variables for the id of a change request, which an earlier step returns. */
export const requestId = 'PASTE-THE-ID-OF-THE-REQUEST'

/** Stand in the variables for what only the reader knows: the number of a linked project, and the id of a flag in it. */
export const linkedProject = 'PUT-THE-NUMBER-OF-THE-PROJECT'
export const flagId = 'PASTE-THE-ID-OF-THE-FLAG'

/** Examples with one subject. */
export interface ExampleGroup {
  title: string
  about: string
  examples: readonly Example[]
}
