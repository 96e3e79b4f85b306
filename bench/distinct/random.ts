/** Pseudo-random numbers from 0 to 1, always the same for a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A copy in random order, always the same for a seed. */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = randomNumbers(seed)
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const item = copy[last] as Item
    copy[last] = copy[other] as Item
    copy[other] = item
  }
  return copy
}

/** Draws from the items, of which the n-th is drawn with a probability proportional to 1/n (Zipf's law with s = 1). */
export function zipf<Item>(items: readonly Item[], draws: number, seed: number): Item[] {
  const random = randomNumbers(seed)
  let sum = 0
  const upTo = items.map((_, index) => {
    sum += 1 / (index + 1)
    return sum
  })
  return Array.from({ length: draws }, () => {
    const drawn = random() * sum
    let [low, high] = [0, items.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((upTo[middle] ?? 0) < drawn) low = middle + 1
      else high = middle
    }
    return items[low] as Item
  })
}
