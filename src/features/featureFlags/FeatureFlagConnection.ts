import type { GraphQLResolveInfo } from 'graphql'
import type { KeysetRow, ListSource, RowId } from '../../database/keyset/pageQuery.ts'
import type { SortOrder } from '../../database/keyset/sortOrder.ts'
import { builder } from '../../graphql/builder.ts'
import { type Page, readConnection } from '../../graphql/connections/connection.ts'
import { OrderDirection } from '../../graphql/connections/orderDirection.ts'
import type { PageArguments } from '../../graphql/connections/pageRequest.ts'
import type { Context } from '../../graphql/context.ts'
import { selectFrom, selectRows } from '../../graphql/prefetch.ts'
import { type FlagRow, flagLoader } from './data/flagLoaders.ts'
import type { FlagSortField } from './data/list/flagOrder.ts'
import { FeatureFlag } from './FeatureFlag.ts'

export const FeatureFlagConnection = builder.connectionObject(
  { type: FeatureFlag, name: 'FeatureFlagConnection', description: 'A page of flags.' },
  { name: 'FeatureFlagEdge', description: 'A flag on a page.' },
)

const FeatureFlagOrderField = builder.enumType('FeatureFlagOrderField', {
  description: 'The values that flags can be ordered by. In ascending order, flags without a value come last.',
  values: {
    CREATED_AT: { description: 'When the flag was created.' },
    KEY: { description: 'The key, by code point: upper case before lower case.' },
    NAME: { description: 'The name, by code point: upper case before lower case. Only its first 400 characters count.' },
    UPDATED_AT: { description: 'When the flag was last changed.' },
    LAST_CALLED_AT: { description: 'When the flag was last called, as far as known.' },
    ACTIVE: { description: 'Flags that are off, then those that are on.' },
    CREATED_BY: { description: 'The first name of the creator, by code point. If it is empty, the email address.' },
  } satisfies Record<FlagSortField, { description: string }>,
})

export const FeatureFlagOrder = builder.inputType('FeatureFlagOrder', {
  description: 'An order of flags. Flags with equal values are ordered by their number, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: FeatureFlagOrderField, required: true, description: 'The value to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Ascending or descending.' }),
  }),
})

/**
 * Reads a page of flags, with the columns of the selected fields.
 *
 * @throws BadUserInputError when an argument is wrong
 */
export async function readFlagsPage(
  context: Context,
  info: GraphQLResolveInfo,
  parentId: RowId,
  source: Omit<ListSource, 'columns'>,
  order: SortOrder,
  args: PageArguments,
): Promise<Page<FlagRow & KeysetRow>> {
  const selection = selectRows(info, context, 'FeatureFlag', 'f')
  const page = await readConnection<FlagRow & KeysetRow>(context, parentId, selectFrom(source, selection), order, args)
  if (selection.isComplete) for (const { node } of page.edges) flagLoader(context).prime(node.id, node)
  return page
}
