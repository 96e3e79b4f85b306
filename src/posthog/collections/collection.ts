import type { z } from 'zod'
import type { Transaction } from '../../database/client.ts'
import type { Person } from '../rows/fields.ts'

/** The tables of the smaller collections. */
export type CollectionTable = 'actions' | 'cohorts' | 'holdouts' | 'productTours' | 'prompts' | 'savedMetrics' | 'surveys'

/** A row of a collection, checked: its id in PostHog, a number or a UUID. */
export interface CollectionRow {
  id: number | string
  created_by?: Person
}

/** A stored row, with what its columns refer to. */
export interface StoredRow extends Record<string, unknown> {
  id: number | string
  importedId: number | string | null
}

/** Finds the flags that rows name. Null where the project has no such flag. */
export interface FlagNames {
  byImportedId(id: unknown): number | null
  byKey(key: unknown): number | null
}

/** The flags that a row names. */
export interface NamedFlags {
  ids: readonly number[]
  keys: readonly string[]
}

/** How the rows of a collection of the REST API are recognized, checked, stored, and written again. */
export interface Collection<Row extends CollectionRow = CollectionRow> {
  table: CollectionTable
  /** Whether an object is meant to be a row of this collection, be it a malformed one. */
  looksLike(row: Readonly<Record<string, unknown>>): boolean
  schema: z.ZodType<Row>
  /** The columns of a row, without its creator. `note` receives what is left out. */
  toColumns(row: Row, flags: FlagNames, note: (text: string) => void): Record<string, unknown>
  /** The flags that a row names. Missing if rows of this collection name none. */
  flagsOf?(row: Row): NamedFlags
  /** Changes other rows that are in the way of these. */
  makeRoom?(tx: Transaction, projectId: number, rows: readonly Row[]): Promise<void>
  /** The row as the REST API prints it. `reference` converts the number of a flag here to its number and key in the export. */
  toJson(stored: StoredRow, reference: (flagId: unknown) => { id: number; key: string } | null): Record<string, unknown>
}
