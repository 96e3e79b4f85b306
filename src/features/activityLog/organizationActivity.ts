import { visibleProjectSql } from '../../auth/visibility.ts'
import { Prisma } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { inProjectsSql, projectIdsSchema } from '../projects/projectIds.ts'
import { Organization } from '../users/Organization.ts'
import { ActivityConnection, activityFilterSql, activityFilters, readActivityPage } from './activityConnection.ts'

builder.objectField(Organization, 'activity', (t) =>
  t.field({
    type: ActivityConnection,
    description:
      'The audit trail of the organization and of its projects that the key can read, the newest entry first. A key that is restricted to ' +
      'projects reads the entries of those alone. An entry must match all filters. Needs a key with the scope `activity_log:read`. Without ' +
      'it, leave the field out: its error makes the nearest nullable parent null. `BAD_USER_INPUT` names the wrong argument.',
    authScopes: { scope: 'activity_log:read' },
    args: {
      projectIds: t.arg.idList({
        description: 'Only entries of these projects: at most 100 global ids or numbers. An empty list matches nothing.',
        validate: projectIdsSchema,
      }),
      ...activityFilters,
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: ({ id }, args, context) => {
      const viewer = requireScope(context, 'activity_log:read')
      const project = Prisma.sql`a.project_id`
      const visible = visibleProjectSql(viewer, project)
      const where = [
        ...activityFilterSql(args),
        viewer.scopedProjects.length === 0 ? Prisma.sql`(${project} IS NULL OR ${visible})` : visible,
      ]
      if (args.projectIds != null) where.push(inProjectsSql(project, args.projectIds))
      return readActivityPage(context, id, { parent: Prisma.sql`a.organization_id`, parentType: 'uuid', where }, args)
    },
  }),
)
