import type { SchemaQuery, SchemaTypeOfFragment } from '../generated/graphql.ts'

// What the map shows of a schema: each type, and how it leads to others. Pure functions, with a test.

type Introspected = SchemaQuery['__schema']

/** A field, or an argument of one. */
interface Input {
  name: string
  description: string
  /** As in the schema's language: `[String!]!`. */
  type: string
  /** The same without brackets. */
  named: string
}

export interface MapField extends Input {
  args: Input[]
  deprecated: string | null
  /** The types that it returns, as the map draws them. */
  leadsTo: string[]
}

export interface MapType {
  name: string
  kind: Introspected['types'][number]['kind']
  description: string
  /** Those of an input type too. */
  fields: MapField[]
  values: { name: string; description: string; deprecated: string | null }[]
  /** The types that a union or an interface stands for. */
  members: string[]
  interfaces: string[]
  /** Whether it only carries other types: a connection, an edge, the result of a mutation, or what gateways read. The picture skips it. */
  carrier: boolean
}

/** A field that leads to a type or takes it. The field of a union is null. */
export interface Use {
  type: string
  field: string | null
}

export interface SchemaMap {
  types: ReadonlyMap<string, MapType>
  /** `Query` and the like, in this order. */
  roots: string[]
  /** The types with an id, which everything else belongs to. */
  main: string[]
  usesOf: ReadonlyMap<string, Use[]>
}

export function toSchemaMap(schema: Introspected): SchemaMap {
  const known = new Map(schema.types.flatMap((type) => (type.name === null || type.name.startsWith('__') ? [] : [[type.name, type]])))
  const interfacesOf = (name: string) => (known.get(name)?.interfaces ?? []).map(nameOf)
  const isError = (name: string) => interfacesOf(name).includes('Error')
  const membersOf = (name: string) => (known.get(name)?.possibleTypes ?? []).map(nameOf)
  const isResult = (name: string) => known.get(name)?.kind === 'UNION' && membersOf(name).some(isError)
  const fieldOf = (name: string, field: string) => known.get(name)?.fields?.find((one) => one.name === field)?.type
  /** The type of a connection's nodes. */
  const nodesOf = (name: string) => (/Connection$/.test(name) ? fieldOf(name, 'nodes') : undefined)
  const isCarrier = (name: string) =>
    name === 'PageInfo' ||
    name.startsWith('_') ||
    isResult(name) ||
    nodesOf(name) !== undefined ||
    (/Edge$/.test(name) && fieldOf(name, 'cursor') !== undefined)

  /** The drawn types behind a name: through connections and results, without scalars and enums. */
  function drawn(name: string): string[] {
    const nodes = nodesOf(name)
    if (nodes !== undefined) return drawn(namedType(nodes))
    if (isResult(name)) return membersOf(name).filter((member) => !isError(member))
    const kind = known.get(name)?.kind
    return kind === 'SCALAR' || kind === 'ENUM' || isCarrier(name) ? [] : [name]
  }

  const types = new Map<string, MapType>()
  for (const [name, type] of [...known].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const inputs = (type.inputFields ?? []).map((input) => ({ ...input, args: [], deprecationReason: null }))
    types.set(name, {
      name,
      kind: type.kind,
      description: type.description ?? '',
      fields: [...(type.fields ?? []), ...inputs].map(({ args, deprecationReason, ...field }) => ({
        ...toInput(field),
        args: args.map(toInput),
        deprecated: deprecationReason,
        leadsTo: drawn(namedType(field.type)),
      })),
      values: (type.enumValues ?? []).map(({ name, description, deprecationReason }) => ({
        name,
        description: description ?? '',
        deprecated: deprecationReason,
      })),
      members: membersOf(name),
      interfaces: interfacesOf(name),
      carrier: isCarrier(name),
    })
  }

  const roots = [schema.queryType, schema.mutationType, schema.subscriptionType].flatMap((type) => type?.name ?? [])
  const main = [...types.values()]
    .filter(({ kind, interfaces }) => kind === 'OBJECT' && interfaces.includes('Node'))
    .map(({ name }) => name)
  return { types, roots, main, usesOf: findUses(types, roots) }
}

/** Where each type is returned or taken. The roots come first. */
function findUses(types: ReadonlyMap<string, MapType>, roots: string[]): Map<string, Use[]> {
  const uses = new Map<string, Use[]>()
  const order = [...types.values()].sort((a, b) => Number(roots.includes(b.name)) - Number(roots.includes(a.name)))
  for (const { name, kind, fields, members, carrier } of order) {
    if (carrier) continue
    for (const { name: field, named, args, leadsTo } of fields) {
      for (const used of new Set([named, ...leadsTo, ...args.map((arg) => arg.named)])) add(used, { type: name, field })
    }
    if (kind === 'UNION') for (const member of members) add(member, { type: name, field: null })
  }
  return uses

  function add(used: string, use: Use) {
    uses.set(used, [...(uses.get(used) ?? []), use])
  }
}

const nameOf = ({ name }: { name: string | null }) => name ?? ''

function toInput({ name, description, type }: { name: string; description: string | null; type: SchemaTypeOfFragment }): Input {
  return { name, description: description ?? '', type: typeText(type), named: namedType(type) }
}

type TypeOf = { kind: SchemaTypeOfFragment['kind']; name: string | null; ofType?: TypeOf | null }

function typeText({ kind, name, ofType }: TypeOf): string {
  if (ofType == null) return name ?? '…'
  return kind === 'LIST' ? `[${typeText(ofType)}]` : `${typeText(ofType)}!`
}

function namedType({ name, ofType }: TypeOf): string {
  return ofType == null ? (name ?? '') : namedType(ofType)
}

/** What a search finds: a type, or a field of one. */
export type Found = Use

/** Types and fields whose names contain a text. Names that begin with it come first, and types before fields. `Flag.key` searches the fields of types. */
export function search({ types }: SchemaMap, text: string, limit = 40): { found: Found[]; more: number } {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return { found: [], more: 0 }
  const [typePart = '', fieldPart] = wanted.split('.')
  const shown = [...types.values()].filter(({ carrier }) => !carrier)
  const rank = (name: string, part: string) => {
    const at = name.toLowerCase().indexOf(part)
    return at === -1 ? null : at === 0 ? (name.length === part.length ? 0 : 1) : 2
  }
  const hits: { use: Found; rank: number }[] = []
  for (const { name, fields, values } of shown) {
    const ofType = rank(name, typePart)
    if (fieldPart === undefined && ofType !== null) hits.push({ use: { type: name, field: null }, rank: ofType })
    for (const field of [...fields, ...values]) {
      const ofField = rank(field.name, fieldPart ?? wanted)
      if (ofField === null || (fieldPart !== undefined && ofType === null)) continue
      hits.push({ use: { type: name, field: field.name }, rank: 3 + ofField + (fieldPart === undefined ? 0 : (ofType ?? 0)) })
    }
  }
  hits.sort((a, b) => a.rank - b.rank)
  return { found: hits.slice(0, limit).map(({ use }) => use), more: Math.max(0, hits.length - limit) }
}
