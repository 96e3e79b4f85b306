import { createReadStream } from 'node:fs'
import { OperatorError } from '../../platform/operatorError.ts'

/** A line of a file that is not blank. Line numbers count from 1. */
export interface Line {
  number: number
  text: string
}

/** The maximum length of a line, in characters. No event is longer, and lines of this length fit into memory. */
export const maxLineLength = 64 * 1024 * 1024

/**
 * Reads the lines of a UTF-8 file in batches. Only one batch is in memory at a time.
 *
 * @param onBytes called with the number of bytes that were read since the last call
 * @throws OperatorError if the file is not UTF-8, or has a line that is too long.
 */
export async function* readLines(path: string, onBytes: (bytes: number) => void = () => {}): AsyncGenerator<Line[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let number = 0
  let partialLine: string[] = []
  let partialLength = 0

  const takeLines = (decoded: string): Line[] => {
    const lines: Line[] = []
    const [first = '', ...others] = decoded.split('\n')
    partialLine.push(first)
    partialLength += first.length
    if (partialLength > maxLineLength)
      throw new OperatorError(`${path} has a line of more than ${maxLineLength} characters. No event is that long.`)
    for (const other of others) {
      lines.push({ number: ++number, text: partialLine.join('') })
      partialLine = [other]
      partialLength = other.length
    }
    return lines.filter(({ text }) => text.trim() !== '')
  }

  for await (const chunk of createReadStream(path)) {
    const lines = takeLines(decode(path, decoder, chunk))
    onBytes(chunk.length)
    if (lines.length > 0) yield lines
  }
  const last = takeLines(`${decode(path, decoder)}\n`)
  if (last.length > 0) yield last
}

function decode(path: string, decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch {
    throw notUtf8Error(path)
  }
}

/** The error for a file that is not UTF-8. */
export function notUtf8Error(path: string): OperatorError {
  return new OperatorError(`${path} is not UTF-8 text. It may be compressed, or in another encoding.`)
}
