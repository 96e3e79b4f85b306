import type { KeysetRange } from '../../database/keyset/pageQuery.ts'
import type { KeysetPosition } from '../../database/keyset/sortOrder.ts'
import { defaultPageSize, maxPageSize } from '../argumentLimits.ts'
import { BadUserInputError } from '../errors.ts'

/** The arguments of a connection. Each one has been validated, but not their combination. */
export interface PageArguments {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
  offset?: number | null | undefined
}

/** The part of the list that a page covers. */
export interface PageRequest {
  range: KeysetRange
  size: number
  offset: number
  backwards: boolean
}

/** The requested page size, clamped to its bounds. The cost of an operation is computed from it before the arguments are validated. */
export function pageSizeOf({ first, last }: PageArguments): number {
  return Math.min(Math.max(first ?? last ?? defaultPageSize, 0), maxPageSize)
}

/** @throws BadUserInputError if arguments exclude each other. */
export function assertPageArguments({ first, last, after, before, offset }: PageArguments): void {
  if (first != null && last != null) {
    throw new BadUserInputError('last', "Arguments 'first' and 'last' cannot be used together: page forwards or backwards.")
  }
  if (offset != null && (after != null || before != null || last != null)) {
    throw new BadUserInputError('offset', "Argument 'offset' can be used only with 'first', not with cursors or 'last'.")
  }
}

/** The page size, if the arguments select the first page; null for any other page. */
export function firstPageSize(args: PageArguments): number | null {
  const isFirst = args.after == null && args.before == null && args.last == null && !args.offset
  return isFirst ? pageSizeOf(args) : null
}

/** Whether there are rows on one side of a page, or where to look for them. Without a position, the whole list is searched. */
export type Neighbour = boolean | { position: KeysetPosition | null; side: 'after' | 'before' }

/** @param overflows whether the list continues at the far end of the page */
export function nextRows({ backwards, range }: PageRequest, overflows: boolean): Neighbour {
  if (overflows && !backwards) return true
  return range.before === null ? false : { position: range.before, side: 'after' }
}

/**
 * @param overflows whether the list continues at the far end of the page
 * @param isEmpty whether the page has no rows
 */
export function previousRows({ offset, backwards, range }: PageRequest, overflows: boolean, isEmpty: boolean): Neighbour {
  if (overflows && backwards) return true
  if (offset === 0) return range.after === null ? false : { position: range.after, side: 'before' }
  return isEmpty ? { position: null, side: 'before' } : true
}
