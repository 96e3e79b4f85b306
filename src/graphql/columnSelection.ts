import { type FieldNode, type GraphQLResolveInfo, isObjectType } from 'graphql'

/** Which columns of a row the selected fields of its type are made of. */
export interface ColumnSelection<Column extends string> {
  /** All that are ever read of a row at once. */
  all: readonly Column[]
  /** The columns that these fields are made of; all of them where one of the fields may need any. */
  forFields(fields: readonly FieldNode[], info: GraphQLResolveInfo): readonly Column[]
}

/**
 * @param select the columns, `id` among them, which is always read
 * @param columnsByField what the resolvers of fields need of a row beside its id; a field that only shows a column needs that, and one that is not
 *   named here may need any
 */
export function columnSelection<Column extends string>(
  typename: string,
  select: Record<Column, true>,
  columnsByField: Readonly<Record<string, readonly NoInfer<Column>[]>>,
): ColumnSelection<Column> {
  const all = Object.keys(select) as Column[]
  const requiredColumns = new Map(Object.entries(columnsByField))
  return {
    all,
    forFields: (fields, info) => {
      const type = info.schema.getType(typename)
      const definitions = isObjectType(type) ? type.getFields() : {}
      const selected = new Set<string>(['id'])
      for (const { name } of fields) {
        const exposedField = definitions[name.value]?.extensions.pothosExposedField
        const columns = typeof exposedField === 'string' ? [exposedField] : requiredColumns.get(name.value)
        if (columns === undefined) return all
        for (const column of columns) selected.add(column)
      }
      // In an order of their own: the same columns make the same statement, however they were selected.
      return all.filter((column) => selected.has(column))
    },
  }
}
