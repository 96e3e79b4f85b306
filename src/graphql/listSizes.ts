import { defaultPageSize } from './argumentLimits.ts'

// What fields say about the sizes of their lists. It becomes `@listSize` in the schema, and the cost of operations is computed from it.

export interface ListSize {
  assumedSize: number
  slicingArguments?: string[]
  sizedFields?: string[]
  requireOneSlicingArgument?: boolean
}

/** A connection: its page holds as many rows as `first` or `last` says. */
export const pageListSize: ListSize = {
  assumedSize: defaultPageSize,
  slicingArguments: ['first', 'last'],
  sizedFields: ['edges', 'nodes'],
  requireOneSlicingArgument: false,
}

/** A list without a page size that seldom holds more than this. */
export const shortListSize: ListSize = { assumedSize: 5 }
