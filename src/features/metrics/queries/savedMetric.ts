import { requiresScopeText } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { NotFoundError } from '../../../graphql/errors.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { savedMetricLoader } from '../data/savedMetricLoader.ts'
import { SavedMetric } from '../SavedMetric.ts'

builder.queryField('savedMetric', (t) =>
  t.field({
    type: SavedMetric,
    nullable: true,
    description: `One saved metric.\n\n${requiresScopeText('experiment:read')} \`NOT_FOUND\` when there is none, or the viewer may not see it.`,
    args: { id: t.arg.id({ required: true, description: "The metric's global id, or its number as in the URLs of the REST API." }) },
    authScopes: { scope: 'experiment:read' },
    resolve: async (_root, { id }, context) => {
      const metric = await savedMetricLoader(context).load(parseDatabaseId('SavedMetric', id, 'id'))
      if (metric === null) throw new NotFoundError('Saved metric')
      return metric
    },
  }),
)
