import { offsetSchema } from '../argumentLimits.ts'
import { builder } from '../builder.ts'

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    description: 'The number of items in the whole list, on all pages. Counted only if selected. On long lists it costs more than a page.',
    cost: 10,
    resolve: (page) => page.totalCount(),
  }),
)

/** `first`, `after`, `last` and `before`, with their bounds. */
export const pageArguments = builder.args((t) => t.connectionArgs())

/** The arguments of `pageArguments`, and `offset`. */
export const pageArgumentsWithOffset = builder.args((t) => ({
  ...t.connectionArgs(),
  offset: t.int({
    description:
      'Skips this many items from the start of the list: 0 to 1,000,000. Only with `first`. It helps to jump to a page, and to port code that ' +
      'uses limit and offset. Prefer cursors: they stay exact while rows are added or removed, and cost the same at any depth.',
    validate: offsetSchema,
  }),
}))

/** Whether a field has none of these arguments. */
export function hasNone(args: Readonly<Record<string, unknown>>, declared: object): boolean {
  return Object.keys(declared).every((name) => args[name] == null)
}
