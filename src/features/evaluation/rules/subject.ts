import { asObject, ExactNumber, type JsonObject } from '../../../platform/json.ts'
import { cutId } from './hash.ts'

/** The person that flags are evaluated for, and the groups. This is all that is known of them (evaluation.md 1). */
export interface Subject {
  /** As far as it counts. */
  distinctId: string
  groups: JsonObject
  personProperties: JsonObject
  groupProperties: JsonObject
  /** The static cohorts that the person is a member of. */
  staticCohortIds: ReadonlySet<number>
}

/** A property that may be known. */
export interface Known {
  isKnown: boolean
  value: unknown
}

const unknown: Known = { isKnown: false, value: null }
const known = (value: unknown): Known => ({ isKnown: true, value })

/** The properties that PostHog copies to `$initial_…` when it first sees them. */
const copiedProperties = [
  ...['$app_build', '$app_name', '$app_namespace', '$app_version', '$browser', '$browser_version', '$device_type', '$current_url'],
  ...['$pathname', '$os', '$os_version', '$referring_domain', '$referrer', '$screen_height', '$screen_width', '$viewport_height'],
  ...['$viewport_width', '$raw_user_agent', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'gclid'],
  ...['gad_source', 'gclsrc', 'dclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'twclid', 'li_fat_id', 'mc_cid', 'igshid', 'ttclid'],
  ...['rdt_cid', 'epik', 'qclid', 'sccid', 'irclid', '_kx'],
]

/** The properties that stand in for others that are not given. */
const standIns: ReadonlyMap<string, string> = new Map([
  ...copiedProperties.map((name) => [`$initial_${name.replace(/^\$/, '')}`, name] as const),
  ['$os', '$os_name'],
  ['$os_name', '$os'],
])

/** Looks up a property of the person. */
export function personProperty({ personProperties, distinctId }: Subject, key: string): Known {
  if (Object.hasOwn(personProperties, key)) return known(personProperties[key])
  if (key === 'distinct_id') return known(distinctId)
  const other = standIns.get(key)
  return other !== undefined && Object.hasOwn(personProperties, other) ? known(personProperties[other]) : unknown
}

/** The key of a group, as it is hashed. Null when it is not given. */
export function groupKey({ groups }: Subject, typeName: string): string | null {
  const key = Object.hasOwn(groups, typeName) ? groups[typeName] : null
  if (typeof key === 'string') return key === '' ? null : cutId(key)
  return typeof key === 'number' || key instanceof ExactNumber ? String(key) : null
}

/** Looks up a property of a group. */
export function groupProperty(subject: Subject, typeName: string, key: string): Known {
  const properties = Object.hasOwn(subject.groupProperties, typeName) ? asObject(subject.groupProperties[typeName]) : null
  if (properties !== null && Object.hasOwn(properties, key)) return known(properties[key])
  if (key !== '$group_key') return unknown
  return groupKey(subject, typeName) === null ? unknown : known(subject.groups[typeName])
}
