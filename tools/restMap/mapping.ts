// What the mapping from PostHog's REST API to the schema is made of. The sections are data: see flags.ts and its neighbours.

/**
 * What stands in the schema for something of the REST API: places, separated by spaces. Empty if there is nothing.
 *
 * A place is a path from the type or field that the table is about: `createdBy.email`, `versionAt(number:)`, `orderBy.field.KEY`. One that
 * begins with a capital letter starts at that type: `Mutation.updateFeatureFlag`, `FeatureFlagStatus.STALE`.
 */
type Places = string

/** An endpoint or a parameter, what replaces it, and a remark. Without anything to replace it, the remark is the reason. */
export type Row = readonly [rest: string, ours: Places, remark?: string]

/** A field, where it is read, where it is written, and a remark. If it is in neither, the remark is the reason. */
export type FieldRow = readonly [rest: string, read: Places, write: Places, remark?: string]

/** The places are fields of the type `of`, and of at least one of the inputs. */
export interface FieldTable {
  kind: 'fields'
  title: string
  of: string
  inputs: readonly string[]
  rows: readonly FieldRow[]
}

export type Table =
  | { kind: 'calls'; rows: readonly Row[] }
  /** The places are arguments of the field `of`. */
  | { kind: 'parameters'; call: string; of: string; rows: readonly Row[] }
  | FieldTable
  /** What the REST API has no counterpart of. The first cell says what it is for. */
  | { kind: 'onlyHere'; rows: readonly Row[] }

export interface Section {
  title: string
  /** Sentences before the tables. */
  intro: string
  tables: readonly Table[]
}
