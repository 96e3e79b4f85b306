import { isObject } from '../../platform/json.ts'
import { looksLikeContexts, looksLikeSettings } from '../collections/projectSettings.ts'

/** The rows of a whole JSON document, and what the document is, for the report. */
export interface DocumentRows {
  rows: readonly unknown[]
  format: string
}

/**
 * Returns the rows of a document: of a page of the REST API, of the results of a HogQL query, of ClickHouse's format JSON, or of a list. The
 * settings of a project are a row by themselves. Null for other documents.
 */
export function documentRows(document: unknown): DocumentRows | null {
  if (Array.isArray(document)) return { rows: document, format: 'a list' }
  if (!isObject(document)) return null
  if (looksLikeSettings(document) || looksLikeContexts(document)) return { rows: [document], format: 'an object of the REST API' }
  const { results, columns, meta, data } = document
  if (Array.isArray(results)) {
    return Array.isArray(columns)
      ? { rows: toObjects(columns, results), format: 'the results of a HogQL query' }
      : { rows: results, format: 'a page of the REST API' }
  }
  if (!Array.isArray(meta) || !Array.isArray(data)) return null
  const names = meta.map((column) => (isObject(column) ? column.name : null))
  return { rows: toObjects(names, data), format: 'a ClickHouse JSON document' }
}

/** Makes an object of each row that is a list of values. The column `*` holds all columns of the event. */
function toObjects(columns: readonly unknown[], rows: readonly unknown[]): unknown[] {
  return rows.map((row) => {
    if (!Array.isArray(row)) return row
    const fields = columns.map((name, index) => [String(name), row[index]] as const)
    const all = fields.find(([name, value]) => name === '*' && isObject(value))?.[1]
    return { ...(isObject(all) ? all : {}), ...Object.fromEntries(fields.filter(([name]) => name !== '*')) }
  })
}
