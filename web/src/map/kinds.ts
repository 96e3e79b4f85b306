import type { SchemaMap } from './schemaMap.ts'

/** What a type is, in a word for people and one for styles. */
export interface Kind {
  id: string
  name: string
  /** The heading of a list of them. */
  many: string
}

export const kinds = {
  root: { id: 'root', name: 'Root', many: 'Roots: here every operation begins' },
  main: { id: 'main', name: 'Main type', many: 'Main types: they have an id' },
  object: { id: 'object', name: 'Type', many: 'Other types' },
  union: { id: 'union', name: 'Union', many: 'Unions' },
  interface: { id: 'interface', name: 'Interface', many: 'Interfaces' },
  error: { id: 'error', name: 'Error', many: 'Errors of mutations' },
  input: { id: 'input', name: 'Input', many: 'Inputs' },
  enum: { id: 'enum', name: 'Enum', many: 'Enums' },
  scalar: { id: 'scalar', name: 'Scalar', many: 'Scalars' },
  carrier: { id: 'carrier', name: 'Connection or result', many: 'Connections and results: they carry the others' },
} satisfies Record<string, Kind>

export function kindOf({ types, roots, main }: SchemaMap, name: string): Kind {
  const type = types.get(name)
  if (type === undefined) return kinds.scalar
  if (roots.includes(name)) return kinds.root
  if (main.includes(name)) return kinds.main
  if (type.carrier) return kinds.carrier
  if (type.interfaces.includes('Error')) return kinds.error
  switch (type.kind) {
    case 'UNION':
      return kinds.union
    case 'INTERFACE':
      return kinds.interface
    case 'INPUT_OBJECT':
      return kinds.input
    case 'ENUM':
      return kinds.enum
    case 'SCALAR':
      return kinds.scalar
    default:
      return kinds.object
  }
}
