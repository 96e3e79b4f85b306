import type { System } from '../servers/systems.ts'

/** What is asked of one server: the body of a POST. */
export type Body = Record<string, unknown>

// biome-ignore lint/suspicious/noExplicitAny: each operation knows the shape of what it asked for
export type Data = any

/** What there is to ask about in one set of data. */
export interface Facts {
  /** Asked about in turn: one big project, or all the ordinary ones. */
  projectIds: number[]
  /** The page far down the list of the first project. */
  deep: {
    /** How many items stand before it. */
    offset: number
    /** The item just before it: what a cursor says. */
    createdAt: string
    id: number
    /** The same as each system's own cursor. */
    cursors: Partial<Record<System, string>>
  }
  /** Names of events of project 1: of some with a `$feature/…` property among the newest, of some that never have one. */
  implemented: string[]
  notImplemented: string[]
  /** Lists of a hundred ids of flags that exist. */
  flagIds: number[][]
}

/** One question, as each system puts it. */
export interface Operation {
  id: string
  title: string
  /** The bodies that are sent in turn. */
  ask: Record<System, (facts: Facts) => Body[]>
  /** What ours is asked in the same turns, to be compared with itself. */
  beside?: { title: string; ask: (facts: Facts) => Body[] }
  /** What was answered, in the form that is the same for all. */
  read: Record<System, (data: Data) => unknown>
}

/** The time in any form that PostgreSQL or GraphQL gives it, in one. */
export function instant(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
