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
import type { ExperimentStatus as Status } from '../rules/status.ts'

const ExperimentOrderField = builder.enumType('ExperimentOrderField', {
  description: 'What experiments can be ordered by. One without a value stands after all that have one in ascending order.',
  values: {
    CREATED_AT: { description: 'When it was made.' },
    UPDATED_AT: { description: 'When it was changed last.' },
    NAME: { description: 'The name, by code point: capitals before small letters.' },
    START_DATE: { description: 'When it was launched.' },
    END_DATE: { description: 'When it was ended.' },
    DURATION: {
      description:
        'How long it ran: from launch to end, or to now while it runs. The pages that follow a cursor keep to the "now" of the first.',
    },
    STATUS: { description: 'Drafts, then running and paused ones alike, then stopped ones.' },
    CREATED_BY: { description: "The maker's first name, or e-mail address where that is empty, by code point." },
  } satisfies Record<ExperimentSortField, { description: string }>,
})

const ExperimentOrder = builder.inputType('ExperimentOrder', {
  description: 'An order of experiments. Experiments that are equal in it are ordered by their number, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: ExperimentOrderField, required: true, description: 'What to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which end comes first.' }),
  }),
})

export const ExperimentConnection = builder.connectionObject(
  { type: Experiment, name: 'ExperimentConnection', description: 'A page of experiments.' },
  { name: 'ExperimentEdge', description: 'An experiment on a page.' },
)

const filterArguments = builder.args((t) => ({
  status: t.field({ type: ExperimentStatus, required: false, description: 'Only experiments with this status.' }),
  archived: t.boolean({
    required: false,
    description: 'Only archived experiments (true), or only those that are not (false, and when not given).',
  }),
  createdByIds: t.idList({
    required: false,
    description:
      'Only experiments that one of these people made: global ids of users, or their numbers; 100 at most. An empty list finds none.',
    validate: z.array(z.string()).max(100, 'must hold at most 100 ids.').nullish(),
  }),
  featureFlagId: t.id({ required: false, description: 'Only experiments of this flag: its global id, or its number.' }),
  promptName: t.string({
    required: false,
    description: 'Only experiments that compare versions of the LLM prompt with exactly this name; 255 characters at most.',
    validate: boundedText(255).nullish(),
  }),
  event: t.string({
    required: false,
    description:
      'Only experiments with a metric (primary, secondary or saved) on exactly this event: directly, or through a step of an action; 400 ' +
      'characters at most. A metric on any event is not found by it.',
    validate: boundedText(400).nullish(),
  }),
  search: t.string({
    required: false,
    description: 'Only experiments whose name contains this text, whatever its case; 400 characters at most. Empty text finds every one.',
    validate: boundedText(400).nullish(),
  }),
  orderBy: t.field({ type: ExperimentOrder, required: false, description: 'The order of the list; the newest first when none is given.' }),
}))

interface ExperimentFilter {
  status?: Status | null | undefined
  archived?: boolean | null | undefined
  createdByIds?: readonly (string | number)[] | null | undefined
  featureFlagId?: string | number | null | undefined
  promptName?: string | null | undefined
  event?: string | null | undefined
  search?: string | null | undefined
}

/** The experiments of a project that a filter lets through (experiments.md 9). */
function projectExperiments({
  status,
  archived,
  createdByIds,
  featureFlagId,
  promptName,
  event,
  search,
}: ExperimentFilter): Omit<ListSource, 'columns'> {
  const where = [Prisma.sql`NOT e.deleted`, Prisma.sql`e.archived = ${archived ?? false}`]
  if (status != null) where.push(statusSql[status])
  if (createdByIds != null) {
    const ids = createdByIds.map((id) => parseDatabaseId('User', String(id), 'createdByIds'))
    where.push(Prisma.sql`e.created_by_id = ANY (${ids}::bigint[])`)
  }
  if (featureFlagId != null) {
    where.push(Prisma.sql`e.feature_flag_id = ${parseDatabaseId('FeatureFlag', String(featureFlagId), 'featureFlagId')}::bigint`)
  }
  if (promptName != null) where.push(Prisma.sql`e.parameters #> '{prompt_metadata,name}' = to_jsonb(${promptName}::text)`)
  if (event != null) where.push(usesEventSql(event))
  if (search) where.push(Prisma.sql`e.name ILIKE ${likePattern(search)}`)
  return { from: Prisma.sql`experiments e`, id: Prisma.sql`e.id`, parent: Prisma.sql`e.project_id`, where }
}

/** A page of experiments with what is selected of each. */
export async function readExperimentsPage(
  context: Context,
  info: GraphQLResolveInfo,
  parentId: number,
  source: Omit<ListSource, 'columns'>,
  order: { field: ExperimentSortField; direction: 'ASC' | 'DESC' } | null | undefined,
  args: PageArguments,
): Promise<Page<ExperimentRow & KeysetRow>> {
  const asOf = parseCursorAsOf(args.after, 'after') ?? parseCursorAsOf(args.before, 'before') ?? context.now
  const selection = selectRows(info, context, 'Experiment', 'e')
  const rows = { ...source, ...selection.source }
  const page = await readConnection<ExperimentRow & KeysetRow>(context, parentId, rows, experimentSortOrder(order, asOf), args)
  if (selection.isComplete) primeExperiments(context, page)
  return page
}

/** Saves reading the rows of a page again, which have all columns. */
export function primeExperiments(context: Context, { edges }: Page<ExperimentRow & KeysetRow>): void {
  for (const { node } of edges) experimentLoader(context).prime(node.id, node)
}

projectField(
  { root: 'experiments', onProject: 'experiments' },
  {
    type: ExperimentConnection,
    scope: 'experiment:read',
    description:
      'The experiments of a project; deleted ones are in no list. Filters add up. `BAD_USER_INPUT` names the argument that is wrong.',
    args: { ...filterArguments, ...pageArgumentsWithOffset },
    complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
    resolve: (project, { orderBy, ...args }, context, info) =>
      readExperimentsPage(context, info, project.id, projectExperiments(args), orderBy, args),
  },
)
