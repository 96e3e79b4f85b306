import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** Writes a file row by row, so that memory does not grow with the rows. */
export interface RowFile {
  write(row: unknown): Promise<void>
  end(): Promise<void>
}

/** A page of the REST API with all rows, each on a line of its own. */
export function pageFile(path: string, count: number): RowFile {
  return rowFile(path, `{"count":${count},"next":null,"previous":null,"results":[\n`, ',', '\n]}\n')
}

/** A list, as the REST API prints group types. */
export function listFile(path: string): RowFile {
  return rowFile(path, '[\n', ',', '\n]\n')
}

/** Writes a file with a single object. */
export async function writeObject(path: string, value: object): Promise<void> {
  const file = rowFile(path, '', '', '\n')
  await file.write(value)
  await file.end()
}

/** One JSON object a line. */
export function linesFile(path: string): RowFile {
  return rowFile(path, '', '', '\n')
}

function rowFile(path: string, head: string, separator: string, tail: string): RowFile {
  const stream = createWriteStream(path, { flags: 'wx' })
  const done = finished(stream)
  // A failure is thrown where the file is written or ended.
  done.catch(() => {})
  let rows = 0
  return {
    async write(row) {
      const start = rows++ === 0 ? head : `${separator}\n`
      await writeText(stream, done, start + JSON.stringify(row))
    },
    async end() {
      await writeText(stream, done, rows === 0 ? head + tail : tail)
      stream.end()
      await done
    },
  }
}

async function writeText(stream: WriteStream, done: Promise<void>, text: string): Promise<void> {
  if (!stream.write(text)) await Promise.race([once(stream, 'drain'), done])
}
