/** Compares texts by code point, as the database's collation "C" does. JavaScript's own order differs above U+FFFF, so UTF-8 bytes are compared. */
export const compareCodePoints = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))
