import { z } from 'zod'
import { columnsOf } from '../../../database/columns.ts'
import { type ChangeRequest as ChangeRequestRow, Prisma } from '../../../database/generated/client.ts'
import type { Placed, Rows } from '../../../database/keyset/pageQuery.ts'
import { instant, type Ordering } from '../../../database/keyset/sortOrder.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { type Page, type PageArguments, readConnection, requestedSize } from '../../../graphql/connections/connection.ts'
import type { Context } from '../../../graphql/context.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { databaseId, decodeGlobalId } from '../../../graphql/nodeIds.ts'
import { Experiment } from '../../experiments/Experiment.ts'
import { FeatureFlag } from '../../featureFlags/FeatureFlag.ts'
import { projectField } from '../../projects/projectField.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { openStates } from '../data/createChangeRequest.ts'
import { changeRequestRows } from '../data/loaders.ts'
import { ChangeRequestState, GatedAction } from '../enums.ts'

export const ChangeRequestConnection = builder.connectionObject(
  { type: ChangeRequest, name: 'ChangeRequestConnection', description: 'A page of change requests.' },
  { name: 'ChangeRequestEdge', description: 'A change request on a page.' },
)

const newestFirst: Ordering = {
  name: 'changeRequests by CREATED_AT DESC',
  direction: 'DESC',
  kind: instant,
  expression: Prisma.sql`c.created_at`,
}

const listed = { columns: columnsOf(Prisma.ChangeRequestScalarFieldEnum, 'c'), id: Prisma.sql`c.id` }
const isOpen = Prisma.sql`c.state IN ('PENDING', 'APPROVED')`

const openOfFlag: Rows = { ...listed, from: Prisma.sql`change_requests c`, parent: Prisma.sql`c.feature_flag_id`, where: [isOpen] }

/** What waits for an experiment: what was asked of it, and what was asked of its flag. */
const openOfExperiment: Rows = {
  ...listed,
  from: Prisma.sql`change_requests c JOIN experiments e
    ON e.feature_flag_id = c.feature_flag_id AND (c.resource_type = 'FEATURE_FLAG' OR c.resource_id = e.id)`,
  parent: Prisma.sql`e.id`,
  where: [isOpen],
}

interface Filter {
  states?: readonly string[] | null | undefined
  actionKeys?: readonly string[] | null | undefined
  requesterId?: string | number | null | undefined
  resourceId?: string | number | null | undefined
}

function requestsOfProject({ states, actionKeys, requesterId, resourceId }: Filter): Rows {
  const where = [Prisma.sql`true`]
  if (states != null) where.push(Prisma.sql`c.state = ANY (${[...states]}::change_request_state[])`)
  // Said once more as the index of open requests says it, for plans that serve any states.
  if (states?.every((state) => openStates.some((open) => open === state))) where.push(isOpen)
  if (actionKeys != null) where.push(Prisma.sql`c.action_key = ANY (${[...actionKeys]}::text[])`)
  if (requesterId != null) where.push(Prisma.sql`c.requested_by_id = ${databaseId('User', String(requesterId), 'requesterId')}::bigint`)
  if (resourceId != null) where.push(isAbout(String(resourceId)))
  return { ...listed, from: Prisma.sql`change_requests c`, parent: Prisma.sql`c.project_id`, where }
}

const resourceTypes = new Map([
  ['Experiment', 'EXPERIMENT'],
  ['FeatureFlag', 'FEATURE_FLAG'],
])

function isAbout(resourceId: string): Prisma.Sql {
  const { typename, id } = decodeGlobalId(resourceId)
  const type = resourceTypes.get(typename)
  if (type === undefined) {
    throw new BadUserInputError('resourceId', "Argument 'resourceId' must be the global id of an Experiment or a FeatureFlag.")
  }
  return Prisma.sql`c.resource_type = ${type} AND c.resource_id = ${Number(id)}::bigint`
}

async function readRequests(context: Context, parentId: number, rows: Rows, args: PageArguments): Promise<Page<ChangeRequestRow & Placed>> {
  const page = await readConnection<ChangeRequestRow & Placed>(context, parentId, rows, newestFirst, args)
  for (const { node } of page.edges) changeRequestRows(context).prime(node.id, node)
  return page
}

const someOf = z.array(z.string()).max(20, 'must hold at most 20 values.').nullish()

projectField(
  { root: 'changeRequests', onProject: 'changeRequests' },
  {
    type: ChangeRequestConnection,
    scope: 'approvals:read',
    description: 'The change requests of a project, the newest first. Filters add up. `BAD_USER_INPUT` names the argument that is wrong.',
    args: {
      ...builder.args((t) => ({
        states: t.field({
          type: [ChangeRequestState],
          required: false,
          description: 'Only requests in one of these states.',
          validate: someOf,
        }),
        actionKeys: t.field({
          type: [GatedAction],
          required: false,
          description: 'Only requests for one of these actions.',
          validate: someOf,
        }),
        requesterId: t.id({ required: false, description: 'Only requests of this person: a global id, or a number.' }),
        resourceId: t.id({
          required: false,
          description: 'Only requests about this experiment or flag: its global id, which tells which of the two it is.',
        }),
      })),
      ...pageArguments,
    },
    complexity: (args) => ({ field: 1, multiplier: requestedSize(args) }),
    resolve: (project, args, context) => readRequests(context, project.id, requestsOfProject(args), args),
  },
)

const openRequests = {
  type: ChangeRequestConnection,
  args: pageArguments,
  authScopes: { scope: 'approvals:read' },
  complexity: (args: PageArguments) => ({ field: 1, multiplier: requestedSize(args) }),
} as const

builder.objectField(FeatureFlag, 'pendingChangeRequests', (t) =>
  t.field({
    ...openRequests,
    description:
      'The open requests to change this flag, whatever they were asked of, the newest first. Needs a key with the scope `approvals:read`; without ' +
      'it the null rises to the list the flag stands in, so do not select it then.',
    resolve: (flag, args, context) => readRequests(context, flag.id, openOfFlag, args),
  }),
)

builder.objectField(Experiment, 'pendingChangeRequests', (t) =>
  t.field({
    ...openRequests,
    description:
      'The open requests that were asked of this experiment or of its flag, the newest first. Needs a key with the scope `approvals:read`; without ' +
      'it the null rises to the list the experiment stands in, so do not select it then.',
    resolve: (experiment, args, context) => readRequests(context, experiment.id, openOfExperiment, args),
  }),
)
