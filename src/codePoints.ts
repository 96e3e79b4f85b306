/** Orders text by code point, as the database's collation "C" does; JavaScript's own order takes signs beyond U+FFFF for less than some below. */
export function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
