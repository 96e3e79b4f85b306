import { type FieldNode, type GraphQLNamedType, type GraphQLResolveInfo, getNamedType, isInterfaceType, isObjectType } from 'graphql'
import { builder } from './builder.ts'
import type { FieldDeclaration } from './fieldOptions.ts'
import { connectionRows, selectedFields } from './lookahead.ts'

interface DeclaredColumns {
  byField: ReadonlyMap<string, readonly string[]>
  all: readonly string[]
}

const columnsByType = new Map<string, DeclaredColumns>()

/**
 * Returns the columns that the fields of a type declare. Works only after the schema is built.
 *
 * @throws Error when a field does not declare its columns
 */
function getDeclaredColumns(typename: string): DeclaredColumns {
  const cached = columnsByType.get(typename)
  if (cached !== undefined) return cached
  const byField = new Map<string, readonly string[]>()
  for (const [name, { extensions, pothosOptions }] of builder.configStore.getFields(typename)) {
    const exposed = extensions?.pothosExposedField
    const select = (pothosOptions as FieldDeclaration).select ?? (typeof exposed === 'string' ? [exposed] : undefined)
    if (select === undefined) throw new Error(`${typename}.${name} must list the columns that it reads in its option 'select'.`)
    byField.set(name, select)
  }
  // Sorted, so that equal sets of columns give equal SQL.
  const columns = { byField, all: [...new Set(['id', ...[...byField.values()].flat()])].sort() }
  columnsByType.set(typename, columns)
  return columns
}

/** Returns all columns that the fields of a type declare, and `id`. */
export const declaredColumns = (typename: string): readonly string[] => getDeclaredColumns(typename).all

/** Returns the declared columns as Prisma's `select`. */
export function declaredSelect<Column extends string>(typename: string): Record<Column, true> {
  return Object.fromEntries(declaredColumns(typename).map((column) => [column, true])) as Record<Column, true>
}

/**
 * Returns the columns that the selected fields of a type declare, and `id`.
 *
 * @param paths the paths to the rows, inside the field that is resolved
 */
export function selectedColumns(info: GraphQLResolveInfo, typename: string, paths = connectionRows): string[] {
  const fields = selectedFields(info, paths, typename, true)
  const { byField, all } = getDeclaredColumns(typename)
  // The selection may reach the same rows again. Complete rows then come from the loader, without another query.
  if (leadTo(typename, fields, info.schema.getType(typename), info)) return [...all]
  const selected = new Set(['id', ...fields.flatMap(({ name }) => byField.get(name.value) ?? [])])
  return all.filter((column) => selected.has(column))
}

/** Whether the selection under these fields contains objects of the type `typename`. */
function leadTo(typename: string, fields: readonly FieldNode[], type: GraphQLNamedType | undefined, info: GraphQLResolveInfo): boolean {
  if (!isObjectType(type) && !isInterfaceType(type)) return false
  return fields.some((field) => {
    const definition = type.getFields()[field.name.value]
    if (definition === undefined || field.selectionSet === undefined) return false
    const inner = getNamedType(definition.type)
    return inner.name === typename || leadTo(typename, selectedFields({ ...info, fieldNodes: [field] }, [[]], undefined, true), inner, info)
  })
}
