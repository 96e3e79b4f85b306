import type { MaybePromise } from '@pothos/core'
import { type FieldNode, type GraphQLField, type GraphQLNamedType, type GraphQLResolveInfo, getArgumentValues, isObjectType } from 'graphql'
import { hasScope, type Scope } from '../auth/scopes.ts'
import { Prisma } from '../database/generated/client.ts'
import type { ListSource } from '../database/keyset/pageQuery.ts'
import { selectColumns } from '../database/sql.ts'
import { requireViewer } from './authorization.ts'
import { declaredColumns, selectedColumns } from './columnSelection.ts'
import type { Context } from './context.ts'
import type { FieldDeclaration, Prefetch, PrefetchSql } from './fieldOptions.ts'
import { connectionRows, memoizePerOperation, selectedFields } from './lookahead.ts'

// A list can read the values of some fields in its own statement: it prefetches them. Rows from other sources lack these values. Their fields
// load them.

/** A row, perhaps with prefetched values as JSON, by the names of fields. */
export interface PrefetchedRow {
  prefetched?: Readonly<Record<string, unknown>>
}

interface PrefetchableOptions<Row, Args, Json, Value> {
  select: readonly NoInfer<keyof Row & string>[]
  scope?: Scope
  sql: PrefetchSql<Args>
  /** Converts the JSON to the value of the field. Undefined when the JSON does not fit the selection. */
  fromJson(json: Json, row: Row, args: Args, context: Context, info: GraphQLResolveInfo): Value | undefined
  load(row: Row, args: Args, context: Context, info: GraphQLResolveInfo): MaybePromise<Value>
}

/** Returns the options of a field that lists can prefetch. Its resolver uses the prefetched value, or loads the value if there is none. */
export function prefetchable<Row extends object, Args extends object, Json, Value>(options: PrefetchableOptions<Row, Args, Json, Value>) {
  const { select, scope, sql, fromJson, load } = options
  return {
    select,
    prefetch: { scope, sql } satisfies Prefetch,
    resolve: (row: Row & PrefetchedRow, args: Args, context: Context, info: GraphQLResolveInfo): MaybePromise<Value> => {
      const json = row.prefetched?.[info.fieldName]
      const value = json === undefined ? undefined : fromJson(json as Json, row, args, context, info)
      return value === undefined ? load(row, args, context, info) : value
    },
  }
}

/** The columns and prefetched values that a list reads for each row. */
export interface RowSelection {
  columns: readonly string[]
  /** Whether the columns include all that a loader reads. Only then may rows be put into the loader. */
  isComplete: boolean
  source: Pick<ListSource, 'columns' | 'prefetch'>
}

/** Where the rows are whose fields are selected: on the pages of the connection that is resolved, or it is one row itself. */
const placesOfRows = { connection: connectionRows, row: [[]] } as const

/**
 * Returns what rows need for the selected fields. It skips prefetches that the viewer's scopes do not allow. The
 * selection is cached per operation, unless it depends on variables.
 *
 * @param alias the alias of the table
 * @param place whether the field that is resolved is a connection of rows, or one row
 * @throws UnauthenticatedError when the API key is missing or not valid
 */
export function selectRows(
  info: GraphQLResolveInfo,
  context: Context,
  typename: string,
  alias: string,
  place: keyof typeof placesOfRows = 'connection',
): RowSelection {
  const { scopes } = requireViewer(context)
  const denied = getPrefetches(info, typename).filter(({ scope }) => scope !== undefined && !hasScope(scopes, scope))
  return selectOnce(info, [typename, alias, place, ...denied.map(({ definition }) => definition.name)].join(' '))
}

/** Adds what is selected of the rows to a list. The result is the same object for a list that is the same for all requests. */
export function selectFrom(rows: Omit<ListSource, 'columns'>, selection: RowSelection): ListSource {
  const { source } = selection
  if (rows.isConstant !== true) return { ...rows, ...source }
  const lists = constantLists.get(selection) ?? new Map<object, ListSource>()
  constantLists.set(selection, lists)
  const list = lists.get(rows) ?? { ...rows, ...source, templates: new Map() }
  lists.set(rows, list)
  return list
}

const constantLists = new WeakMap<RowSelection, Map<object, ListSource>>()

const selectOnce = memoizePerOperation((info, input: string): RowSelection => {
  const [typename = '', alias = '', place, ...denied] = input.split(' ')
  const paths = placesOfRows[place as keyof typeof placesOfRows]
  const columns = selectedColumns(info, typename, paths)
  const isComplete = columns.length === declaredColumns(typename).length
  const parts: Prisma.Sql[] = []
  const joins: Prisma.Sql[] = []
  const selections = Map.groupBy(selectedFields(info, paths, typename), ({ name }) => name.value)
  for (const { definition, ...prefetch } of getPrefetches(info, typename)) {
    const { name } = definition
    const nodes = selections.get(name)
    if (nodes === undefined || denied.includes(name)) continue
    columns.push(...(prefetch.columns ?? []).filter((column) => !columns.includes(column)))
    const args = argumentsOfEach(definition, nodes, info)
    const sql = args && prefetch.sql?.({ ...info, fieldNodes: nodes }, args as never[])
    if (!sql) continue
    parts.push(Prisma.sql`${Prisma.raw(`'${name}'`)}, ${sql.json}`)
    if (sql.join !== undefined) joins.push(sql.join)
  }
  const json = Prisma.sql`json_build_object(${parts.length === 0 ? Prisma.empty : Prisma.join(parts)})`
  const along = parts.length === 0 ? undefined : { json, joins: joins.length === 0 ? Prisma.empty : Prisma.join(joins, ' ') }
  return { columns, isComplete, source: { columns: selectColumns(columns, alias), prefetch: along } }
})

type FieldPrefetch = Prefetch & { definition: GraphQLField<unknown, unknown> }

// Every row with a list of its own asks for them.
const prefetchesByType = new WeakMap<GraphQLNamedType, readonly FieldPrefetch[]>()

/** The fields of a type that lists can prefetch. */
function getPrefetches({ schema }: GraphQLResolveInfo, typename: string): readonly FieldPrefetch[] {
  const type = schema.getType(typename)
  if (!isObjectType(type)) return []
  const known = prefetchesByType.get(type)
  if (known !== undefined) return known
  const found = Object.values(type.getFields()).flatMap((definition) => {
    const { prefetch } = (definition.extensions as { pothosOptions?: FieldDeclaration }).pothosOptions ?? {}
    return prefetch === undefined ? [] : [{ ...prefetch, definition }]
  })
  prefetchesByType.set(type, found)
  return found
}

/** Returns the arguments of each selection of a field. Null when they are invalid: GraphQL then reports the error. */
function argumentsOfEach(definition: GraphQLField<unknown, unknown>, nodes: readonly FieldNode[], { variableValues }: GraphQLResolveInfo) {
  try {
    return nodes.map((node) => getArgumentValues(definition, node, variableValues))
  } catch {
    return null
  }
}
