/**
 * How the rows of a page are found. A list that is not searched is read in its order. A search first looks at the next rows of that order, few
 * of them and then more (`looksAt`), or asks the index of the searched text: PostgreSQL cannot know how many rows contain a text, and takes
 * the wrong way for a common one (197 ms against 2) or for a rare one.
 */
export type Stage = 'listed' | 'glanced' | 'probed' | 'searched'

/** How many rows of the page's own order a stage looks at. */
export const looksAt = { glanced: 100, probed: 600 } as const

/** How many of the first rows have to contain the text, so that the next ones can be expected to fill the page. */
export function promising(wanted: number): number {
  return Math.ceil((wanted * looksAt.glanced) / looksAt.probed)
}

/**
 * The stage to go on with; null when enough is found.
 *
 * @param found how many rows the last stage found
 * @param wanted how many there are to be
 */
export function nextStage(last: Stage, found: number, wanted: number): Stage | null {
  if (last === 'listed' || last === 'searched' || found >= wanted) return null
  return last === 'glanced' && found >= promising(wanted) ? 'probed' : 'searched'
}
