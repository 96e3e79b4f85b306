import { requiresScopeText } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { NotFoundError } from '../../../graphql/errors.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { holdoutLoader } from '../data/holdoutLoaders.ts'
import { Holdout } from '../Holdout.ts'

builder.queryField('holdout', (t) =>
  t.field({
    type: Holdout,
    nullable: true,
    description: `One holdout. \`NOT_FOUND\` when the viewer can see no such holdout.\n\n${requiresScopeText('experiment:read')}`,
    args: { id: t.arg.id({ required: true, description: "The holdout's global id, or its number as in the URLs of the REST API." }) },
    authScopes: { scope: 'experiment:read' },
    resolve: async (_root, { id }, context) => {
      const holdout = await holdoutLoader(context).load(parseDatabaseId('Holdout', id, 'id'))
      if (holdout === null) throw new NotFoundError('Holdout')
      return holdout
    },
  }),
)
