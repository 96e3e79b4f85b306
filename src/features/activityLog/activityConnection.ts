import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import { type Activity, Prisma } from '../../database/generated/client.ts'
import type { KeysetRow, ListSource, RowId } from '../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../database/sql.ts'
import { boundedText } from '../../graphql/argumentLimits.ts'
import { builder } from '../../graphql/builder.ts'
import { type Page, readConnection } from '../../graphql/connections/connection.ts'
import type { PageArguments } from '../../graphql/connections/pageRequest.ts'
import type { Context } from '../../graphql/context.ts'
import { BadUserInputError } from '../../graphql/errors.ts'
import { parseDatabaseId } from '../../graphql/nodeIds.ts'
import { decodeGlobalId, isInt4 } from '../../platform/globalId.ts'
import { ActivityEntry } from './ActivityEntry.ts'
import { ActivityResourceType } from './enums.ts'

export const ActivityConnection = builder.connectionObject(
  { type: ActivityEntry, name: 'ActivityConnection', description: 'A page of the audit trail.' },
  { name: 'ActivityEdge', description: 'An entry of the audit trail on a page.' },
)

const order = newestFirst('activity', Prisma.sql`a.created_at`)

const activityRows = {
  from: Prisma.sql`activity_log a`,
  columns: selectColumns(Prisma.ActivityScalarFieldEnum, 'a'),
  id: Prisma.sql`a.id`,
}

/** Reads a page of the audit trail, the newest entry first. */
export function readActivityPage(
  context: Context,
  parentId: RowId,
  source: Pick<ListSource, 'parent' | 'parentType' | 'where'>,
  args: PageArguments,
): Promise<Page<Activity & KeysetRow>> {
  return readConnection<Activity & KeysetRow>(context, parentId, { ...activityRows, ...source }, order, args)
}

const atMost = (max: number, what: string) => `must hold at most ${max} ${what}.`

/** The filters of the trail of a project or an organization. */
export const activityFilters = builder.args((t) => ({
  userIds: t.idList({
    description: 'Only what was done in the name of one of these people: at most 100 global ids or numbers. An empty list matches nothing.',
    validate: z.array(z.string()).max(100, atMost(100, 'ids')).nullish(),
  }),
  activities: t.stringList({
    description:
      'Only these activities, such as `updateFeatureFlag`: at most 100 texts of at most 60 characters. An empty list matches nothing.',
    validate: z.array(boundedText(60)).max(100, atMost(100, 'values')).nullish(),
  }),
  resourceTypes: t.field({
    type: [ActivityResourceType],
    description: 'Only entries about one of these types of things: at most 20. An empty list matches nothing.',
    validate: z.array(z.string()).max(20, atMost(20, 'values')).nullish(),
  }),
  resourceId: t.id({
    description:
      'Only the trail of this thing, by its global id: of a flag, experiment, holdout, saved metric, change request or policy. Like the ' +
      'field `activity` of the thing, it includes changes of something else that changed the thing too. The id of a project stands for its settings.',
  }),
  since: t.field({ type: 'DateTime', description: 'Only what was done at this time or later.' }),
  until: t.field({ type: 'DateTime', description: 'Only what was done before this time.' }),
}))

/** @throws BadUserInputError when an argument is wrong. */
export function activityFilterSql(filters: InputShapeFromFields<typeof activityFilters>): Prisma.Sql[] {
  const { userIds, activities, resourceTypes, resourceId, since, until } = filters
  const where: Prisma.Sql[] = [Prisma.sql`true`]
  if (userIds != null) {
    const ids = userIds.map((id) => parseDatabaseId('User', id, 'userIds')).filter(isInt4)
    where.push(oneOfSql(Prisma.sql`a.user_id`, ids, 'int'))
  }
  if (activities != null) where.push(oneOfSql(Prisma.sql`a.activity`, activities, 'text'))
  if (resourceTypes != null) where.push(oneOfSql(Prisma.sql`a.resource_type`, resourceTypes, 'text'))
  if (resourceId != null) where.push(resourceSql(resourceId))
  if (since != null) where.push(Prisma.sql`a.created_at >= ${since}::timestamptz`)
  if (until != null) where.push(Prisma.sql`a.created_at < ${until}::timestamptz`)
  return where
}

/** A column has one of some values. For a single value, PostgreSQL can read the entries from an index in the order of the page. */
function oneOfSql(column: Prisma.Sql, values: readonly (number | string)[], type: 'int' | 'text'): Prisma.Sql {
  const cast = Prisma.raw(type)
  return values.length === 1 ? Prisma.sql`${column} = ${values[0]}::${cast}` : Prisma.sql`${column} = ANY (${[...values]}::${cast}[])`
}

const resourceColumns: Readonly<Record<string, Prisma.Sql>> = {
  FeatureFlag: Prisma.sql`a.feature_flag_id`,
  Experiment: Prisma.sql`a.experiment_id`,
  Holdout: Prisma.sql`a.holdout_id`,
  SavedMetric: Prisma.sql`a.saved_metric_id`,
  ChangeRequest: Prisma.sql`a.change_request_id`,
  ApprovalPolicy: Prisma.sql`a.policy_id`,
  Project: Prisma.sql`a.resource_type = 'PROJECT_SETTINGS' AND a.project_id`,
}

function resourceSql(resourceId: string): Prisma.Sql {
  const { typename, id } = decodeGlobalId(resourceId)
  const column = Object.hasOwn(resourceColumns, typename) ? resourceColumns[typename] : undefined
  // Types that are not read yet have ids of any form.
  if (column === undefined || !/^\d+$/.test(id)) {
    throw new BadUserInputError(
      'resourceId',
      "Argument 'resourceId' must be the global id of a flag, experiment, holdout, saved metric, change request, policy or project.",
    )
  }
  return isInt4(Number(id)) ? Prisma.sql`${column} = ${Number(id)}::int` : Prisma.sql`false`
}
