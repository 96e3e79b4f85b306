import { GraphQLError, Kind, type ValueNode } from 'graphql'
import { maxTimestamp, minTimestamp } from '../database/keyset/sortOrder.ts'
import { isDeeperThan } from '../platform/json.ts'
import { builder } from './builder.ts'

const dateTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i

function parseDateTime(value: unknown): Date {
  const time = typeof value === 'string' && dateTimePattern.test(value) ? new Date(value) : null
  // The database stores the years 1 to 9999. An invalid date is NaN, which fails both comparisons.
  if (time === null || !(time.getTime() >= minTimestamp && time.getTime() <= maxTimestamp)) {
    throw new GraphQLError('DateTime must be an RFC 3339 time with an offset, in the years 1 to 9999, such as "2026-03-29T02:30:00+01:00".')
  }
  return time
}

builder.scalarType('DateTime', {
  description: 'A time in RFC 3339 with an offset, such as `2026-03-29T01:30:00.000Z`. Results are in UTC, with milliseconds.',
  serialize: (time) => time.toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node: ValueNode) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
})

/** Far more than any field accepts, and far less than what overflows the stack of the code that validates a field. */
const maxJsonNesting = 1_000

builder.scalarType('JSON', {
  description: 'Any JSON value: an object, a list, a string, a number, a boolean or null.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (!isDeeperThan(value, maxJsonNesting)) return value
    throw new GraphQLError(`A JSON value must not be nested deeper than ${maxJsonNesting} levels.`)
  },
})
