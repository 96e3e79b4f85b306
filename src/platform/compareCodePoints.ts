/** Orders text by code point, as the database's collation "C" does; JavaScript's own order takes signs beyond U+FFFF for less than some below. */
export function compareCodePoints(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length)
  for (let at = 0; at < shorter; at++) {
    const difference = codeUnitRank(one.charCodeAt(at)) - codeUnitRank(other.charCodeAt(at))
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

/** Halves of signs beyond U+FFFF come after everything else. */
const codeUnitRank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
