import { Prisma } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { coalescedLoaderByParent } from '../../graphql/dataLoaders.ts'
import { ChangeImpact } from '../evaluation/ChangeImpact.ts'
import { experimentLoader } from './data/experimentLoaders.ts'
import { Experiment } from './Experiment.ts'

const maxExperiments = 100

/** Loads the experiments of flags that have not ended, at most 100 of each. Does not check visibility. */
const unendedLoader = coalescedLoaderByParent<{ parentId: number; id: number }>(
  (_context, flagIds) => Prisma.sql`
    SELECT flag.id AS "parentId", unended.id
    FROM unnest(${flagIds}::int[]) AS flag (id)
    CROSS JOIN LATERAL (
      SELECT e.id FROM experiments e
      WHERE e.feature_flag_id = flag.id AND NOT e.deleted AND e.end_date IS NULL
      ORDER BY e.created_at DESC, e.id DESC LIMIT ${maxExperiments}
    ) AS unended`,
)

builder.objectField(ChangeImpact, 'experiments', (t) =>
  t.field({
    type: [Experiment],
    authScopes: { scope: 'experiment:read' },
    listSize: { assumedSize: 10 },
    description:
      'The experiments on the flag that are drafts or have not ended, the newest first, at most 100. Needs a key with the scope ' +
      '`experiment:read`. Without it, leave the field out: its error makes the nearest nullable parent null.',
    resolve: async ({ flagId }, _args, context) => {
      if (flagId === null) return []
      const rows = await unendedLoader(context).load(flagId)
      const experiments = await Promise.all(rows.map(({ id }) => experimentLoader(context).load(id)))
      return experiments.filter((row) => row !== null)
    },
  }),
)
