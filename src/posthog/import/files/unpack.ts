import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { OperatorError } from '../../../platform/operatorError.ts'

/** The compressions that are unpacked while a file is read. */
export type Compression = 'gzip' | 'zstd'

/** The first bytes of each format, in hexadecimal. */
const compressions: readonly [magic: string, Compression][] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
]
const otherFormats: readonly [magic: string, name: string][] = [
  ['50415231', 'a Parquet file'],
  ['4f626a01', 'an Avro file'],
  ['504b0304', 'a zip archive'],
  ['425a68', 'compressed with bzip2'],
  ['fd377a585a00', 'compressed with xz'],
  ['04224d18', 'compressed with LZ4'],
  ['ff060000734e61507059', 'compressed with Snappy'],
]

/** Text of exports gets up to fifty times smaller. Files that grow far more are made to fill memory or time. */
const maxGrowth = 500
/** Small files may grow more: a page of equal rows gets very small. */
const alwaysAllowedBytes = 64 * 1024 * 1024

/**
 * Returns how a file is compressed, by its first bytes. Null if it is not.
 *
 * @throws OperatorError if it is in a format that cannot be imported
 */
export async function detectCompression(path: string): Promise<Compression | null> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    const start = buffer.toString('hex', 0, bytesRead)
    const other = otherFormats.find(([magic]) => start.startsWith(magic))
    if (other !== undefined) throw new OperatorError(`${path} is ${other[1]}. Export JSON, alone or compressed with gzip or zstd.`)
    return compressions.find(([magic]) => start.startsWith(magic))?.[1] ?? null
  } finally {
    await file.close()
  }
}

/** A file, its size, and how it is compressed. */
export interface PackedFile {
  path: string
  bytes: number
  compression: Compression | null
}

/**
 * Reads a file in chunks, unpacked.
 *
 * @param onBytes called with the number of bytes of the file that were read since the last call
 * @throws OperatorError if the compressed content is malformed, or becomes far larger than the file
 */
export async function* readUnpacked(file: PackedFile, onBytes: (bytes: number) => void = () => {}): AsyncGenerator<Buffer> {
  if (file.compression !== null) return yield* unpack(file, file.compression, onBytes)
  for await (const chunk of createReadStream(file.path)) {
    yield chunk
    onBytes(chunk.length)
  }
}

async function* unpack({ path, bytes }: PackedFile, compression: Compression, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const maxBytes = Math.max(bytes * maxGrowth, alwaysAllowedBytes)
  let unpackedBytes = 0
  let offset = 0
  try {
    // Node reads one frame of zstd and ignores the others. Tools that compress in parallel write many.
    while (offset < bytes) {
      const unpacked = compression === 'gzip' ? createGunzip() : createZstdDecompress()
      let consumed = 0
      pipeline(createReadStream(path, { start: offset }), unpacked, () => {})
      for await (const chunk of unpacked) {
        unpackedBytes += chunk.length
        if (unpackedBytes > maxBytes) {
          throw new OperatorError(`${path} unpacks to more than ${maxBytes} bytes. If that is right, unpack it yourself.`)
        }
        yield chunk
        onBytes(unpacked.bytesWritten - consumed)
        consumed = unpacked.bytesWritten
      }
      if (unpacked.bytesWritten === 0) return
      offset += unpacked.bytesWritten
    }
  } catch (error) {
    if (!/^(Z_|ZSTD_)/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw new OperatorError(`${path} cannot be unpacked: it is not valid ${compression}, or it is cut off.`)
  }
}
