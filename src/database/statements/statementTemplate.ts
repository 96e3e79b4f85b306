import { LRUCache } from 'lru-cache'
import { Prisma } from '../generated/client.ts'

/** A statement with its values. `$1` stands for the first of them. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Stands in a statement for a value that is filled in later. */
export class Slot {
  readonly place: number

  constructor(place: number) {
    this.place = place
  }
}

/** A statement whose ids are filled in later. */
export interface BatchQuery {
  /** Equal for requests that can share the statement: it stands for the text and for all values but the ids. */
  readonly key: string
  withIds(ids: readonly (number | string)[]): Statement
}

/** A statement whose text is fixed. */
export interface StatementTemplate {
  /** @param given the values of the slots, by their place */
  fill(given: readonly unknown[]): BatchQuery
}

/**
 * Makes a template. Its text is written once, which takes longer than filling in its values.
 *
 * @param build must use the ids only as one whole value
 * @param nameOf what stands for the text in keys: the text itself by default
 */
export function compileTemplate<Id extends number | string>(
  build: (ids: Id[]) => Prisma.Sql,
  nameOf: (text: string) => string = (text) => text,
): StatementTemplate {
  const ids: Id[] = []
  const query = build(ids)
  const { text, values } = new Prisma.Sql(
    query.strings,
    query.values.map((value) => (value === ids ? Prisma.sql`(SELECT ${value})` : value)),
  )
  const name = nameOf(text)
  return {
    fill(given) {
      const filled = values.map((value) => (value instanceof Slot ? given[value.place] : value))
      return {
        key: `${name}\n${JSON.stringify(filled)}`,
        // An array literal, because Prisma needs more time for a list of parameters than many statements take.
        withIds: (all) => ({ text, values: filled.map((value) => (value === ids ? `{${all.join()}}` : value)) }),
      }
    },
  }
}

/**
 * @param statement must use the ids only as one whole value
 * @typeParam Id serial numbers, or UUIDs that were read from the database
 */
export function toBatchQuery<Id extends number | string = number>(statement: (ids: Id[]) => Prisma.Sql): BatchQuery {
  return compileTemplate(statement).fill([])
}

/** How many templates are kept of one list. */
const maxKept = 100

const shortNames = new LRUCache<string, string>({ max: 1_000 })
let lastName = 0

/** A short name for a text. Lists of several operations share their statements if the texts are equal. */
function shortNameOf(text: string): string {
  const name = shortNames.get(text) ?? String(++lastName)
  shortNames.set(text, name)
  return name
}

/** Finds the template of a shape among those that are kept, or makes it. */
export function keepTemplate<Id extends number | string>(
  kept: Map<string, StatementTemplate>,
  shape: string,
  build: () => (ids: Id[]) => Prisma.Sql,
): StatementTemplate {
  const known = kept.get(shape)
  if (known !== undefined) return known
  if (kept.size === maxKept) kept.clear()
  const template = compileTemplate(build(), shortNameOf)
  kept.set(shape, template)
  return template
}
