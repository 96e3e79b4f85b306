import { columnsOf } from '../../database/columns.ts'
import { type Activity, Prisma } from '../../database/generated/client.ts'
import type { Placed, Rows } from '../../database/keyset/pageQuery.ts'
import { instant, type Ordering } from '../../database/keyset/sortOrder.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { type PageArguments, readConnection, requestedSize } from '../../graphql/connections/connection.ts'
import { ChangeRequest } from '../approvals/ChangeRequest.ts'
import { Experiment } from '../experiments/Experiment.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { ActivityEntry } from './ActivityEntry.ts'

const ActivityConnection = builder.connectionObject(
  { type: ActivityEntry, name: 'ActivityConnection', description: 'A page of the audit trail.' },
  { name: 'ActivityEdge', description: 'A row of the audit trail on a page.' },
)

const newestFirst: Ordering = {
  name: 'activity by CREATED_AT DESC',
  direction: 'DESC',
  kind: instant,
  expression: Prisma.sql`a.created_at`,
}

/** The rows about the thing that a column names. */
function rowsBy(column: Prisma.Sql): Rows {
  return {
    from: Prisma.sql`activity_log a`,
    columns: columnsOf(Prisma.ActivityScalarFieldEnum, 'a'),
    id: Prisma.sql`a.id`,
    parent: column,
    where: [Prisma.sql`true`],
  }
}

const options = {
  type: ActivityConnection,
  args: pageArguments,
  authScopes: { scope: 'activity_log:read' },
  complexity: (args: PageArguments) => ({ field: 1, multiplier: requestedSize(args) }),
} as const
const needsScope =
  'Needs a key with the scope `activity_log:read`; without it the null rises to the list this stands in, so do not select it then.'

const ofFlag = rowsBy(Prisma.sql`a.feature_flag_id`)
builder.objectField(FeatureFlag, 'activity', (t) =>
  t.field({
    ...options,
    description: `What was done to this flag, also through its experiments, the newest first. ${needsScope}`,
    resolve: (flag, args, context) => readConnection<Activity & Placed>(context, flag.id, ofFlag, newestFirst, args),
  }),
)

const ofExperiment = rowsBy(Prisma.sql`a.experiment_id`)
builder.objectField(Experiment, 'activity', (t) =>
  t.field({
    ...options,
    description: `What was done to this experiment, the newest first. ${needsScope}`,
    resolve: (experiment, args, context) => readConnection<Activity & Placed>(context, experiment.id, ofExperiment, newestFirst, args),
  }),
)

const ofRequest = rowsBy(Prisma.sql`a.change_request_id`)
builder.objectField(ChangeRequest, 'activity', (t) =>
  t.field({
    ...options,
    description: `What was done to this request, and by it, the newest first. ${needsScope}`,
    resolve: (request, args, context) => readConnection<Activity & Placed>(context, request.id, ofRequest, newestFirst, args),
  }),
)
