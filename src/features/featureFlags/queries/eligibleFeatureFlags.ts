import { z } from 'zod'
import { holdsScope } from '../../../auth/scopes.ts'
import { columnsOf } from '../../../database/columns.ts'
import { Prisma } from '../../../database/generated/client.ts'
import type { Placed, Rows } from '../../../database/keyset/pageQuery.ts'
import { codePoints, type Direction, instant, type Ordering } from '../../../database/keyset/sortOrder.ts'
import { containsText } from '../../../database/search.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArgumentsWithOffset } from '../../../graphql/connections/arguments.ts'
import { readConnection, requestedSize } from '../../../graphql/connections/connection.ts'
import { text } from '../../../graphql/connections/limits.ts'
import { OrderDirection } from '../../../graphql/connections/orderDirection.ts'
import type { Context } from '../../../graphql/context.ts'
import { madeOnce, selectedFields } from '../../../graphql/lookahead.ts'
import { databaseId } from '../../../graphql/nodeIds.ts'
import { projectField } from '../../projects/projectField.ts'
import { type Filters, type FlagRow, filterColumns, filterRows, flagColumns, flagRows, flagStates } from '../data/flagLoaders.ts'
import { readAlong } from '../data/prefetch.ts'
import { isEligible } from '../eligibility.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'

const FeatureFlagOrderField = builder.enumType('FeatureFlagOrderField', {
  description: 'What flags can be ordered by.',
  values: {
    CREATED_AT: { description: 'When the flag was made.' },
    KEY: { description: 'The key, by code point: capitals before small letters.' },
    NAME: { description: 'The name, by code point: capitals before small letters. Only its first 400 characters count.' },
  } as const,
})

export const FeatureFlagOrder = builder.inputType('FeatureFlagOrder', {
  description: 'An order of flags. Flags that are equal in it are ordered by their number, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: FeatureFlagOrderField, required: true, description: 'What to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which end comes first.' }),
  }),
})

export const FeatureFlagConnection = builder.connectionObject(
  { type: FeatureFlag, name: 'FeatureFlagConnection', description: 'A page of flags.' },
  { name: 'FeatureFlagEdge', description: 'A flag on a page.' },
)

const orders = {
  CREATED_AT: { kind: instant, expression: Prisma.sql`f.created_at` },
  KEY: { kind: codePoints, expression: Prisma.sql`f.key COLLATE "C"` },
  NAME: { kind: codePoints, expression: Prisma.sql`left(f.name, 400) COLLATE "C"` },
}

function orderingOf(order: { field: keyof typeof orders; direction: Direction } | null | undefined): Ordering {
  const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'DESC' }
  return { name: `eligibleFeatureFlags by ${field} ${direction}`, direction, ...orders[field] }
}

const filterArguments = builder.args((t) => ({
  search: t.string({
    required: false,
    description: 'Only flags whose key or name contains this text, whatever its case; 400 characters at most. Empty text finds every flag.',
    validate: text(400).nullish(),
  }),
  active: t.boolean({ required: false, description: 'Only flags that are switched on (true), or off (false).' }),
  createdByIds: t.idList({
    required: false,
    description: 'Only flags that one of these people made: global ids of users, or their numbers; 100 at most. An empty list finds none.',
    validate: z.array(z.string()).max(100, 'must hold at most 100 ids.').nullish(),
  }),
  evaluationRuntime: t.field({ type: EvaluationRuntime, required: false, description: 'Only flags with exactly this runtime.' }),
  hasEvaluationContexts: t.boolean({
    required: false,
    description: 'Only flags with at least one evaluation context (true), or with none (false).',
  }),
  orderBy: t.field({ type: FeatureFlagOrder, required: false, description: 'The order of the list; the newest first when none is given.' }),
}))

interface Filter {
  search?: string | null | undefined
  active?: boolean | null | undefined
  createdByIds?: readonly (string | number)[] | null | undefined
  evaluationRuntime?: 'server' | 'client' | 'all' | null | undefined
  hasEvaluationContexts?: boolean | null | undefined
}

const flags = { from: Prisma.sql`feature_flags f`, id: Prisma.sql`f.id`, parent: Prisma.sql`f.project_id`, where: [isEligible] }

/** The eligible flags of a project that a filter lets through (experiments.md 3). */
function eligibleFlags({ search, active, createdByIds, evaluationRuntime, hasEvaluationContexts }: Filter): Omit<Rows, 'columns'> {
  const where = [...flags.where]
  if (active != null) where.push(Prisma.sql`f.active = ${active}`)
  if (createdByIds != null) {
    const ids = createdByIds.map((id) => databaseId('User', String(id), 'createdByIds'))
    where.push(Prisma.sql`f.created_by_id = ANY (${ids}::bigint[])`)
  }
  if (evaluationRuntime != null) where.push(Prisma.sql`f.evaluation_runtime = ${evaluationRuntime}::evaluation_runtime`)
  if (hasEvaluationContexts != null) {
    const some = Prisma.sql`EXISTS (SELECT FROM feature_flag_evaluation_contexts c WHERE c.feature_flag_id = f.id)`
    where.push(hasEvaluationContexts ? some : Prisma.sql`NOT ${some}`)
  }
  return {
    ...flags,
    where,
    ...(search
      ? {
          search: {
            holds: containsText(Prisma.sql`f.key`, Prisma.sql`f.name`, search),
            parent: Prisma.sql`f.project_id::bigint`,
            alias: Prisma.sql`f`,
          },
        }
      : {}),
  }
}

projectField(
  { root: 'eligibleFeatureFlags', onProject: 'eligibleFeatureFlags' },
  {
    type: FeatureFlagConnection,
    scope: 'feature_flag:read',
    description:
      'The flags that an experiment may use: not deleted, at least two variants, the first of them `control`, and not made by a survey or ' +
      'a product tour for itself. Flags that are off, archived, or already used by experiments are listed too. Filters add up. ' +
      '`BAD_USER_INPUT` names the argument that is wrong.',
    args: { ...filterArguments, ...pageArgumentsWithOffset },
    complexity: (args) => ({ field: 1, multiplier: requestedSize(args) }),
    resolve: async (project, { orderBy, ...args }, context, info) => {
      const { isWhole, all, read } = whatToRead(info, holdsScope(requireViewer(context).scopes, 'experiment:read'))
      const filtered = eligibleFlags(args)
      const isFiltered = filtered.where.length > flags.where.length || filtered.search !== undefined
      const rows = isFiltered ? { ...filtered, ...read } : all
      const page = await readConnection<Row>(context, project.id, rows, orderingOf(orderBy), args)
      for (const { node } of page.edges) remember(context, node, isWhole)
      return page
    },
  },
)

/** The fields that are read from a flag's filters. */
const shownOfFilters = new Set(['filters', 'variants', 'rolloutPercentage'])

interface Reads {
  /** Of each flag, for the fields that are selected of it. */
  read: Pick<Rows, 'columns' | 'along'>
  /** The list without a filter, made once. */
  all: Rows
  /** Whether that is all that is ever read of a flag at once. */
  isWhole: boolean
}

/** What a page reads. */
const whatToRead = madeOnce((info, readsExperiments: boolean): Reads => {
  const items = [['nodes'], ['edges', 'node']]
  const fields = items.flatMap((path) => selectedFields(info, path))
  const along = readAlong(fields, info, readsExperiments)
  const ofExperiments = items.flatMap((page) => items.flatMap((path) => selectedFields(info, [...page, 'experiments', ...path])))
  // Where an experiment leads back to its flag, the flag is not to be read again.
  const leadsBack = ofExperiments.some(({ name }) => name.value === 'featureFlag')
  const shown = leadsBack ? flagColumns.all : flagColumns.of(fields, info)
  const showsFilters = fields.some(({ name }) => shownOfFilters.has(name.value))
  const read = {
    columns: columnsOf(showsFilters ? [...shown, ...Object.keys(filterColumns)] : shown, 'f'),
    ...(along === undefined ? {} : { along }),
  }
  return { read, all: { ...flags, ...read, questions: new Map() }, isWhole: shown.length === flagColumns.all.length }
})

type Row = FlagRow & Placed & Partial<Filters>

function remember(context: Context, flag: Row, isWhole: boolean): void {
  if (isWhole) flagRows(context).prime(flag.id, flag)
  if (flag.active !== undefined) flagStates(context).prime(flag.id, flag)
  if (hasFilters(flag)) filterRows(context).prime(flag.id, flag)
}

const hasFilters = (flag: Row): flag is Row & Filters => flag.filters !== undefined
