import { createHash } from 'node:crypto'
import { canonicalJson, isObject, type JsonObject } from '../../../platform/json.ts'
import { encryptedPlaceholder } from '../../../platform/secrets/encryptedPayload.ts'
import type { KindName } from './kinds.ts'

// What is taken out of a row before anything stores it.

/** Fields that belong to the owner of the key, or change by themselves. */
const volatileFields = [
  ...['user_access_level', 'can_edit', 'can_approve', 'can_cancel', 'is_requester', 'user_decision', 'hedgehog_config'],
  ...['last_calculated_at', 'selector_regex', 'last_login', 'status', 'is_calculating', 'last_calculation'],
]
/** Names that PostHog adds to conditions for people who read them. */
const displayFields = ['cohort_name', 'group_key_names']

/** Returns a row as it may be stored: without display names, and without the payloads of flags that encrypt them. */
export function prepareRow(kind: KindName, row: JsonObject): JsonObject {
  if (kind === 'feature_flags') return prepareFlag(row)
  if (kind === 'experiments' && isObject(row.feature_flag)) return { ...row, feature_flag: prepareFlag(row.feature_flag) }
  return row
}

function prepareFlag(flag: JsonObject): JsonObject {
  const filters = stripDisplayFields(flag.filters)
  if (flag.has_encrypted_payloads !== true || !isObject(filters) || !isObject(filters.payloads)) return { ...flag, filters }
  const payloads = Object.fromEntries(Object.keys(filters.payloads).map((key) => [key, encryptedPlaceholder]))
  return { ...flag, filters: { ...filters, payloads } }
}

function stripDisplayFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripDisplayFields)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([name]) => !displayFields.includes(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, stripDisplayFields(inner)]))
}

/** The hash of a prepared row. Equal rows have equal hashes, in whatever order their keys come. */
export function hashRow(row: JsonObject): string {
  const kept = Object.entries(row).filter(([name]) => !volatileFields.includes(name))
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(kept)))
    .digest('hex')
}
