import { type ArgType, ColumnTypeEnum, type SqlDriverAdapterFactory, type SqlQueryable } from '@prisma/driver-adapter-utils'
import { Prisma } from '../generated/client.ts'
import type { Statement } from './statementTemplate.ts'

/** What hand-written statements need of an adapter of Prisma. */
type AdapterFactory = { connect(): Promise<Pick<SqlQueryable, 'queryRaw'>> } | SqlDriverAdapterFactory

/** Reads rows by hand-written statements. */
export interface RowReader {
  /** Runs a statement outside of transactions. Its rows are those that `$queryRaw` returns. */
  queryRows<Row>(statement: Statement): Promise<Row[]>
}

/**
 * Creates a reader on the adapter of a client: with its pool, its prepared statements and its observers. `$queryRaw` leads through Prisma's
 * query interpreter, and takes more than twice the CPU for a page of rows (docs/performance.md).
 */
export function createRowReader(factory: AdapterFactory): RowReader {
  let connected: Promise<Pick<SqlQueryable, 'queryRaw'>> | undefined
  return {
    async queryRows<Row>({ text, values }: Statement): Promise<Row[]> {
      connected ??= factory.connect()
      const adapter = await connected
      const { columnNames, columnTypes, rows } = await adapter.queryRaw({ sql: text, args: [...values], argTypes: values.map(argTypeOf) })
      const readers = columnTypes.map((type) => valueReaders[type])
      return rows.map((values) => {
        const row: Record<string, unknown> = {}
        for (let index = 0; index < columnNames.length; index++) {
          const value = values[index]
          const read = readers[index]
          row[columnNames[index] as string] = value === null || read === undefined ? value : read(value)
        }
        return row as Row
      })
    },
  }
}

const scalar: ArgType = { scalarType: 'unknown', arity: 'scalar' }
const list: ArgType = { scalarType: 'unknown', arity: 'list' }
const argTypeOf = (value: unknown) => (Array.isArray(value) ? list : scalar)

const readDate = (value: unknown) => new Date(String(value))
const each = (read: (value: unknown) => unknown) => (values: unknown) =>
  (values as unknown[]).map((value) => (value === null ? null : read(value)))
const readJson = (value: unknown) => JSON.parse(String(value))
const readBigInt = (value: unknown) => BigInt(String(value))
const readDecimal = (value: unknown) => new Prisma.Decimal(String(value))

/** How values of the adapter become those of Prisma's client, by the type of their column. All others are as they should be. */
const valueReaders: Readonly<Partial<Record<number, (value: unknown) => unknown>>> = {
  [ColumnTypeEnum.Int64]: readBigInt,
  [ColumnTypeEnum.Int64Array]: each(readBigInt),
  [ColumnTypeEnum.Numeric]: readDecimal,
  [ColumnTypeEnum.NumericArray]: each(readDecimal),
  [ColumnTypeEnum.Date]: readDate,
  [ColumnTypeEnum.DateArray]: each(readDate),
  [ColumnTypeEnum.DateTime]: readDate,
  [ColumnTypeEnum.DateTimeArray]: each(readDate),
  [ColumnTypeEnum.Json]: readJson,
  [ColumnTypeEnum.JsonArray]: each(readJson),
}
