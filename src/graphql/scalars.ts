import { GraphQLError, GraphQLFloat, GraphQLID, GraphQLInt, Kind, type ValueNode } from 'graphql'
import { maxTimestamp, minTimestamp } from '../database/keyset/sortOrder.ts'
import { ExactNumber, isDeeperThan, toExactNumber, toNearestNumber } from '../platform/json.ts'
import { formatTimestamp } from '../platform/text/formatTimestamp.ts'
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
  serialize: formatTimestamp,
  parseValue: parseDateTime,
  parseLiteral: (node: ValueNode) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
})

function parseDate(value: unknown): string {
  // What is no day of the calendar, such as the 30th of February, does not come back as it was.
  if (typeof value === 'string' && /^(?!0000)\d{4}-\d\d-\d\d$/.test(value)) {
    const time = new Date(`${value}T00:00:00Z`)
    if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(value)) return value
  }
  throw new GraphQLError('Date must be a day of the calendar in the years 1 to 9999, such as "2026-03-29".')
}

builder.scalarType('Date', {
  description: 'A day of the calendar, such as `2026-03-29`. The field says in which time zone.',
  serialize: (day) => day,
  parseValue: parseDate,
  parseLiteral: (node: ValueNode) => parseDate(node.kind === Kind.STRING ? node.value : null),
})

/** Far more than any field accepts, and far less than what overflows the stack of the code that validates a field. */
const maxJsonNesting = 1_000

function parseJsonValue(value: unknown): unknown {
  if (!isDeeperThan(value, maxJsonNesting)) return value
  throw new GraphQLError(`A JSON value must not be nested deeper than ${maxJsonNesting} levels.`)
}

/** A JSON value in a document. GraphQL's own function rounds numbers. */
function valueOfNode(node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.INT:
    case Kind.FLOAT:
      return toExactNumber(node.value)
    case Kind.LIST:
      return node.values.map((entry) => valueOfNode(entry, variables))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, valueOfNode(value, variables)]))
    case Kind.VARIABLE:
      return variables?.[node.name.value]
    default:
      return node.value
  }
}

builder.scalarType('JSON', {
  description: 'Any JSON value: an object, a list, a string, a number, a boolean or null. Numbers keep all their digits.',
  // It can be as long as many fields.
  cost: 5,
  serialize: (value) => value,
  parseValue: parseJsonValue,
  parseLiteral: (node, variables) => parseJsonValue(valueOfNode(node, variables)),
})

// Variables may hold an `ExactNumber` where GraphQL expects a number, or the number of an id. The scalars of GraphQL itself are changed, because
// the builder takes no others by these names.

const { parseValue: parseInteger } = GraphQLInt
GraphQLInt.parseValue = (value) => {
  // No 32-bit integer is kept as its text.
  if (value instanceof ExactNumber) throw new GraphQLError(`Int cannot represent non 32-bit signed integer value: ${value.text}`)
  return parseInteger(value)
}

/** Decimals are rounded, as everywhere in computing. An integer is not: it could be the number of something. */
function assertRoundable(value: unknown): void {
  if (!(value instanceof ExactNumber) || (!value.isInteger && Number.isFinite(value.toNumber()))) return
  throw new GraphQLError(`Float cannot represent the number ${value.text}: it has more digits than a double holds.`)
}

const { parseValue: parseFloatValue, parseLiteral: parseFloatLiteral } = GraphQLFloat
GraphQLFloat.parseValue = (value) => {
  assertRoundable(value)
  return parseFloatValue(toNearestNumber(value))
}
GraphQLFloat.parseLiteral = (node, variables) => {
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) assertRoundable(toExactNumber(node.value))
  return parseFloatLiteral(node, variables)
}
const { parseValue: parseId } = GraphQLID
GraphQLID.parseValue = (value) => parseId(value instanceof ExactNumber ? value.text : value)
