import type { Program, System } from '../servers/systems.ts'

/** The body of a POST. */
export type Body = Record<string, unknown>

// biome-ignore lint/suspicious/noExplicitAny: each operation knows the shape of its own data
export type Data = any

/** The inputs of the operations for one set of data. */
export interface Facts {
  /** The projects to query in turn: the big one, or all ordinary ones. */
  projectIds: number[]
  /** A page far down the list of the first project. */
  deep: {
    /** The number of items before it. */
    offset: number
    /** The item just before it, which a cursor encodes. */
    createdAt: string
    id: number
    /** The same item as the cursor of each system. */
    cursors: Partial<Record<System, string>>
  }
  /** Event names of project 1: `implemented` have a `$feature/…` property among the newest events, `notImplemented` never have one. */
  implemented: string[]
  notImplemented: string[]
  /** Lists of a hundred flag ids each. */
  flagIds: number[][]
}

/** One operation, in the form of each system. */
export interface Operation<Of extends Program = System, Inputs = Facts> {
  id: string
  title: string
  /** The bodies that are sent in turn. */
  ask: Record<Of, (facts: Inputs) => Body[]>
  /** Another request for our service, measured in the same turns for comparison. */
  beside?: { title: string; ask: (facts: Inputs) => Body[] }
  /** Converts the response to a form that is the same for all systems. */
  read: Record<Of, (data: Data) => unknown>
}

/** Converts a time of PostgreSQL or GraphQL to one format. */
export function instant(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
