/**
 * By how many per cent launches went up or down (experiments.md 6): with one decimal, exact halves to the even digit (6.25 is 6.2, 18.75
 * is 18.8). From none to some is 100, from none to none 0.
 */
export function percentChange(last: number, previous: number): number {
  if (previous === 0) return last > 0 ? 100 : 0
  // In tenths of a per cent, as whole numbers: a double would lose the exact half.
  const numerator = Math.abs(last - previous) * 1000
  const whole = Math.floor(numerator / previous)
  const twiceRest = (numerator % previous) * 2
  const tenths = twiceRest > previous || (twiceRest === previous && whole % 2 === 1) ? whole + 1 : whole
  return tenths === 0 ? 0 : (Math.sign(last - previous) * tenths) / 10
}
