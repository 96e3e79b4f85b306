import { z } from 'zod'
import { visibleOrganizationIds } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { likePattern } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { inProjectsSql, projectIdsSchema } from '../../projects/projectIds.ts'
import { Viewer } from '../../users/Viewer.ts'
import { statusSql } from '../data/experimentSql.ts'
import { ExperimentStatus } from '../Experiment.ts'
import { ExperimentConnection, ExperimentOrder, readExperimentsPage } from './experiments.ts'

builder.objectField(Viewer, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    authScopes: { scope: 'experiment:read' },
    description:
      'The experiments in all projects that the key can read, without deleted and archived ones. An experiment must match all filters. ' +
      'Needs a key with the scope `experiment:read`. Without it, leave the field out: its error makes `viewer` null. `BAD_USER_INPUT` ' +
      'names the wrong argument.',
    args: {
      projectIds: t.arg.idList({
        description: 'Only experiments in these projects: at most 100 global ids or numbers. An empty list matches nothing.',
        validate: projectIdsSchema,
      }),
      statuses: t.arg({
        type: [ExperimentStatus],
        description: 'Only experiments with one of these statuses: at most 20. An empty list matches nothing.',
        validate: z.array(z.string()).max(20, 'must hold at most 20 values.').nullish(),
      }),
      search: t.arg.string({
        description: 'Only experiments whose name contains this text: at most 400 characters. Case does not matter.',
        validate: boundedText(400).nullish(),
      }),
      orderBy: t.arg({ type: ExperimentOrder, description: 'The order of the list. The newest experiment comes first by default.' }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: (viewer, args, context, info) => {
      const where = [
        Prisma.sql`NOT e.deleted AND NOT e.archived`,
        Prisma.sql`p.organization_id = ANY (${visibleOrganizationIds(viewer)}::uuid[])`,
      ]
      if (viewer.scopedProjects.length > 0) where.push(Prisma.sql`p.id = ANY (${[...viewer.scopedProjects]}::int[])`)
      if (args.projectIds != null) where.push(inProjectsSql(Prisma.sql`p.id`, args.projectIds))
      if (args.statuses != null) where.push(Prisma.sql`(${Prisma.join([Prisma.sql`false`, ...args.statuses.map(statusOf)], ' OR ')})`)
      if (args.search) where.push(Prisma.sql`e.name ILIKE ${likePattern(args.search)}`)
      const rows = {
        from: Prisma.sql`organization_memberships m JOIN projects p ON p.organization_id = m.organization_id
          JOIN experiments e ON e.project_id = p.id`,
        id: Prisma.sql`e.id`,
        parent: Prisma.sql`m.user_id`,
        where,
      }
      return readExperimentsPage(context, info, viewer.user.id, rows, args.orderBy, args)
    },
  }),
)

const statusOf = (status: keyof typeof statusSql) => Prisma.sql`(${statusSql[status]})`
