import type { MaybePromise } from '@pothos/core'
import { type FieldNode, type GraphQLField, type GraphQLResolveInfo, getArgumentValues, isObjectType } from 'graphql'
import { hasScope, type Scope } from '../auth/scopes.ts'
import { Prisma } from '../database/generated/client.ts'
import type { ListSource } from '../database/keyset/pageQuery.ts'
import { selectColumns } from '../database/sql.ts'
import { requireViewer } from './authorization.ts'
import { declaredColumns, selectedColumns } from './columnSelection.ts'
import type { Context } from './context.ts'
import type { FieldDeclaration, Prefetch, PrefetchSql } from './fieldOptions.ts'
import { connectionRows, memoizePerOperation, selectedFields } from './lookahead.ts'

// A list reads what some fields show in its own statement. A row that comes another way lacks it, and its fields load it.

/** A row with the JSON that was read along with it, by the names of fields. */
export interface PrefetchedRow {
  prefetched?: Readonly<Record<string, unknown>>
}

interface PrefetchableOptions<Row, Args, Json, Value> {
  select: readonly NoInfer<keyof Row & string>[]
  scope?: Scope
  sql: PrefetchSql<Args>
  /** The value of the field; undefined when the JSON does not hold it. */
  fromJson(json: Json, row: Row, args: Args, context: Context, info: GraphQLResolveInfo): Value | undefined
  load(row: Row, args: Args, context: Context, info: GraphQLResolveInfo): MaybePromise<Value>
}

/** The options of a field that lists can prefetch. Its resolver takes what was read along, and else loads it. */
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

/** What a list reads of each row. */
export interface RowSelection {
  columns: readonly string[]
  /** Whether these are all columns that a loader reads. */
  isComplete: boolean
  source: Pick<ListSource, 'columns' | 'prefetch'>
}

/**
 * What the fields declare that are selected of the rows of a connection. One operation gets one selection.
 *
 * @param alias the alias of the table
 */
export function selectRows(info: GraphQLResolveInfo, context: Context, typename: string, alias: string): RowSelection {
  const { scopes } = requireViewer(context)
  const definitions = getFields(info, typename)
  const denied = definitions.filter((definition) => {
    const scope = getPrefetch(definition)?.scope
    return scope !== undefined && !hasScope(scopes, scope)
  })
  return selectOnce(info, [typename, alias, ...denied.map(({ name }) => name)].join(' '))
}

const selectOnce = memoizePerOperation((info, input: string): RowSelection => {
  const [typename = '', alias = '', ...denied] = input.split(' ')
  const columns = selectedColumns(info, typename)
  const isComplete = columns.length === declaredColumns(typename).length
  const parts: Prisma.Sql[] = []
  const joins: Prisma.Sql[] = []
  const selections = Map.groupBy(selectedFields(info, connectionRows, typename), ({ name }) => name.value)
  for (const definition of getFields(info, typename)) {
    const { name } = definition
    const prefetch = getPrefetch(definition)
    const nodes = selections.get(name)
    if (nodes === undefined || prefetch === undefined || denied.includes(name)) continue
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

function getFields({ schema }: GraphQLResolveInfo, typename: string): GraphQLField<unknown, unknown>[] {
  const type = schema.getType(typename)
  return isObjectType(type) ? Object.values(type.getFields()) : []
}

const getPrefetch = ({ extensions }: GraphQLField<unknown, unknown>) =>
  (extensions as { pothosOptions?: FieldDeclaration }).pothosOptions?.prefetch

/** The arguments of a field, each time that it is selected; null where GraphQL itself refuses them. */
function argumentsOfEach(definition: GraphQLField<unknown, unknown>, nodes: readonly FieldNode[], { variableValues }: GraphQLResolveInfo) {
  try {
    return nodes.map((node) => getArgumentValues(definition, node, variableValues))
  } catch {
    return null
  }
}
