/** Rounds a number, to remove the errors of binary fractions: 30.3 − 20.2 becomes 10.1. */
export function roundDecimals(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
