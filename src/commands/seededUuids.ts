import { createHash } from 'node:crypto'

/**
 * Returns a source of UUIDs. Equal seeds give equal UUIDs in the same order, so that a plan can be computed again with the same ids.
 *
 * @param seed a random text
 */
export function seededUuids(seed: string): () => string {
  let count = 0
  return () => {
    const hex = createHash('sha256').update(`${seed}:${count++}`).digest('hex')
    // The version and the variant of a UUID with free content (RFC 9562, version 8).
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }
}
