import { Prisma } from './generated/client.ts'

/**
 * The columns of a model for a hand-written statement, under their Prisma names. Every column is its field's name in snake_case.
 *
 * @param fields an object whose keys are fields of the model: its `…ScalarFieldEnum`, or a `select` of columns
 * @param alias the table's alias in the statement
 */
export function columnsOf(fields: object, alias: string): Prisma.Sql {
  const columns = Object.keys(fields).map((field) => `${alias}.${snakeCase(field)} AS "${field}"`)
  return Prisma.raw(columns.join(', '))
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
