/**
 * How the rows of a page are found. A list that is not searched is read in its order. A search first looks at the next rows of that order, few
 * of them and then more (`looksAt`), or asks the index of the searched text: PostgreSQL cannot know how many rows contain a text, and takes
 * the wrong way for a common one (197 ms against 2) or for a rare one.
 */
export type SearchStrategy = 'indexOrder' | 'scan100' | 'scan600' | 'trigramIndex'

/** How many rows of the page's own order a stage looks at. */
export const scanLimits = { scan100: 100, scan600: 600 } as const

/** How many of the first rows have to contain the text, so that the next ones can be expected to fill the page. */
export function minHitsToContinue(pageSize: number): number {
  return Math.ceil((pageSize * scanLimits.scan100) / scanLimits.scan600)
}

/**
 * The stage to go on with; null when enough is found.
 *
 * @param found how many rows the last stage found
 * @param pageSize how many there are to be
 */
export function nextStrategy(last: SearchStrategy, found: number, pageSize: number): SearchStrategy | null {
  if (last === 'indexOrder' || last === 'trigramIndex' || found >= pageSize) return null
  return last === 'scan100' && found >= minHitsToContinue(pageSize) ? 'scan600' : 'trigramIndex'
}
