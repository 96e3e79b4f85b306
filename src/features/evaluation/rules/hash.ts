import { hash } from 'node:crypto'

// Which share of people an id belongs to (evaluation.md 2, 4, 5 and 11).

/** The id counts up to this many code points. */
const maxIdLength = 200
/** 2^60: the number 0xFFFFFFFFFFFFFFF, rounded to a double. */
const scale = 2 ** 60

/** The first code points of an id, as far as they count. */
export function cutId(id: string): string {
  return id.length <= maxIdLength ? id : [...id].slice(0, maxIdLength).join('')
}

/** A number from 0 to 1 that follows from the texts: the first 60 bits of a hash. */
export function hashOf(prefix: string, id: string, salt: string): number {
  // The shift of 64 to 60 bits is done on two halves: both are whole numbers, so their sum is rounded to a double once.
  const digest = hash('sha1', `${prefix}${id}${salt}`, 'hex')
  return (Number.parseInt(digest.slice(0, 8), 16) * 2 ** 28 + Number.parseInt(digest.slice(8, 15), 16)) / scale
}

/** Whether an id is inside a share of people, in percent. Everybody is inside 100 percent. An empty id is inside every share. */
export function isInRollout(flagKey: string, id: string, percentage: number): boolean {
  return percentage === 100 || (id === '' ? 0 : hashOf(`${flagKey}.`, id, '')) <= percentage / 100
}

/** Whether an id is kept out by a holdout with a share of people, in percent. All holdouts share one hash. */
export function isInHoldout(id: string, percentage: number): boolean {
  return percentage === 100 || hashOf('holdout-', id, '') <= percentage / 100
}

/** The variant of an id. Null in the part that no variant covers. */
export function selectVariant(flagKey: string, id: string, variants: readonly { key: string; percentage: number }[]): string | null {
  if (variants.length === 0) return null
  const place = id === '' ? 0 : hashOf(`${flagKey}.`, id, 'variant')
  let edge = 0
  for (const { key, percentage } of variants) {
    edge += percentage / 100
    if (place < edge) return key
  }
  return null
}
