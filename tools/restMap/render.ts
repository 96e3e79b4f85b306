import type { GraphQLSchema } from 'graphql'
import type { FieldTable, Section, Table } from './mapping.ts'
import { find, placesOf } from './places.ts'

/** The page up to and with this line is written by hand. */
const begin = '<!-- From here on, this page is generated from tools/restMap/: npm run generate. -->\n'

/** @throws Error when the page does not say where the tables begin. */
export function withTables(page: string, sections: readonly Section[], schema: GraphQLSchema): string {
  const at = page.indexOf(begin)
  if (at === -1) throw new Error(`docs/from-rest.md lacks the line ${begin}`)
  const parts = sections.map(({ title, intro, tables }) =>
    [`## ${title}`, intro, ...tables.map((table) => markdownOf(table, schema))].join('\n\n'),
  )
  return `${page.slice(0, at)}${begin}\n${parts.join('\n\n')}\n`
}

function markdownOf(table: Table, schema: GraphQLSchema): string {
  switch (table.kind) {
    case 'calls':
      return lines(
        ['REST', 'GraphQL', 'remark'],
        table.rows.map(([call, ours, remark = '']) => [
          call.startsWith('the ') ? call : code(call),
          ours === '' ? 'not there' : codes(ours),
          remark,
        ]),
      )
    case 'parameters':
      return lines(
        [`parameter of ${code(table.call)}`, `argument of ${code(shown(table.of))}`, 'remark'],
        table.rows.map(([names, ours, remark = '']) => [codes(names), ours === '' ? 'not there' : codes(ours), remark]),
      )
    case 'fields':
      return fieldsOf(table, schema)
    case 'onlyHere':
      return lines(
        ['for', 'GraphQL', 'remark'],
        table.rows.map(([purpose, ours, remark = '']) => [purpose, codes(ours), remark]),
      )
  }
}

/** Without the column for writing, if nothing is written. */
function fieldsOf({ title, of, inputs, rows }: FieldTable, schema: GraphQLSchema): string {
  const isWritten = rows.some(([, , write]) => write !== '')
  const writing = (cell: string) => (isWritten ? [cell] : [])
  return lines(
    [title, `read: ${code(of)}`, ...writing(`write: ${codes(inputs.join(' '))}`), 'remark'],
    rows.map(([names, read, write, remark = '']) => {
      const written = placesOf(write).map((place) => `${code(shown(place))}${limitOf(place, inputs, schema)}`)
      return [codes(names), read === '' && write === '' ? 'not there' : codes(read), ...writing(written.join(', ')), remark]
    }),
  )
}

/** Says so if only the creation or only the update takes it. */
function limitOf(place: string, inputs: readonly string[], schema: GraphQLSchema): string {
  const takers = inputs.filter((input) => find(schema, place, input) !== null)
  const [taker] = takers
  if (taker === undefined || takers.length === inputs.length) return ''
  return taker.startsWith('Create') ? ' (creation only)' : ' (update only)'
}

/** Root fields are named as they are in an operation. */
function shown(place: string): string {
  return place.replace(/^(Query|Mutation|Subscription)\./, '')
}

function code(text: string): string {
  return `\`${text}\``
}

function codes(places: string): string {
  return placesOf(places)
    .map((place) => code(shown(place)))
    .join(', ')
}

function lines(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`)
    .join('\n')
}
