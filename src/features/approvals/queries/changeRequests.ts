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
import type { Context } from '../../../graphql/context.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { decodeGlobalId } from '../../../platform/globalId.ts'
import { ActivityResourceType } from '../../activityLog/enums.ts'
import { projectField } from '../../projects/projectField.ts'
import { ChangeRequestConnection, inStatesSql, listed, openAtSql, readRequestsPage, requestOrder } from '../changeRequestConnection.ts'
import { ChangeRequestOrder } from '../changeRequestOrder.ts'
import { holdoutsOfExperimentLoader, holdoutsOfFlagLoader } from '../data/lists/coveringHoldouts.ts'
import { waitingForSql } from '../data/lists/waitingSql.ts'
import { ChangeRequestState, GatedAction, type GatedResourceType } from '../enums.ts'

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
  resourceId: t.id({
    description:
      'Only requests about this experiment, flag or holdout, by its global id. For an experiment or a flag, also those about a holdout ' +
      'that covers it: they would change the flag too.',
  }),
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

function projectRequests(
  given: InputShapeFromFields<typeof filters>,
  aboutResource: readonly Prisma.Sql[],
  viewer: Viewer,
  now: Date,
): ListSource {
  const { states, actionKeys, requesterId, resourceType, search, waitingForViewer, createdSince, createdBefore } = given
  const where = [Prisma.sql`true`]
  if (resourceType != null) where.push(Prisma.sql`c.resource_type = ${resourceType === 'HOLDOUT' ? 'EXPERIMENT_HOLDOUT' : resourceType}`)
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
  if (aboutResource.length > 0) where.push(Prisma.sql`(${Prisma.join(aboutResource, ' OR ')})`)
  // Each has an index of its own in the order of the list.
  const parts = aboutResource.length < 2 ? undefined : { conditions: aboutResource, alias: Prisma.sql`c` }
  const rows = { ...listed, from: Prisma.sql`change_requests c`, parent: Prisma.sql`c.project_id`, where, parts }
  if (!search) return rows
  const holds = containsTextSql(Prisma.sql`c.description`, Prisma.sql`c.resource_name`, search)
  return { ...rows, search: { holds, parent: Prisma.sql`c.project_id::bigint`, alias: Prisma.sql`c` } }
}

type ResourceType = typeof GatedResourceType.$inferType

const resourceTypes = new Map<string, ResourceType>([
  ['Experiment', 'EXPERIMENT'],
  ['FeatureFlag', 'FEATURE_FLAG'],
  ['Holdout', 'EXPERIMENT_HOLDOUT'],
])

/** The conditions of the requests about a thing: one for the thing itself, and one for each holdout that covers it. */
async function resourceConditions(context: Context, resourceId: string): Promise<Prisma.Sql[]> {
  const { typename, id } = decodeGlobalId(resourceId)
  const type = resourceTypes.get(typename)
  if (type === undefined) {
    throw new BadUserInputError('resourceId', "Argument 'resourceId' must be the global id of an Experiment, a FeatureFlag or a Holdout.")
  }
  const number = Number(id)
  const holdouts = coveringLoaders[type]
  const covering = holdouts === undefined ? [] : await holdouts(context).load(number)
  const about = (about: ResourceType, id: number) => Prisma.sql`(c.resource_type = ${about} AND c.resource_id = ${id}::bigint)`
  return [about(type, number), ...covering.map((holdout) => about('EXPERIMENT_HOLDOUT', holdout.id))]
}

const coveringLoaders: Partial<Record<ResourceType, typeof holdoutsOfFlagLoader>> = {
  FEATURE_FLAG: holdoutsOfFlagLoader,
  EXPERIMENT: holdoutsOfExperimentLoader,
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
    resolve: async (project, args, context) => {
      const aboutResource = args.resourceId == null ? [] : await resourceConditions(context, args.resourceId)
      const rows = projectRequests(args, aboutResource, requireViewer(context), context.now)
      return readRequestsPage(context, project.id, rows, args, requestOrder(args.orderBy))
    },
  },
)
