import { Prisma } from '../../../database/generated/client.ts'
import { requiresScopeText } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'
import { Project } from '../../projects/Project.ts'
import { statusesSql } from '../data/experimentSql.ts'
import type { ExperimentStatus } from '../rules/status.ts'

type Counts = Record<'draft' | 'running' | 'paused' | 'exposureFrozen' | 'stopped' | 'archived', number>

const ExperimentCounts = builder.objectRef<Counts>('ExperimentCounts').implement({
  description:
    'How many experiments of a project are in each status. Deleted ones do not count. Archived ones count only in `archived`. Needs a key ' +
    'with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    draft: t.exposeInt('draft', { description: 'Experiments with the status DRAFT that are not archived.' }),
    running: t.exposeInt('running', { description: 'Experiments with the status RUNNING that are not archived.' }),
    paused: t.exposeInt('paused', { description: 'Experiments with the status PAUSED that are not archived.' }),
    exposureFrozen: t.exposeInt('exposureFrozen', { description: 'Experiments with the status EXPOSURE_FROZEN that are not archived.' }),
    stopped: t.exposeInt('stopped', { description: 'Experiments with the status STOPPED that are not archived.' }),
    archived: t.exposeInt('archived', { description: 'Archived experiments, in any status.' }),
  }),
})

const countSql = (condition: Prisma.Sql) =>
  Prisma.sql`(SELECT count(*) FROM experiments e WHERE e.project_id = p.id AND NOT e.deleted AND ${condition})::int`

const inStatusSql = (status: ExperimentStatus) => countSql(Prisma.sql`e.archived = false AND ${statusesSql([status])}`)

const countsLoader = coalescedLoaderById<Counts & { id: number }>(
  (_context, ids) => Prisma.sql`
    SELECT p.id, ${inStatusSql('DRAFT')} AS draft, ${inStatusSql('RUNNING')} AS running, ${inStatusSql('PAUSED')} AS paused,
      ${inStatusSql('EXPOSURE_FROZEN')} AS "exposureFrozen", ${inStatusSql('STOPPED')} AS stopped,
      ${countSql(Prisma.sql`e.archived = true`)} AS archived
    FROM unnest(${ids}::int[]) AS p (id)`,
)

builder.objectField(Project, 'experimentCounts', (t) =>
  t.field({
    type: ExperimentCounts,
    nullable: true,
    description:
      'How many experiments of the project are in each status now: as many as the list `experiments` finds.\n\n' +
      requiresScopeText('experiment:read'),
    authScopes: { scope: 'experiment:read' },
    cost: 5,
    resolve: ({ id }, _args, context) => countsLoader(context).load(id),
  }),
)
