import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import type { Viewer } from '../../../auth/viewer.ts'
import { Prisma } from '../../../database/generated/client.ts'
import type { ListSource } from '../../../database/keyset/pageQuery.ts'
import { containsTextSql } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { decodeGlobalId } from '../../../platform/globalId.ts'
import { ActivityResourceType } from '../../activityLog/enums.ts'
import { projectField } from '../../projects/projectField.ts'
import { ChangeRequestConnection, inStatesSql, listed, openAtSql, readRequestsPage, requestOrder } from '../changeRequestConnection.ts'
import { ChangeRequestOrder } from '../changeRequestOrder.ts'
import { waitingForSql } from '../data/waitingSql.ts'
import { ChangeRequestState, GatedAction } from '../enums.ts'

const boundedList = z.array(z.string()).max(20, 'must hold at most 20 values.').nullish()

const filters = builder.args((t) => ({
  states: t.field({
    type: [ChangeRequestState],
    description: 'Only requests in one of these states: at most 20.',
    validate: boundedList,
  }),
  actionKeys: t.field({
    type: [GatedAction],
    description: 'Only requests for one of these actions: at most 20.',
    validate: boundedList,
  }),
  requesterId: t.id({ description: 'Only requests of this person, by global id or number.' }),
  resourceId: t.id({ description: 'Only requests about this experiment, flag or holdout, by its global id.' }),
  resourceType: t.field({ type: ActivityResourceType, description: 'Only requests about this type of thing.' }),
  search: t.string({
    description:
      'Only requests whose description or `resourceName` contains this text: at most 400 characters. Case does not matter. Empty text ' +
      'matches every request.',
    validate: boundedText(400).nullish(),
  }),
  waitingForViewer: t.boolean({
    description:
      'Only requests that wait for the vote of the viewer (true), or only others (false). A request waits for the people who may vote and ' +
      'have not, while it is pending and not expired.',
  }),
  createdSince: t.field({ type: 'DateTime', description: 'Only requests that were made at this time or later.' }),
  createdBefore: t.field({ type: 'DateTime', description: 'Only requests that were made before this time.' }),
  orderBy: t.field({ type: ChangeRequestOrder, description: 'The order of the list. The newest request comes first by default.' }),
}))

function projectRequests(given: InputShapeFromFields<typeof filters>, viewer: Viewer, now: Date): ListSource {
  const { states, actionKeys, requesterId, resourceId, resourceType, search, waitingForViewer, createdSince, createdBefore } = given
  const where = [Prisma.sql`true`]
  if (resourceType != null) where.push(Prisma.sql`c.resource_type = ${resourceType}`)
  if (waitingForViewer != null) {
    where.push(
      waitingForViewer ? Prisma.sql`${openAtSql(now)} AND ${waitingForSql(viewer, now)}` : Prisma.sql`NOT ${waitingForSql(viewer, now)}`,
    )
  }
  if (createdSince != null) where.push(Prisma.sql`c.created_at >= ${createdSince}::timestamptz`)
  if (createdBefore != null) where.push(Prisma.sql`c.created_at < ${createdBefore}::timestamptz`)
  if (states != null) where.push(inStatesSql(states, now))
  if (actionKeys != null) where.push(Prisma.sql`c.action_key = ANY (${[...actionKeys]}::text[])`)
  if (requesterId != null) where.push(Prisma.sql`c.requested_by_id = ${parseDatabaseId('User', requesterId, 'requesterId')}::bigint`)
  if (resourceId != null) where.push(resourceSql(resourceId))
  const rows = { ...listed, from: Prisma.sql`change_requests c`, parent: Prisma.sql`c.project_id`, where }
  if (!search) return rows
  const holds = containsTextSql(Prisma.sql`c.description`, Prisma.sql`c.resource_name`, search)
  return { ...rows, search: { holds, parent: Prisma.sql`c.project_id::bigint`, alias: Prisma.sql`c` } }
}

const resourceTypes = new Map([
  ['Experiment', 'EXPERIMENT'],
  ['FeatureFlag', 'FEATURE_FLAG'],
  ['Holdout', 'EXPERIMENT_HOLDOUT'],
])

function resourceSql(resourceId: string): Prisma.Sql {
  const { typename, id } = decodeGlobalId(resourceId)
  const type = resourceTypes.get(typename)
  if (type === undefined) {
    throw new BadUserInputError('resourceId', "Argument 'resourceId' must be the global id of an Experiment, a FeatureFlag or a Holdout.")
  }
  return Prisma.sql`c.resource_type = ${type} AND c.resource_id = ${Number(id)}::bigint`
}

projectField(
  { root: 'changeRequests', onProject: 'changeRequests' },
  {
    type: ChangeRequestConnection,
    scope: 'approvals:read',
    description:
      'The change requests of a project, the newest first. A request must match all filters. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filters, ...pageArguments },
    listSize: pageListSize,
    resolve: (project, args, context) =>
      readRequestsPage(context, project.id, projectRequests(args, requireViewer(context), context.now), args, requestOrder(args.orderBy)),
  },
)
