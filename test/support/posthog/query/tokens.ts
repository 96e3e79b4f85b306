import { validationError } from '../server/errors.ts'

export interface Token {
  kind: 'name' | 'text' | 'number' | 'value' | 'sign' | 'end'
  text: string
}

const pattern =
  /\s+|--[^\n]*|(?<text>'(?:[^'\\]|\\.|'')*')|(?<number>\d+(?:\.\d+)?)|(?<value>\{\w+\})|(?<name>[A-Za-z_$][\w$]*|`[^`]+`|"[^"]+")|(?<sign>->|<=|>=|!=|<>|==|[=<>(),.*[\]+-])/y

/** Splits HogQL into tokens. A text loses its quotes, and a placeholder its braces. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex
    const groups = pattern.exec(source)?.groups
    if (groups === undefined) throw badQuery(`unexpected character at ${at}`)
    for (const kind of ['text', 'number', 'value', 'name', 'sign'] as const) {
      const text = groups[kind]
      if (text !== undefined) tokens.push({ kind, text: unquote(kind, text) })
    }
  }
  return [...tokens, { kind: 'end', text: '' }]
}

function unquote(kind: Token['kind'], text: string): string {
  if (kind === 'text') return text.slice(1, -1).replaceAll("''", "'").replaceAll(/\\(.)/g, '$1')
  if (kind === 'value') return text.slice(1, -1)
  return kind === 'name' ? text.replaceAll(/[`"]/g, '') : text
}

export const badQuery = (text: string) =>
  validationError(`Syntax error in HogQL, or not known to the stand-in: ${text}`, null, 'hogql_error')
