import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import { Prisma } from '../../../database/generated/client.ts'
import type { ListSource } from '../../../database/keyset/pageQuery.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageSizeOf } from '../../../graphql/connections/connection.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { decodeGlobalId } from '../../../platform/globalId.ts'
import { projectField } from '../../projects/projectField.ts'
import { ChangeRequestConnection, listed, openSql, readRequestsPage } from '../changeRequestConnection.ts'
import { openStates } from '../data/createChangeRequest.ts'
import { ChangeRequestState, GatedAction } from '../enums.ts'

const boundedList = z.array(z.string()).max(20, 'must hold at most 20 values.').nullish()

const filters = builder.args((t) => ({
  states: t.field({
    type: [ChangeRequestState],
    description: 'Only requests in one of these states.',
    validate: boundedList,
  }),
  actionKeys: t.field({
    type: [GatedAction],
    description: 'Only requests for one of these actions.',
    validate: boundedList,
  }),
  requesterId: t.id({ description: 'Only requests of this person, by global id or number.' }),
  resourceId: t.id({ description: 'Only requests about this experiment or flag, by its global id.' }),
}))

function projectRequests({ states, actionKeys, requesterId, resourceId }: InputShapeFromFields<typeof filters>): ListSource {
  const where = [Prisma.sql`true`]
  if (states != null) where.push(Prisma.sql`c.state = ANY (${[...states]}::change_request_state[])`)
  // Repeats the condition of the index of open requests: a plan that is prepared for any states can use the index only then.
  if (states?.every((state) => openStates.some((open) => open === state))) where.push(openSql)
  if (actionKeys != null) where.push(Prisma.sql`c.action_key = ANY (${[...actionKeys]}::text[])`)
  if (requesterId != null) where.push(Prisma.sql`c.requested_by_id = ${parseDatabaseId('User', requesterId, 'requesterId')}::bigint`)
  if (resourceId != null) where.push(resourceSql(resourceId))
  return { ...listed, from: Prisma.sql`change_requests c`, parent: Prisma.sql`c.project_id`, where }
}

const resourceTypes = new Map([
  ['Experiment', 'EXPERIMENT'],
  ['FeatureFlag', 'FEATURE_FLAG'],
])

function resourceSql(resourceId: string): Prisma.Sql {
  const { typename, id } = decodeGlobalId(resourceId)
  const type = resourceTypes.get(typename)
  if (type === undefined) {
    throw new BadUserInputError('resourceId', "Argument 'resourceId' must be the global id of an Experiment or a FeatureFlag.")
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
    complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
    resolve: (project, args, context) => readRequestsPage(context, project.id, projectRequests(args), args),
  },
)
