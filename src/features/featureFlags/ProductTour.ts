import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { nodeIdPatterns, uuidPattern } from '../../platform/globalId.ts'
import { FeatureFlag } from './FeatureFlag.ts'
import { loadProductTours, maxThingsOfFlag, type PromptingRow, productTourLoader } from './flagThings.ts'

nodeIdPatterns.set('ProductTour', uuidPattern)

export const ProductTour = builder.loadableNodeRef('ProductTour', {
  id: { resolve: ({ id }: PromptingRow) => id },
  load: async (ids: string[], context: Context) => await loadProductTours(context, ids),
  toKey: ({ id }) => id,
  sort: true,
})

ProductTour.implement({
  description:
    'Hints that lead people through a product. A tour creates a flag to choose whom it is shown to. Needs a key with the scope ' +
    '`feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The display name: at most 400 characters, not unique.' }),
    url: t.exposeString('url', { nullable: true, description: 'The page on which the tour is shown. Null when it is not known.' }),
    archived: t.exposeBoolean('archived', { description: 'Whether the tour is archived.' }),
  }),
})

builder.objectField(FeatureFlag, 'productTours', (t) =>
  t.field({
    type: [ProductTour],
    listSize: shortListSize,
    description: `The product tours that created the flag for their own use, with the archived ones: at most ${maxThingsOfFlag}.`,
    select: [],
    resolve: ({ id }, _args, context) => productTourLoader(context).load(id),
  }),
)
