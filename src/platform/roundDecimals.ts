/** Rounds away the noise of binary fractions: 30.3 − 20.2 is 10.1. */
export function roundDecimals(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
