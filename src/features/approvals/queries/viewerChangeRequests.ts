import { z } from 'zod'
import type { Viewer as ViewerRow } from '../../../auth/viewer.ts'
import { visibleOrganizationIds, visibleProjectSql } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import type { ListSource } from '../../../database/keyset/pageQuery.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { inProjectsSql, projectIdsSchema } from '../../projects/projectIds.ts'
import { Viewer } from '../../users/Viewer.ts'
import { ChangeRequestConnection, inStatesSql, listed, openAtSql, readRequestsPage, requestOrder } from '../changeRequestConnection.ts'
import { waitingForSql } from '../data/lists/waitingSql.ts'
import { ChangeRequestState } from '../enums.ts'

const needsScope =
  'Needs a key with the scope `approvals:read`. Without it, leave the field out: its error makes `viewer` null. `BAD_USER_INPUT` names ' +
  'the wrong argument.'

const nearestExpiry = requestOrder({ field: 'EXPIRES_AT', direction: 'ASC' })

/** The requests that wait for the vote of a viewer, with the id of the viewer as the parent. */
function requestsToDecide(viewer: ViewerRow, projectIds: readonly string[] | null | undefined, now: Date): ListSource {
  const where = [Prisma.sql`p.organization_id = ANY (${visibleOrganizationIds(viewer)}::uuid[])`, waitingForSql(viewer, now)]
  if (viewer.scopedProjects.length > 0) where.push(Prisma.sql`p.id = ANY (${[...viewer.scopedProjects]}::int[])`)
  if (projectIds != null) where.push(inProjectsSql(Prisma.sql`p.id`, projectIds))
  return {
    ...listed,
    // OFFSET 0 keeps PostgreSQL from reading the open requests of everybody in the order of their deadlines.
    from: Prisma.sql`organization_memberships m JOIN projects p ON p.organization_id = m.organization_id
      CROSS JOIN LATERAL (SELECT * FROM change_requests c WHERE c.project_id = p.id AND ${openAtSql(now)} OFFSET 0) AS c`,
    parent: Prisma.sql`m.user_id`,
    where,
  }
}

builder.objectFields(Viewer, (t) => ({
  changeRequestsToDecide: t.field({
    type: ChangeRequestConnection,
    authScopes: { scope: 'approvals:read' },
    description:
      'The change requests that wait for the vote of the viewer, in all projects that the key can read: pending, not expired, and the viewer ' +
      `may vote and has not. The nearest expiry comes first. \`totalCount\` is their number, for a badge. ${needsScope}`,
    args: {
      projectIds: t.arg.idList({
        description: 'Only requests in these projects: at most 100 global ids or numbers. An empty list matches nothing.',
        validate: projectIdsSchema,
      }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: (viewer, args, context) =>
      readRequestsPage(context, viewer.user.id, requestsToDecide(viewer, args.projectIds, context.now), args, nearestExpiry),
  }),
  changeRequests: t.field({
    type: ChangeRequestConnection,
    authScopes: { scope: 'approvals:read' },
    description: `The change requests that the viewer made, in all projects that the key can read, the newest first. ${needsScope}`,
    args: {
      states: t.arg({
        type: [ChangeRequestState],
        description: 'Only requests in one of these states: at most 20. An empty list matches nothing.',
        validate: z.array(z.string()).max(20, 'must hold at most 20 values.').nullish(),
      }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: (viewer, args, context) => {
      const where = [visibleProjectSql(viewer, Prisma.sql`c.project_id`)]
      if (args.states != null) where.push(inStatesSql(args.states, context.now))
      const rows = { ...listed, from: Prisma.sql`change_requests c`, parent: Prisma.sql`c.requested_by_id`, where }
      return readRequestsPage(context, viewer.user.id, rows, args)
    },
  }),
}))
