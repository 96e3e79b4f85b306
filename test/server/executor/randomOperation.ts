import fc, { type GeneratorValue } from 'fast-check'
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'

export interface RandomOperation {
  query: string
  variables: Record<string, unknown>
}

/** An argument, or a field of an input. */
type Position = GraphQLArgument | GraphQLInputField

const maxDepth = 7
const maxFields = 40

/**
 * A valid operation of the schema, with what may go wrong in one: variables of the wrong type, values out of bounds, ids that lead nowhere.
 * Mutations are given no id that leads anywhere, so that they change nothing.
 *
 * @param ids of what is there, by its type
 */
export function randomOperation(random: GeneratorValue, schema: GraphQLSchema, ids: Record<string, readonly string[]>): RandomOperation {
  const below = (count: number) => random(fc.nat, { max: count - 1 })
  const chance = (percent: number) => below(100) < percent
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const upTo = (max: number) => [...Array(below(max + 1)).keys()]

  const mutation = chance(15)
  const variables: Record<string, unknown> = {}
  const declared: string[] = []
  const flags: string[] = []
  const fragments: { on: GraphQLNamedType; text: string }[] = []
  const oddNames = ['__proto__', 'constructor', 'toString']
  let serial = 0
  let fields = 0

  const nowhere = ['x', '999999', 'UHJvamVjdDo5OTk5OTk=', '']
  const scalars: Record<string, readonly unknown[]> = {
    String: ['', 'flag', 'flag', 'x', '\0'],
    Int: [1, 2, 2, 3, 3, 0, -1, 101],
    Float: [0, 12.5, 200],
    Boolean: [true, false],
    DateTime: ['2026-11-01T00:00:00Z'],
    JSON: [{}, [], { a: [1, null, 'x'] }, 'x', 1],
    _Any: [
      ...(ids.FeatureFlag ?? []).map((id) => ({ __typename: 'FeatureFlag', id })),
      ...(ids.Project ?? []).map((id) => ({ __typename: 'Project', id })),
      { __typename: 'Experiment', databaseId: 1 },
      { __typename: 'x' },
    ],
  }

  function scalar(type: GraphQLNamedType, place: string): unknown {
    if (type.name !== 'ID') return pick(scalars[type.name] ?? [null])
    if (mutation || chance(10)) return pick(nowhere)
    return pick((/project/i.test(place) && ids.Project) || Object.values(ids).flat())
  }

  /** A value as JSON has it. */
  function json(type: GraphQLInputType, place: string): unknown {
    if (isNonNullType(type)) return json(type.ofType, place)
    if (isListType(type)) return upTo(3).map(() => json(type.ofType, place))
    if (isEnumType(type)) return pick(type.getValues()).name
    if (!isInputObjectType(type)) return scalar(type, place)
    return Object.fromEntries(given(Object.values(type.getFields())).map((field) => [field.name, json(field.type, field.name)]))
  }

  /** A value as a document has it: now and then a variable, or one that has variables in it. */
  function literal(type: GraphQLInputType, place: string, hasDefault = false): string {
    if (chance(25)) return variable(type, place, hasDefault)
    if (!isNonNullType(type) && chance(5)) return 'null'
    const inner = isNonNullType(type) ? type.ofType : type
    if (isListType(inner)) {
      const items = upTo(3).map(() => literal(inner.ofType, place))
      return `[${items.join()}]`
    }
    if (isEnumType(inner)) return pick(inner.getValues()).name
    if (!isInputObjectType(inner)) return asLiteral(scalar(inner, place))
    const parts = given(Object.values(inner.getFields())).map((field) => `${field.name}: ${literal(field.type, field.name)}`)
    return `{${parts.join()}}`
  }

  function variable(type: GraphQLInputType, place: string, hasDefault: boolean): string {
    const name = `v${++serial}`
    // Where there is a default, a variable may be missing.
    const declaredType = isNonNullType(type) && hasDefault && chance(50) ? type.ofType : type
    const mayMiss = !isNonNullType(declaredType)
    declared.push(`$${name}: ${declaredType}${declaredType.toString() === 'Int' && chance(30) ? ' = 2' : ''}`)
    if (mayMiss && chance(30)) return `$${name}`
    variables[name] = chance(1) ? { wrong: 1.5 } : mayMiss && chance(10) ? null : json(type, place)
    return `$${name}`
  }

  const given = <Given extends Position>(positions: readonly Given[]): Given[] =>
    positions.filter(({ type, defaultValue }) => (isNonNullType(type) && defaultValue === undefined) || chance(20))

  function conditions(): string {
    if (!chance(20)) return ''
    const directives = pick([['skip'], ['include'], ['skip', 'include']])
    return directives.map((name) => ` @${name}(if: ${chance(20) ? chance(50) : flag()})`).join('')
  }

  function flag(): string {
    if (flags.length > 0 && chance(50)) return pick(flags)
    const name = `if${++serial}`
    variables[name] = chance(50)
    declared.push(`$${name}: Boolean!`)
    flags.push(`$${name}`)
    return `$${name}`
  }

  function field(definition: GraphQLField<unknown, unknown>, depth: number, alone: boolean): string {
    fields++
    const args = given(definition.args).map(
      ({ name, type, defaultValue }) => `${name}: ${literal(type, `${definition.name}.${name}`, defaultValue !== undefined)}`,
    )
    // A name that nobody else has, where the fields of two types or with two values of an argument would meet.
    const alias = alone || args.length > 0 || chance(20) ? `${(chance(5) && oddNames.pop()) || `a${++serial}`}: ` : ''
    const type = getNamedType(definition.type)
    const inside = isCompositeType(type) ? ` ${selections(type, depth + 1)}` : ''
    return `${alias}${definition.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${conditions()}${inside}`
  }

  function selection(type: GraphQLNamedType, depth: number, alone: boolean): string {
    const deeper = depth < maxDepth && fields < maxFields
    if (chance(10)) return '__typename'
    if (deeper && chance(12)) return spread(type, depth)
    if (deeper && chance(12)) return `...${chance(50) ? ` on ${type.name}` : ''}${conditions()} ${selections(type, depth + 1, alone)}`
    if (isAbstractType(type) && deeper && (!isInterfaceType(type) || chance(60))) {
      const possible = pick(schema.getPossibleTypes(type))
      return `... on ${possible.name}${conditions()} ${selections(possible, depth + 1, true)}`
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return '__typename'
    const able = Object.values(type.getFields()).filter((definition) => deeper || !isCompositeType(getNamedType(definition.type)))
    return able.length === 0 ? '__typename' : field(pick(able), depth, alone)
  }

  function spread(on: GraphQLNamedType, depth: number): string {
    const known = fragments.findIndex((fragment) => fragment.on === on)
    if (known >= 0 && chance(60)) return `...f${known}${conditions()}`
    const text = selections(on, depth + 1, true)
    fragments.push({ on, text })
    return `...f${fragments.length - 1}${conditions()}`
  }

  function selections(type: GraphQLNamedType, depth: number, alone = false): string {
    const parts = [0, ...upTo(3)].map(() => selection(type, depth, alone))
    return `{ ${parts.join(' ')} }`
  }

  const root = mutation ? schema.getMutationType() : schema.getQueryType()
  if (!root) throw new Error('The schema has no such operations.')
  const body = selections(root, 0)
  const head = `${mutation ? 'mutation' : 'query'} Random${declared.length > 0 ? `(${declared.join(', ')})` : ''}`
  const definitions = fragments.map(({ on, text }, n) => `fragment f${n} on ${on.name} ${text}`)
  return { query: [`${head} ${body}`, ...definitions].join('\n'), variables }
}

function asLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asLiteral).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Object.entries(value).map(([name, of]) => `${name}: ${asLiteral(of)}`)
  return `{${parts.join()}}`
}
