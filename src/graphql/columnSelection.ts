import { type FieldNode, type GraphQLResolveInfo, isObjectType } from 'graphql'

/** Which columns of a row the selected fields of its type are made of. */
export interface ShownColumns<Column extends string> {
  /** All that are ever read of a row at once. */
  all: readonly Column[]
  /** The columns that these fields are made of; all of them where one of the fields may need any. */
  of(fields: readonly FieldNode[], info: GraphQLResolveInfo): readonly Column[]
}

/**
 * @param select the columns, `id` among them, which is always read
 * @param neededBy what the resolvers of fields need of a row beside its id; a field that only shows a column needs that, and one that is not
 *   named here may need any
 */
export function shownColumns<Column extends string>(
  typename: string,
  select: Record<Column, true>,
  neededBy: Readonly<Record<string, readonly NoInfer<Column>[]>>,
): ShownColumns<Column> {
  const all = Object.keys(select) as Column[]
  const needs = new Map(Object.entries(neededBy))
  return {
    all,
    of: (fields, info) => {
      const type = info.schema.getType(typename)
      const definitions = isObjectType(type) ? type.getFields() : {}
      const needed = new Set<string>(['id'])
      for (const { name } of fields) {
        const shown = definitions[name.value]?.extensions.pothosExposedField
        const columns = typeof shown === 'string' ? [shown] : needs.get(name.value)
        if (columns === undefined) return all
        for (const column of columns) needed.add(column)
      }
      // In an order of their own: the same columns make the same statement, however they were selected.
      return all.filter((column) => needed.has(column))
    },
  }
}
