/**
 * Returns the change of launches, in percent (experiments.md 6). It has one decimal. Exact halves round to the even digit: 6.25 becomes 6.2,
 * and 18.75 becomes 18.8. From 0 to more is 100, from 0 to 0 is 0.
 */
export function percentChange(last: number, previous: number): number {
  if (previous === 0) return last > 0 ? 100 : 0
  // Computed in tenths of a percent with whole numbers, because a floating-point quotient would lose exact halves.
  const numerator = Math.abs(last - previous) * 1000
  const whole = Math.floor(numerator / previous)
  const twiceRest = (numerator % previous) * 2
  const tenths = twiceRest > previous || (twiceRest === previous && whole % 2 === 1) ? whole + 1 : whole
  return tenths === 0 ? 0 : (Math.sign(last - previous) * tenths) / 10
}
