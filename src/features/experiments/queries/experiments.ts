import type { InputShapeFromFields } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { z } from 'zod'
import { Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../../database/keyset/pageQuery.ts'
import { likePattern } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArgumentsWithOffset } from '../../../graphql/connections/arguments.ts'
import { type Page, type PageArguments, pageSizeOf, readConnection } from '../../../graphql/connections/connection.ts'
import { parseCursorAsOf } from '../../../graphql/connections/cursor.ts'
import { OrderDirection } from '../../../graphql/connections/orderDirection.ts'
import type { Context } from '../../../graphql/context.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { selectRows } from '../../../graphql/prefetch.ts'
import { projectField } from '../../projects/projectField.ts'
import { type ExperimentRow, experimentLoader } from '../data/experimentLoaders.ts'
import { type ExperimentSortField, experimentSortOrder, statusSql, usesEventSql } from '../data/experimentSql.ts'
import { Experiment, ExperimentStatus } from '../Experiment.ts'

const ExperimentOrderField = builder.enumType('ExperimentOrderField', {
  description: 'The values that experiments can be ordered by. In ascending order, experiments without a value come last.',
  values: {
    CREATED_AT: { description: 'When the experiment was created.' },
    UPDATED_AT: { description: 'When the experiment was last changed.' },
    NAME: { description: 'The name, by code point: upper case before lower case.' },
    START_DATE: { description: 'When the experiment was launched.' },
    END_DATE: { description: 'When the experiment was ended.' },
    DURATION: {
      description:
        'The time from launch to end, or to now while the experiment has no end. Pages after a cursor use the "now" of the first page.',
    },
    STATUS: { description: 'Drafts, then running and paused experiments (which count as equal), then stopped ones.' },
    CREATED_BY: { description: 'The first name of the creator, by code point. If it is empty, the email address.' },
  } satisfies Record<ExperimentSortField, { description: string }>,
})

const ExperimentOrder = builder.inputType('ExperimentOrder', {
  description: 'An order of experiments. Experiments with equal values are ordered by their number, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: ExperimentOrderField, required: true, description: 'The value to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Ascending or descending.' }),
  }),
})

export const ExperimentConnection = builder.connectionObject(
  { type: Experiment, name: 'ExperimentConnection', description: 'A page of experiments.' },
  { name: 'ExperimentEdge', description: 'An experiment on a page.' },
)

const filterArguments = builder.args((t) => ({
  status: t.field({ type: ExperimentStatus, description: 'Only experiments with this status.' }),
  archived: t.boolean({ description: 'Only archived experiments (true), or only those that are not archived (false). False by default.' }),
  createdByIds: t.idList({
    description: 'Only experiments that one of these users created: at most 100 global ids or numbers. An empty list matches none.',
    validate: z.array(z.string()).max(100, 'must hold at most 100 ids.').nullish(),
  }),
  featureFlagId: t.id({ description: 'Only experiments of this flag: its global id or number.' }),
  promptName: t.string({
    description: 'Only experiments that compare versions of the LLM prompt with exactly this name: at most 255 characters.',
    validate: boundedText(255).nullish(),
  }),
  event: t.string({
    description:
      'Only experiments with a metric (primary, secondary or saved) on exactly this event, directly or through a step of an action. At ' +
      'most 400 characters. A metric on any event does not match.',
    validate: boundedText(400).nullish(),
  }),
  search: t.string({
    description:
      'Only experiments whose name contains this text: at most 400 characters. Case does not matter. Empty text matches every experiment.',
    validate: boundedText(400).nullish(),
  }),
  orderBy: t.field({ type: ExperimentOrder, description: 'The order of the list. The newest experiment comes first by default.' }),
}))

/** The experiments of a project that match a filter (experiments.md 9). */
function projectExperiments(filter: InputShapeFromFields<typeof filterArguments>): Omit<ListSource, 'columns'> {
  const { status, archived, createdByIds, featureFlagId, promptName, event, search } = filter
  const where = [Prisma.sql`NOT e.deleted`, Prisma.sql`e.archived = ${archived ?? false}`]
  if (status != null) where.push(statusSql[status])
  if (createdByIds != null) {
    const ids = createdByIds.map((id) => parseDatabaseId('User', id, 'createdByIds'))
    where.push(Prisma.sql`e.created_by_id = ANY (${ids}::bigint[])`)
  }
  if (featureFlagId != null) {
    where.push(Prisma.sql`e.feature_flag_id = ${parseDatabaseId('FeatureFlag', featureFlagId, 'featureFlagId')}::bigint`)
  }
  if (promptName != null) where.push(Prisma.sql`e.parameters #> '{prompt_metadata,name}' = to_jsonb(${promptName}::text)`)
  if (event != null) where.push(usesEventSql(event))
  if (search) where.push(Prisma.sql`e.name ILIKE ${likePattern(search)}`)
  return { from: Prisma.sql`experiments e`, id: Prisma.sql`e.id`, parent: Prisma.sql`e.project_id`, where }
}

/**
 * Reads a page of experiments, with the columns of the selected fields.
 *
 * @throws BadUserInputError when an argument is wrong
 */
export async function readExperimentsPage(
  context: Context,
  info: GraphQLResolveInfo,
  parentId: number,
  source: Omit<ListSource, 'columns'>,
  order: typeof ExperimentOrder.$inferInput | null | undefined,
  args: PageArguments,
): Promise<Page<ExperimentRow & KeysetRow>> {
  const asOf = parseCursorAsOf(args.after, 'after') ?? parseCursorAsOf(args.before, 'before') ?? context.now
  const selection = selectRows(info, context, 'Experiment', 'e')
  const rows = { ...source, ...selection.source }
  const page = await readConnection<ExperimentRow & KeysetRow>(context, parentId, rows, experimentSortOrder(order, asOf), args)
  if (selection.isComplete) primeExperiments(context, page)
  return page
}

/** Puts the rows of a page into the loader, so that they are not read again. The rows must have all columns. */
export function primeExperiments(context: Context, { edges }: Page<ExperimentRow & KeysetRow>): void {
  for (const { node } of edges) experimentLoader(context).prime(node.id, node)
}

projectField(
  { root: 'experiments', onProject: 'experiments' },
  {
    type: ExperimentConnection,
    scope: 'experiment:read',
    description:
      'The experiments of a project that are not deleted. An experiment must match all filters. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filterArguments, ...pageArgumentsWithOffset },
    complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
    resolve: (project, args, context, info) => readExperimentsPage(context, info, project.id, projectExperiments(args), args.orderBy, args),
  },
)
