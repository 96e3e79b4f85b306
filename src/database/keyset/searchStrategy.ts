/**
 * How the rows of a page are found. A list without a search is read in its order (`indexOrder`). A search scans the next 100 or 600 rows in
 * that order, or uses the trigram index. PostgreSQL cannot choose between them, because it does not know how many rows contain a text. Its
 * choice can be slow for common and for rare texts (197 ms instead of 2 ms).
 */
export type SearchStrategy = 'indexOrder' | 'scan100' | 'scan600' | 'trigramIndex'

/** How many rows each scan reads, in the order of the page. */
export const scanLimits = { scan100: 100, scan600: 600 } as const

/** How many of the first 100 rows must match, so that a scan of 600 rows can be expected to fill the page. */
export function minHitsToContinue(pageSize: number): number {
  return Math.ceil((pageSize * scanLimits.scan100) / scanLimits.scan600)
}

/**
 * Returns the next strategy to try; null if the page is complete.
 *
 * @param found how many rows the last strategy found
 * @param pageSize how many rows are needed
 */
export function nextStrategy(last: SearchStrategy, found: number, pageSize: number): SearchStrategy | null {
  if (last === 'indexOrder' || last === 'trigramIndex' || found >= pageSize) return null
  return last === 'scan100' && found >= minHitsToContinue(pageSize) ? 'scan600' : 'trigramIndex'
}

/**
 * Returns the strategy that found these rows. If too few of the first 100 rows match, the statement of `scan100` has already used the trigram
 * index. Its rows then have `isAll`.
 */
export function usedStrategy(tried: SearchStrategy, found: readonly { isAll?: boolean }[]): SearchStrategy {
  return tried === 'scan100' && found[0]?.isAll !== false ? 'trigramIndex' : tried
}
