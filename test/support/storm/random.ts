/** Random numbers that are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to below this one. */
  below(limit: number): number
  pick<Value>(values: readonly Value[]): Value | undefined
}

/** The generator "mulberry32". */
export function createRandom(seed: number): Random {
  let state = seed
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return { below, pick: (values) => values[below(values.length)] }
}
