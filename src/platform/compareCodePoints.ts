/** Orders text by code point, as the database's collation "C" does. The bytes of UTF-8 have that order; JavaScript's own differs beyond U+FFFF. */
export const compareCodePoints = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))
