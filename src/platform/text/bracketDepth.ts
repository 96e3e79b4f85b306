/**
 * The nesting depth of the brackets in a text, outside of strings and comments. The text can be JSON, GraphQL, or anything else.
 * Hand-written, because it reads any text once. A regular expression would start again at each unclosed quote.
 */
export function bracketDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === '"') index = findStringEnd(text, index)
    else if (character === '#') while (index < text.length && !isLineEnd(text, index)) index++
    else if ('{[('.includes(character)) deepest = Math.max(deepest, ++depth)
    else if ('}])'.includes(character)) depth--
  }
  return deepest
}

/** The index of the last character of the string that starts here: its closing quote, or the end of an unclosed string. */
function findStringEnd(text: string, start: number): number {
  const isBlock = text.startsWith('"""', start)
  const quote = isBlock ? '"""' : '"'
  for (let index = start + quote.length; index < text.length; index++) {
    if (text.startsWith(quote, index)) return index + quote.length - 1
    if (!isBlock && isLineEnd(text, index)) return index
    if (text[index] === '\\') index += isBlock ? (text.startsWith('"""', index + 1) ? 3 : 0) : 1
  }
  return text.length
}

const isLineEnd = (text: string, index: number) => text[index] === '\n' || text[index] === '\r'
