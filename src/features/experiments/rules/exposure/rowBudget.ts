/** The rows that are read for the filters of one experiment, beyond one for each person that may be exposed. */
const spareRows = 1_000
/** The rows that are read for the filters of all experiments of a request. */
const maxRows = 250_000

/**
 * How many rows may be read for the filters of one experiment. Experiments that are asked about together share what may be read.
 *
 * @param maxExposed how many people may be exposed
 * @param asked the number of experiments whose filters are judged
 */
export function rowBudget(maxExposed: number, asked: number): number {
  return Math.floor(Math.min(maxExposed + spareRows, maxRows / Math.max(asked, 1)))
}

/** Why an experiment that has more rows than its budget is not judged. */
export function overBudget(maxExposed: number, asked: number): string {
  const budget = rowBudget(maxExposed, asked)
  const why = budget < rowBudget(maxExposed, 1) ? `, which is the share of each of ${asked} experiments. Ask about this one alone.` : '.'
  return `More than ${budget} people and values would have to be judged by the filters${why}`
}
