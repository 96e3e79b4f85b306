import { type FieldNode, type GraphQLNamedType, type GraphQLResolveInfo, getNamedType, isInterfaceType, isObjectType } from 'graphql'
import { builder } from './builder.ts'
import type { FieldDeclaration } from './fieldOptions.ts'
import { connectionRows, selectedFields } from './lookahead.ts'

interface DeclaredColumns {
  byField: ReadonlyMap<string, readonly string[]>
  all: readonly string[]
}

const columnsByType = new Map<string, DeclaredColumns>()

/** The columns that the fields of a type declare. The schema has to be built. */
function getDeclaredColumns(typename: string): DeclaredColumns {
  const cached = columnsByType.get(typename)
  if (cached !== undefined) return cached
  const byField = new Map<string, readonly string[]>()
  for (const [name, { extensions, pothosOptions }] of builder.configStore.getFields(typename)) {
    const exposed = extensions?.pothosExposedField
    const select = (pothosOptions as FieldDeclaration).select ?? (typeof exposed === 'string' ? [exposed] : undefined)
    if (select === undefined) throw new Error(`${typename}.${name} has to declare in its option 'select' which columns it reads.`)
    byField.set(name, select)
  }
  // One order, so that equal columns make equal statements.
  const columns = { byField, all: [...new Set(['id', ...[...byField.values()].flat()])].sort() }
  columnsByType.set(typename, columns)
  return columns
}

/** All columns that the fields of a type declare, `id` among them. */
export const declaredColumns = (typename: string): readonly string[] => getDeclaredColumns(typename).all

/** The declared columns as Prisma's `select`. */
export function declaredSelect<Column extends string>(typename: string): Record<Column, true> {
  return Object.fromEntries(declaredColumns(typename).map((column) => [column, true])) as Record<Column, true>
}

/**
 * The columns that the selected fields of a type declare, `id` among them.
 *
 * @param paths where its rows stand inside the field that is resolved
 */
export function selectedColumns(info: GraphQLResolveInfo, typename: string, paths = connectionRows): string[] {
  const fields = selectedFields(info, paths, typename, true)
  const { byField, all } = getDeclaredColumns(typename)
  // A row that is reached again through its own fields is then not read again.
  if (leadTo(typename, fields, info.schema.getType(typename), info)) return [...all]
  const selected = new Set(['id', ...fields.flatMap(({ name }) => byField.get(name.value) ?? [])])
  return all.filter((column) => selected.has(column))
}

/** Whether these fields of a type lead to objects of the named one. */
function leadTo(typename: string, fields: readonly FieldNode[], type: GraphQLNamedType | undefined, info: GraphQLResolveInfo): boolean {
  if (!isObjectType(type) && !isInterfaceType(type)) return false
  return fields.some((field) => {
    const definition = type.getFields()[field.name.value]
    if (definition === undefined || field.selectionSet === undefined) return false
    const inner = getNamedType(definition.type)
    return inner.name === typename || leadTo(typename, selectedFields({ ...info, fieldNodes: [field] }, [[]], undefined, true), inner, info)
  })
}
