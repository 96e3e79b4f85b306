import { asArray, asObject, type JsonObject } from '../../../../platform/json.ts'
import { type MatchContext, matchesProperty } from '../../../evaluation/rules/matchProperty.ts'
import { type PropertyOperatorName, readProperty } from '../../../featureFlags/rules/conditions.ts'

// The property filters of exposures (results.md 3), judged by what an event says of itself and of its person.

/** A filter on a property of an event, or on one of its person. */
export interface EventFilter {
  of: 'event' | 'person'
  key: string
  operator: PropertyOperatorName
  value: unknown
}

/** The values of an event that filters ask for: its own properties, and those that it sets for its person. */
export interface EventValues {
  own: JsonObject
  set: JsonObject
  setOnce: JsonObject
}

const noValues: EventValues = { own: {}, set: {}, setOnce: {} }

/** Operators that ask for more than a property. */
const otherOperators: readonly PropertyOperatorName[] = ['UNKNOWN', 'IN', 'NOT_IN', 'FLAG_EVALUATES_TO']

/**
 * Reads filters that all must hold.
 *
 * @param where names their place in a problem
 * @returns a problem for each filter that cannot be judged by an event
 */
export function readEventFilters(filters: unknown, where: string): { filters: EventFilter[]; problems: string[] } {
  const list = asArray(filters ?? [])
  if (list === null) return { filters: [], problems: [`${where} is no list.`] }
  const read = list.map((filter, index) => readEventFilter(filter, `${where}, filter ${index + 1}`))
  return {
    filters: read.filter((filter) => typeof filter !== 'string'),
    problems: read.filter((filter) => typeof filter === 'string'),
  }
}

function readEventFilter(filter: unknown, place: string): EventFilter | string {
  const fields = asObject(filter)
  const type = fields?.type ?? 'event'
  if (fields === null || (type !== 'event' && type !== 'person')) {
    return `${place}: only filters on properties of events and persons can be judged, not ${JSON.stringify(type)}.`
  }
  const property = readProperty({ ...fields, type: 'person' }, null)
  if (typeof property === 'string') return `${place}: ${property}`
  const { key, operator, value } = property
  if (otherOperators.includes(operator)) return `${place}: the operator ${JSON.stringify(fields.operator)} cannot be judged.`
  return { of: type, key, operator, value }
}

/** Whether an event meets all filters. A property that is not known is absent, which negated operators accept. */
export function meetsFilters(filters: readonly EventFilter[], values: EventValues | null, context: MatchContext): boolean {
  return filters.every(({ of, key, operator, value }) => {
    const sources = propertiesOf(values ?? noValues, of)
    const source = sources.find((properties) => Object.hasOwn(properties, key))
    return matchesProperty(operator, value, source !== undefined, source?.[key], context)
  })
}

/** Where a property is looked up, in order. Of a person, an event says what it sets, and else what it has under the same name. */
function propertiesOf({ own, set, setOnce }: EventValues, of: EventFilter['of']): JsonObject[] {
  return of === 'event' ? [own] : [set, setOnce, own]
}
