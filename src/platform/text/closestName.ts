/** Shorter names differ from others by chance. */
const minLength = 6
const maxDistance = 2

/** The known name that a misspelled one probably means: at most two letters differ. Null if none is that close. */
export function closestName(name: string, known: readonly string[]): string | null {
  if (name.length < minLength) return null
  const near = known
    .filter((candidate) => Math.abs(candidate.length - name.length) <= maxDistance)
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= maxDistance && candidate.length >= minLength)
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.candidate ?? null
}

/** How many letters must be changed, added, removed or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const at = (line: number[], index: number) => line[index] ?? 0
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}
