import { z } from 'zod'
import { isObject, type JsonObject } from '../../../platform/json.ts'
import type { ToldValues } from '../../import/writeRows.ts'
import type { KindName } from './kinds.ts'

// A row that PostHog answers may lack fields: because of the plan, the key, the version of PostHog, or the list. A field that is not told is not
// empty: what is stored of it stays. Null is a value, but not for fields that PostHog never leaves empty.

const neverNull: Readonly<Partial<Record<KindName, readonly string[]>>> = {
  feature_flags: ['name', 'deleted', 'active', 'archived', 'tags', 'evaluation_contexts'],
  experiments: ['name', 'archived', 'only_count_matured_users', 'saved_metrics', 'tags'],
}
const columnNames: Readonly<Record<string, string>> = {
  created_by: 'createdById',
  last_modified_by: 'lastModifiedById',
  exposure_cohort: 'exposureCohortId',
}
/** The fields of which one tells the links of a row. */
const linkFields: Readonly<Partial<Record<KindName, readonly string[]>>> = {
  feature_flags: ['evaluation_contexts', 'evaluation_tags'],
  experiments: ['saved_metrics'],
}

/** Whether PostHog hides the evaluation contexts of flags from the key of a link, as far as its reads showed. */
export interface HiddenFields {
  contexts: boolean
}

interface Reading {
  kind: KindName
  /** The fields of the schema of the row. */
  fields: readonly string[]
  /** The row as it came. */
  given: JsonObject
  /** Undefined for answers to writes, which hide nothing. */
  hidden: HiddenFields | undefined
}

/** Returns the values of a row without those that it does not tell. */
export function toldValues<Values extends ToldValues>(
  { kind, fields, given, hidden }: Reading,
  stored: Readonly<Record<string, unknown>>,
  values: Values,
): Values {
  const isTold = (field: string) => given[field] !== undefined && (given[field] !== null || neverNull[kind]?.includes(field) !== true)
  const untold = fields.filter((field) => !isTold(field)).map((field) => columnNames[field] ?? camelCase(field))
  if (kind === 'experiments' && !isTold('holdout') && !isTold('holdout_id')) untold.push('holdoutId')
  const columns = Object.fromEntries(Object.entries(values.columns).filter(([column]) => !untold.includes(column)))
  const keepsLinks =
    linkFields[kind]?.some(isTold) === false || (kind === 'feature_flags' && hidesContexts(given, hidden, stored, values.links))
  return { ...values, columns, links: keepsLinks ? stored.links : values.links }
}

/**
 * Without the feature, reads answer flags without their evaluation contexts, but answers to writes have them. A change of contexts raises the
 * version. So an empty list in the version that is stored is no change, and shows that the key does not see contexts. Then one in a newer version
 * says nothing either.
 */
function hidesContexts(
  given: JsonObject,
  hidden: HiddenFields | undefined,
  stored: Readonly<Record<string, unknown>>,
  links: unknown,
): boolean {
  const isEmpty = Array.isArray(links) && links.length === 0
  if (!isEmpty) {
    if (hidden !== undefined) hidden.contexts = false
    return false
  }
  if (!Array.isArray(stored.links) || stored.links.length === 0) return false
  const isSameVersion = given.version === stored.version
  if (isSameVersion && hidden !== undefined) hidden.contexts = true
  return isSameVersion || hidden?.contexts === true
}

const camelCase = (name: string) => name.replaceAll(/_./g, ([, letter = '']) => letter.toUpperCase())

/** The names of the fields that a schema knows. */
export function fieldsOf(schema: z.ZodType): string[] {
  let inner: unknown = schema
  while (inner instanceof z.ZodPipe) inner = inner.in
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

/** The version of a row, for comparing. A row that does not tell it is as new as its time says. */
export function toldVersion(given: unknown, version: unknown): unknown {
  return isObject(given) && given.version === undefined ? undefined : version
}
