import type { Micros } from '../state/time.ts'
import { aggregate, call, column, compareValues, type Expression, filterList, isAggregate, like } from './expressions.ts'
import { badQuery, type Token, tokenize } from './tokens.ts'

export interface Select {
  table: string
  columns: { name: string; value: Expression }[]
  where: Expression | null
  groupBy: Expression[]
  aggregates: boolean
  orderBy: { value: Expression; descending: boolean }[]
  /** How many rows there are of each value. */
  limitBy: { count: number; by: Expression[] } | null
  limit: number | null
  offset: number
}

/** The columns of each table. */
export type Tables = Record<string, readonly string[]>

const comparisons: Record<string, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
}

/**
 * Reads `select … from … where … group by … order by … limit … by … limit … offset …` over one table, several of them with `union all`.
 * Everything else is refused.
 */
export class Parser {
  readonly #tokens: Token[]
  readonly #values: Record<string, unknown>
  readonly #tables: Tables
  readonly #now: Micros
  #at = 0
  #columns: readonly string[] = []
  #aliases = new Map<string, Expression>()
  #aggregates = false

  constructor(source: string, values: Record<string, unknown>, tables: Tables, now: Micros) {
    this.#tokens = tokenize(source)
    this.#values = values
    this.#tables = tables
    this.#now = now
  }

  selects(): Select[] {
    const selects = [this.#select()]
    while (this.#take('union', 'all')) selects.push(this.#select())
    if (this.#peek().kind !== 'end') throw badQuery(`unexpected '${this.#peek().text}'`)
    return selects
  }

  #select(): Select {
    this.#aliases = new Map()
    this.#aggregates = false
    this.#expect('select')
    // The columns are known only after the table is.
    const start = this.#at
    while (!this.#is('from') && this.#peek().kind !== 'end') this.#at++
    this.#expect('from')
    const table = this.#path().join('.')
    const columns = this.#tables[table]
    if (columns === undefined) throw badQuery(`table ${table}`)
    this.#columns = columns
    const rest = this.#at
    this.#at = start
    const selected = this.#list(() => this.#selected()).flat()
    this.#at = rest
    const where = this.#take('where') ? this.#or() : null
    const groupBy = this.#take('group', 'by') ? this.#list(() => this.#or()) : []
    const orderBy = this.#take('order', 'by') ? this.#list(() => this.#order()) : []
    let limit = this.#take('limit') ? this.#count() : null
    let limitBy: Select['limitBy'] = null
    if (limit !== null && this.#take('by')) {
      limitBy = { count: limit, by: this.#list(() => this.#or()) }
      limit = this.#take('limit') ? this.#count() : null
    }
    const offset = this.#take('offset') ? this.#count() : 0
    return { table, columns: selected, where, groupBy, aggregates: this.#aggregates, orderBy, limitBy, limit, offset }
  }

  #selected(): Select['columns'] {
    if (this.#sign('*')) return this.#columns.map((name) => ({ name, value: column([name], this.#columns) }))
    const start = this.#at
    const value = this.#or()
    const spelled = this.#tokens.slice(start, this.#at).map(({ text }) => text)
    const name = this.#take('as') ? this.#next('name').text : spelled.join('')
    this.#aliases.set(name, value)
    return [{ name, value }]
  }

  #order(): Select['orderBy'][number] {
    const value = this.#or()
    const descending = this.#take('desc')
    if (!descending) this.#take('asc')
    return { value, descending }
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#take('or')) left = either(left, this.#and())
    return left
  }

  #and(): Expression {
    let left = this.#not()
    while (this.#take('and')) left = both(left, this.#not())
    return left
  }

  #not(): Expression {
    if (!this.#take('not')) return this.#comparison()
    const inner = this.#not()
    return (rows) => !inner(rows)
  }

  #comparison(): Expression {
    const left = this.#operand()
    if (this.#take('is', 'not', 'null')) return (rows) => left(rows) !== null
    if (this.#take('is', 'null')) return (rows) => left(rows) === null
    const negated = this.#take('not')
    if (this.#take('in')) {
      const options = this.#operand()
      return (rows) => asList(options(rows)).some((option) => compareValues(left(rows), option) === 0) !== negated
    }
    for (const [word, flags] of [
      ['like', ''],
      ['ilike', 'i'],
    ] as const) {
      if (!this.#take(word)) continue
      const pattern = this.#operand()
      return (rows) => like(left(rows), pattern(rows), flags) !== negated
    }
    const test = this.#peek().kind === 'sign' ? comparisons[this.#peek().text] : undefined
    if (test === undefined) return left
    this.#at++
    const right = this.#operand()
    return (rows) => {
      const order = compareValues(left(rows), right(rows))
      return order !== null && test(order)
    }
  }

  #operand(): Expression {
    const token = this.#peek()
    this.#at++
    if (token.kind === 'text') return () => token.text
    if (token.kind === 'number') return () => Number(token.text)
    if (token.kind === 'value') {
      if (!(token.text in this.#values)) throw badQuery(`placeholder {${token.text}} has no value`)
      return () => this.#values[token.text]
    }
    if (token.text === '(' || token.text === '[') {
      const items = this.#is(token.text === '(' ? ')' : ']') ? [] : this.#list(() => this.#or())
      if (!this.#sign(token.text === '(' ? ')' : ']')) throw badQuery('missing bracket')
      const [only] = items
      return token.text === '(' && items.length === 1 && only !== undefined ? only : (rows) => items.map((item) => item(rows))
    }
    if (token.kind !== 'name') throw badQuery(`unexpected '${token.text}'`)
    this.#at--
    return this.#named(this.#path())
  }

  #named(path: string[]): Expression {
    const [name = ''] = path
    if (['true', 'false', 'null'].includes(name.toLowerCase())) return () => JSON.parse(name.toLowerCase()) as unknown
    if (!this.#sign('(')) {
      const key = this.#sign('[') ? this.#next('text').text : null
      if (key !== null && !this.#sign(']')) throw badQuery('missing bracket')
      const alias = path.length === 1 && !this.#columns.includes(name) ? this.#aliases.get(name) : undefined
      return alias ?? column(key === null ? path : [...path, key], this.#columns)
    }
    if (name.toLowerCase() === 'arrayfilter') return this.#filtered()
    const starred = this.#sign('*')
    const values = starred || this.#is(')') ? [] : this.#list(() => this.#or())
    if (!this.#sign(')')) throw badQuery('missing bracket')
    if (!isAggregate(name)) return call(name, values, this.#now)
    this.#aggregates = true
    return aggregate(name, values)
  }

  /** `arrayFilter(name -> condition, list)`, behind its bracket. */
  #filtered(): Expression {
    const { text: name } = this.#next('name')
    if (!this.#sign('->')) throw badQuery(`unexpected '${this.#peek().text}'`)
    const columns = this.#columns
    this.#columns = [...columns, name]
    const body = this.#or()
    this.#columns = columns
    if (!this.#sign(',')) throw badQuery('missing comma')
    const list = this.#or()
    if (!this.#sign(')')) throw badQuery('missing bracket')
    return filterList({ name, body }, list)
  }

  #path(): string[] {
    const path = [this.#next('name').text]
    while (this.#sign('.')) path.push(this.#next('name').text)
    return path
  }

  #list<T>(read: () => T): T[] {
    const items = [read()]
    while (this.#sign(',')) items.push(read())
    return items
  }

  #count(): number {
    const token = this.#peek()
    const value = this.#operand()([])
    if (typeof value !== 'number') throw badQuery(`'${token.text}' is no number`)
    return value
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' }
  }

  #next(kind: Token['kind']): Token {
    const token = this.#peek()
    if (token.kind !== kind) throw badQuery(`unexpected '${token.text}'`)
    this.#at++
    return token
  }

  #is(word: string): boolean {
    return this.#peek().text.toLowerCase() === word && ['name', 'sign'].includes(this.#peek().kind)
  }

  #sign(sign: string): boolean {
    if (this.#peek().kind !== 'sign' || this.#peek().text !== sign) return false
    this.#at++
    return true
  }

  /** Takes these words if all of them follow. */
  #take(...words: string[]): boolean {
    const follow = words.every((word, at) => {
      const token = this.#tokens[this.#at + at]
      return token?.kind === 'name' && token.text.toLowerCase() === word
    })
    if (follow) this.#at += words.length
    return follow
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw badQuery(`'${word}' is missing`)
  }
}

const asList = (value: unknown) => (Array.isArray(value) ? value : [value])

const either =
  (left: Expression, right: Expression): Expression =>
  (rows) =>
    Boolean(left(rows)) || Boolean(right(rows))

const both =
  (left: Expression, right: Expression): Expression =>
  (rows) =>
    Boolean(left(rows)) && Boolean(right(rows))
