import {
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { maxPageSize } from '../../graphql/argumentLimits.ts'
import type { ListSize } from '../../graphql/listSizes.ts'

// What the schema says about the cost of a field: its directives `@cost` and `@listSize`, and the defaults of their specification
// (https://ibm.github.io/graphql-specs/cost-spec.html).

/** The cost of a field, without its arguments and what is selected in it. */
interface FieldCost {
  /** What each value of the field costs. */
  weight: number
  /** What null costs: only a field with `@cost` does. */
  nullWeight: number
  listSize: ListSize | undefined
  /** The argument whose list has one entry for each entry of the result. `@listSize` cannot say this: its arguments are numbers. */
  sizedBy: string | undefined
  /** The arguments that cost something, or that a size depends on. */
  watched: ReadonlySet<string>
}

interface Annotated {
  extensions: object
}

/** GraphQL answers these from the schema, so nothing in them is charged apart. The alias of a field can repeat that work. */
const introspectionWeights: Record<string, number> = { __schema: 1_000, __type: 100 }
const introspectionAliasWeight = 1_000

const costs = new WeakMap<GraphQLField<unknown, unknown>, FieldCost>()

/** Finds a field of a type, also those that GraphQL adds to each type. */
export function findField(type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
}

export function fieldCost(field: GraphQLField<unknown, unknown>): FieldCost {
  const cached = costs.get(field)
  if (cached !== undefined) return cached
  const type = getNamedType(field.type)
  const listSize = directive<ListSize>(field, 'listSize')
  const sizedBy = field.extensions.sizedBy as string | undefined
  const sizing = [...(listSize?.slicingArguments ?? []), ...(sizedBy === undefined ? [] : [sizedBy])]
  const { perUnit } = field.extensions as { perUnit?: PerUnit }
  const costly = field.args.filter((argument) => weight(argument, getNamedType(argument.type)) > 0)
  const cost: FieldCost = {
    weight: isIntrospectionType(type) ? (introspectionWeights[field.name] ?? 0) : weight(field, type),
    nullWeight: directive<{ weight: number }>(field, 'cost')?.weight ?? 0,
    listSize,
    sizedBy,
    watched: new Set([...sizing, ...costly.map(({ name }) => name), ...(perUnit === undefined ? [] : [perUnit.argument])]),
  }
  costs.set(field, cost)
  return cost
}

/** What the alias of a field costs in addition. */
export function aliasCost(parent: GraphQLNamedType, node: FieldNode): number {
  return node.alias !== undefined && isIntrospectionType(parent) ? introspectionAliasWeight : 0
}

/** What the arguments of a field cost. */
export function argumentsCost(field: GraphQLField<unknown, unknown>, values: Record<string, unknown>): number {
  const { perUnit } = field.extensions as { perUnit?: PerUnit }
  const ofUnits = perUnit === undefined ? 0 : perUnit.weight * units(perUnit, values)
  return field.args.reduce((sum, argument) => sum + inputCost(argument, argument.type, values[argument.name]), ofUnits)
}

/** An argument that says how much a field reads. `@cost` cannot say this: the weight of an argument is fixed. */
export interface PerUnit {
  argument: string
  /** What each unit of it costs. */
  weight: number
  /** How many units there are without the argument, and at most. */
  default: number
  max: number
}

/** Only the field itself rejects a number that is out of bounds. */
function units({ argument, default: fallback, max }: PerUnit, values: Record<string, unknown>): number {
  const value = values[argument]
  return typeof value === 'number' ? Math.min(Math.max(value, 0), max) : fallback
}

/** The arguments of a field with these variables; none if they are invalid. */
export function argumentValues(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  try {
    return getArgumentValues(field, node, variables)
  } catch {
    // GraphQL itself rejects the field.
    return {}
  }
}

/** The size of the list that a field returns, or of the lists that its `sizedFields` return. */
export function assumedListSize({ listSize, sizedBy }: FieldCost, values: Record<string, unknown>): number {
  const ids = sizedBy === undefined ? undefined : values[sizedBy]
  if (Array.isArray(ids)) return ids.length
  const sizes = (listSize?.slicingArguments ?? []).map((name) => values[name]).filter((size) => typeof size === 'number')
  if (sizes.length === 0) return listSize?.assumedSize ?? 1
  // Only the field itself rejects a page size that is out of bounds.
  return Math.min(Math.max(...sizes, 0), maxPageSize)
}

/** Each entry of a list and each field of an object counts. */
function inputCost(element: Annotated, type: GraphQLInputType, value: unknown): number {
  if (value === null || value === undefined) return 0
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    const own = directive<{ weight: number }>(element, 'cost')?.weight ?? 0
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
    return entries.reduce<number>((sum, entry) => sum + inputCost(element, nullable.ofType, entry), own)
  }
  const own = weight(element, nullable)
  if (!isInputObjectType(nullable)) return own
  const fields = value as Record<string, unknown>
  return Object.values(nullable.getFields()).reduce((sum, field) => sum + inputCost(field, field.type, fields[field.name]), own)
}

/** One point for an object and none for a leaf, unless the schema says otherwise. */
function weight(element: Annotated, type: GraphQLNamedType): number {
  const stated = directive<{ weight: number }>(element, 'cost') ?? directive<{ weight: number }>(type, 'cost')
  return stated?.weight ?? (isLeafType(type) ? 0 : 1)
}

function directive<Args>({ extensions }: Annotated, name: string): Args | undefined {
  const { directives = [] } = extensions as { directives?: readonly { name: string; args: Args }[] }
  return directives.find((applied) => applied.name === name)?.args
}
