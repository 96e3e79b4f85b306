import { Prisma } from '../../../database/generated/client.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { holdoutLoader } from '../../holdouts/data/holdoutLoaders.ts'
import { Holdout } from '../../holdouts/Holdout.ts'
import { Experiment } from '../Experiment.ts'
import { ExperimentConnection, readExperimentsPage } from './experiments.ts'

const holdoutExperiments = {
  from: Prisma.sql`experiments e`,
  id: Prisma.sql`e.id`,
  parent: Prisma.sql`e.holdout_id`,
  where: [Prisma.sql`NOT e.deleted`],
  isConstant: true,
}

builder.objectField(Holdout, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description:
      'The experiments in this holdout that are not deleted, the newest first, with the archived ones. `BAD_USER_INPUT` names the wrong ' +
      'argument.',
    args: pageArguments,
    listSize: pageListSize,
    resolve: (holdout, args, context, info) => readExperimentsPage(context, info, holdout.id, holdoutExperiments, null, args),
  }),
)

builder.objectField(Experiment, 'holdout', (t) =>
  t.field({
    type: Holdout,
    nullable: true,
    description: 'The holdout whose people are kept out of the experiment. Null when there is none.',
    select: ['holdoutId'],
    resolve: ({ holdoutId }, _args, context) => (holdoutId === null ? null : holdoutLoader(context).load(holdoutId)),
  }),
)
