import { OperatorError } from '../../../platform/operatorError.ts'
import { type PackedFile, readUnpacked } from './unpack.ts'

/** A line of a file that is not blank. Line numbers count from 1. */
export interface Line {
  number: number
  text: string
}

/** The maximum length of a line, in characters. No event is longer, and lines of this length fit into memory. */
export const maxLineLength = 64 * 1024 * 1024

/**
 * Reads the lines of a UTF-8 file in batches, unpacked. Only one batch is in memory at a time.
 *
 * @param onBytes called with the number of bytes that were read since the last call
 * @throws OperatorError if the file is not UTF-8, or has a line that is too long.
 */
export async function* readLines(file: PackedFile, onBytes: (bytes: number) => void = () => {}): AsyncGenerator<Line[]> {
  const { path } = file
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

  for await (const chunk of readUnpacked(file, onBytes)) {
    const lines = takeLines(decodeUtf8(path, decoder, chunk, { stream: true }))
    if (lines.length > 0) yield lines
  }
  const last = takeLines(`${decodeUtf8(path, decoder)}\n`)
  if (last.length > 0) yield last
}

/** @throws OperatorError if the bytes are not UTF-8. */
export function decodeUtf8(path: string, ...[decoder, ...input]: [TextDecoder, ...Parameters<TextDecoder['decode']>]): string {
  try {
    return decoder.decode(...input)
  } catch {
    throw new OperatorError(`${path} is not UTF-8 text. Save it as UTF-8.`)
  }
}
