import { Prisma } from '../../../database/generated/client.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { ActivityConnection, activityFilterSql, activityFilters, readActivityPage } from '../activityConnection.ts'

projectField(
  { root: 'activity', onProject: 'activity' },
  {
    type: ActivityConnection,
    scope: 'activity_log:read',
    description:
      'The audit trail of a project, the newest entry first. An entry must match all filters. Policies of a whole organization are in the ' +
      'trail of the organization. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...activityFilters, ...pageArguments },
    listSize: pageListSize,
    resolve: (project, args, context) =>
      readActivityPage(context, project.id, { parent: Prisma.sql`a.project_id`, where: activityFilterSql(args) }, args),
  },
)
