import { offsetSchema } from '../argumentLimits.ts'
import { builder } from '../builder.ts'

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    description: 'How many there are in the whole list, on all pages. Counted only when selected: on long lists it costs more than a page.',
    complexity: 10,
    resolve: (page) => page.totalCount(),
  }),
)

/** `first`, `after`, `last` and `before`, with their bounds. */
export const pageArguments = builder.args((t) => t.connectionArgs())

/** The same and `offset`. */
export const pageArgumentsWithOffset = builder.args((t) => ({
  ...t.connectionArgs(),
  offset: t.int({
    required: false,
    description:
      'Skips this many from the front: 0 to 1,000,000. For callers who come from limit/offset, and for jumping to a page; it goes with ' +
      '`first` alone. Cursors are the way to page: they stay exact while rows come and go, and cost the same however deep.',
    validate: offsetSchema,
  }),
}))
