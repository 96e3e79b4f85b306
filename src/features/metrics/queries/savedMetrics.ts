import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import { Prisma, type SavedMetric as SavedMetricRow } from '../../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../../database/keyset/pageQuery.ts'
import { type SortDirection, type SortOrder, textKey, timestampKey } from '../../../database/keyset/sortOrder.ts'
import { containsTextSql } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { readConnection } from '../../../graphql/connections/connection.ts'
import { OrderDirection } from '../../../graphql/connections/orderDirection.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { Action } from '../Action.ts'
import { mentionsActionSql, mentionsEventSql } from '../data/mentionsSql.ts'
import { savedMetricColumns } from '../data/savedMetricLoader.ts'
import { MetricType } from '../enums.ts'
import { SavedMetric } from '../SavedMetric.ts'

const SavedMetricConnection = builder.connectionObject(
  { type: SavedMetric, name: 'SavedMetricConnection', description: 'A page of saved metrics.' },
  { name: 'SavedMetricEdge', description: 'A saved metric on a page.' },
)

const sortKeys = {
  NAME: { keyType: textKey, expression: Prisma.sql`m.name COLLATE "C"` },
  CREATED_AT: { keyType: timestampKey, expression: Prisma.sql`m.created_at` },
  UPDATED_AT: { keyType: timestampKey, expression: Prisma.sql`m.updated_at` },
} satisfies Record<string, Pick<SortOrder, 'keyType' | 'expression'>>

const NameOrderField = builder.enumType('NameOrderField', {
  description: 'The values that named things can be ordered by.',
  values: {
    NAME: { description: 'The name, by code point: upper case before lower case.' },
    CREATED_AT: { description: 'When it was created.' },
    UPDATED_AT: { description: 'When it was last changed.' },
  } satisfies Record<keyof typeof sortKeys, { description: string }>,
})

const NameOrder = builder.inputType('NameOrder', {
  description: 'An order of named things. Those with equal values are ordered by their number, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: NameOrderField, required: true, description: 'The value to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Ascending or descending.' }),
  }),
})

function sortOrder(order: { field: keyof typeof sortKeys; direction: SortDirection }): SortOrder {
  return { name: `saved metrics by ${order.field} ${order.direction}`, direction: order.direction, ...sortKeys[order.field] }
}

const byName = { field: 'NAME', direction: 'ASC' } as const

const filters = builder.args((t) => ({
  search: t.string({
    description:
      'Only metrics whose name or description contains this text: at most 400 characters. Case does not matter. Empty text matches every ' +
      'metric.',
    validate: boundedText(400).nullish(),
  }),
  event: t.string({
    description:
      'Only metrics on exactly this event, directly or through a step of an action. At most 400 characters. A metric on any event does not ' +
      'match.',
    validate: boundedText(400).nullish(),
  }),
  tagsAny: t.stringList({
    description: 'Only metrics with one of these tags: at most 100. An empty list matches none.',
    validate: z.array(boundedText(255)).max(100, 'must hold at most 100 tags.').nullish(),
  }),
  types: t.field({
    type: [MetricType],
    description: 'Only metrics of one of these types: at most 100. An empty list matches none. A metric of the old engine has no type.',
    validate: z.array(z.string()).max(100, 'must hold at most 100 types.').nullish(),
  }),
  orderBy: t.field({ type: NameOrder, description: 'The order of the list. By name by default.' }),
}))

function projectMetrics({ search, event, tagsAny, types }: InputShapeFromFields<typeof filters>): ListSource {
  const where = [Prisma.sql`true`]
  if (search) where.push(containsTextSql(Prisma.sql`m.name`, Prisma.sql`coalesce(m.description, '')`, search))
  if (event != null) where.push(mentionsEventSql(Prisma.sql`m.query`, event))
  if (tagsAny != null) where.push(Prisma.sql`m.tags && ${tagsAny}::text[]`)
  if (types != null) {
    where.push(Prisma.sql`m.query ->> 'kind' = 'ExperimentMetric' AND m.query ->> 'metric_type' = ANY (${[...types]}::text[])`)
  }
  return { from: Prisma.sql`saved_metrics m`, columns: savedMetricColumns, id: Prisma.sql`m.id`, parent: Prisma.sql`m.project_id`, where }
}

projectField(
  { root: 'savedMetrics', onProject: 'savedMetrics' },
  {
    type: SavedMetricConnection,
    scope: 'experiment:read',
    description: 'The saved metrics of a project. A metric must match all filters. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filters, ...pageArguments },
    listSize: pageListSize,
    resolve: (project, args, context) =>
      readConnection<SavedMetricRow & KeysetRow>(context, project.id, projectMetrics(args), sortOrder(args.orderBy ?? byName), args),
  },
)

const ofAction: ListSource = {
  from: Prisma.sql`actions a JOIN saved_metrics m ON m.project_id = a.project_id`,
  columns: savedMetricColumns,
  id: Prisma.sql`m.id`,
  parent: Prisma.sql`a.id`,
  where: [mentionsActionSql(Prisma.sql`m.query`, Prisma.sql`a.id`)],
}

builder.objectField(Action, 'savedMetrics', (t) =>
  t.field({
    type: SavedMetricConnection,
    description:
      'The saved metrics on this action, by name. It looks at all saved metrics of the project. `BAD_USER_INPUT` names the wrong argument.',
    args: pageArguments,
    cost: 5,
    listSize: pageListSize,
    resolve: ({ id }, args, context) => readConnection<SavedMetricRow & KeysetRow>(context, id, ofAction, sortOrder(byName), args),
  }),
)
