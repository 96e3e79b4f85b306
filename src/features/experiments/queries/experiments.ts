import type { InputShapeFromFields } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../../database/keyset/pageQuery.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { hasNone, pageArgumentsWithOffset } from '../../../graphql/connections/arguments.ts'
import { type Page, readConnection } from '../../../graphql/connections/connection.ts'
import { parseCursorAsOf } from '../../../graphql/connections/cursor.ts'
import { OrderDirection } from '../../../graphql/connections/orderDirection.ts'
import type { PageArguments } from '../../../graphql/connections/pageRequest.ts'
import type { Context } from '../../../graphql/context.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { selectFrom, selectRows } from '../../../graphql/prefetch.ts'
import { projectField } from '../../projects/projectField.ts'
import { type ExperimentRow, experimentLoader } from '../data/experimentLoaders.ts'
import { type ExperimentSortField, experimentSortOrder, statusesSql } from '../data/experimentSql.ts'
import { Experiment, ExperimentStatus } from '../Experiment.ts'
import { experimentConditions, experimentFilters } from '../experimentFilters.ts'

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
    CONCLUSION: { description: 'The conclusion, in the order of `ExperimentConclusion`.' },
    STATUS: { description: 'Drafts, then running, paused and frozen experiments (which count as equal), then stopped ones.' },
    CREATED_BY: { description: 'The first name of the creator, by code point. If it is empty, the email address.' },
  } satisfies Record<ExperimentSortField, { description: string }>,
})

export const ExperimentOrder = builder.inputType('ExperimentOrder', {
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
  includeArchived: t.boolean({
    description: 'Whether archived experiments are shown beside the others. `archived` wins when both are given.',
  }),
  featureFlagId: t.id({ description: 'Only experiments of this flag: its global id or number.' }),
  featureFlagKey: t.string({
    description:
      'Only experiments of the flag with exactly this key: at most 1,000 characters. A deleted flag does not count: use `featureFlagId`.',
    validate: boundedText(1_000).nullish(),
  }),
  ...experimentFilters,
  orderBy: t.field({ type: ExperimentOrder, description: 'The order of the list. The newest experiment comes first by default.' }),
}))

/** The same list without a filter. */
const allExperiments: Omit<ListSource, 'columns'> = { ...filterExperiments({}), isConstant: true }

const projectExperiments = (args: InputShapeFromFields<typeof filterArguments>) =>
  hasNone({ ...args, orderBy: null }, filterArguments) ? allExperiments : filterExperiments(args)

/** The experiments of a project that match a filter (experiments.md 9). */
function filterExperiments(filter: InputShapeFromFields<typeof filterArguments>): Omit<ListSource, 'columns'> {
  const { status, archived, includeArchived, featureFlagId, featureFlagKey } = filter
  const shown = archived ?? (includeArchived === true ? null : false)
  const where = [
    Prisma.sql`NOT e.deleted`,
    ...(shown === null ? [] : [shown ? Prisma.sql`e.archived` : Prisma.sql`NOT e.archived`]),
    ...experimentConditions(filter),
  ]
  if (status != null) where.push(statusesSql([status]))
  // The index of tags holds the project as a bigint. The statement calls the project `parent`.
  if (filter.tagsAny != null || filter.tagsAll != null) where.push(Prisma.sql`e.project_id::bigint = parent.id::bigint`)
  if (featureFlagId != null) {
    where.push(Prisma.sql`e.feature_flag_id = ${parseDatabaseId('FeatureFlag', featureFlagId, 'featureFlagId')}::bigint`)
  }
  if (featureFlagKey != null) {
    // At most one flag.
    where.push(
      Prisma.sql`e.feature_flag_id = (SELECT f.id FROM feature_flags f WHERE f.project_id = parent.id AND f.key = ${featureFlagKey} AND NOT f.deleted)`,
    )
  }
  // The index of each order holds archived experiments apart.
  const parts = shown === null ? { conditions: [Prisma.sql`e.archived`, Prisma.sql`NOT e.archived`], alias: Prisma.sql`e` } : undefined
  return { from: Prisma.sql`experiments e`, id: Prisma.sql`e.id`, parent: Prisma.sql`e.project_id`, where, parts }
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
  const rows = selectFrom(source, selection)
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
    listSize: pageListSize,
    resolve: (project, args, context, info) => readExperimentsPage(context, info, project.id, projectExperiments(args), args.orderBy, args),
  },
)
