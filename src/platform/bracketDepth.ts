/**
 * How deep the brackets of a text are nested, outside of strings and comments. The text is JSON, GraphQL, or anything else.
 * Written by hand to need one pass over any text: a pattern starts again at each quote that nothing closes.
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

/** The last character of the string that starts here: its closing quote, or where it breaks off. */
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
