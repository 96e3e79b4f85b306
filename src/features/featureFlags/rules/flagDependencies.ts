import { asArray, asObject } from '../../../platform/json.ts'

/** A flag that the conditions of another flag name (evaluation.md 10). */
export interface FlagReference {
  /** The number of the flag as text, or its key. */
  reference: string
  /** The places of the condition sets that name it, from 0, in ascending order. */
  conditionIndexes: number[]
}

/**
 * Returns the flags that the conditions in a flag's `filters` name, in the order of their first condition. Stored filters may be malformed:
 * what is no condition of kind `flag`, or names nothing, is left out. The column `depends_on` has the same rule in SQL.
 */
export function getFlagReferences(filters: unknown): FlagReference[] {
  const found = new Map<string, number[]>()
  for (const [index, group] of (asArray(asObject(filters)?.groups) ?? []).entries()) {
    for (const property of asArray(asObject(group)?.properties) ?? []) {
      const reference = readReference(property)
      if (reference === null) continue
      const indexes = found.get(reference) ?? []
      if (indexes.at(-1) !== index) indexes.push(index)
      found.set(reference, indexes)
    }
  }
  return [...found].map(([reference, conditionIndexes]) => ({ reference, conditionIndexes }))
}

function readReference(property: unknown): string | null {
  const { type, key } = asObject(property) ?? {}
  if (type !== 'flag' || (typeof key !== 'string' && typeof key !== 'number')) return null
  return String(key) === '' ? null : String(key)
}

/** The flags of one project among which references are looked up. Deleted flags may be among them. */
export interface ReferableFlag {
  id: number
  key: string
  deleted: boolean
}

/**
 * Finds the flag that a reference names: by its number, else by its key. A deleted flag is found only by its number, and only if no flag has
 * the text as its key.
 */
export function findReferencedFlag<Flag extends ReferableFlag>(reference: string, flags: readonly Flag[]): Flag | undefined {
  const byId = flags.find(({ id }) => String(id) === reference)
  if (byId !== undefined && !byId.deleted) return byId
  return flags.find(({ key, deleted }) => key === reference && !deleted) ?? byId
}

/** A flag that is not deleted, and what its conditions name. */
export interface NamingFlag {
  id: number
  key: string
  dependsOn: readonly string[]
}

/** Returns the numbers of those of these flags that name a flag, directly or by others. `names` is what conditions call it. */
export function findDependents(flags: readonly NamingFlag[], names: readonly string[]): Set<number> {
  const byName = new Map<string, NamingFlag[]>()
  for (const flag of flags) {
    for (const name of flag.dependsOn) {
      const naming = byName.get(name)
      if (naming === undefined) byName.set(name, [flag])
      else naming.push(flag)
    }
  }
  const found = new Set<number>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { id, key } of byName.get(name) ?? []) {
      if (found.has(id)) continue
      found.add(id)
      open.push(String(id), key)
    }
  }
  return found
}
