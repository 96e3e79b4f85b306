import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import { Prisma } from '../../../database/generated/client.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { hasNone, pageArgumentsWithOffset } from '../../../graphql/connections/arguments.ts'
import type { Context } from '../../../graphql/context.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { projectField } from '../../projects/projectField.ts'
import { type FlagListFilter, flagListSource, hasFactsSql, type Shelf } from '../data/list/flagListSource.ts'
import { flagSortOrder } from '../data/list/flagOrder.ts'
import { EvaluationRuntime, loadFlag } from '../FeatureFlag.ts'
import { FeatureFlagConnection, FeatureFlagOrder, readFlagsPage } from '../FeatureFlagConnection.ts'
import { FeatureFlagStatus, FeatureFlagType } from '../FeatureFlagStatus.ts'

const atMost100 = <Item extends z.ZodType>(item: Item, what: string) => z.array(item).max(100, `must hold at most 100 ${what}.`).nullish()

const filterArguments = builder.args((t) => ({
  search: t.string({
    description:
      'Only flags whose key or name contains this text: at most 400 characters. Case does not matter. Empty text matches every flag.',
    validate: boundedText(400).nullish(),
  }),
  keys: t.stringList({
    description:
      'Only flags with exactly one of these keys: at most 100, each at most 400 characters. Archived flags count as found, unless ' +
      '`archived` or `includeArchived` says otherwise. An empty list matches none.',
    validate: atMost100(boundedText(400), 'keys'),
  }),
  keyPrefix: t.string({
    description: 'Only flags whose key begins with this text: at most 400 characters. Case matters. Empty text matches every flag.',
    validate: boundedText(400).nullish(),
  }),
  active: t.boolean({ description: 'Only flags that are on (true), or off (false).' }),
  archived: t.boolean({
    description: 'Only archived flags (true), or only those that are not archived (false). Archived flags are hidden by default.',
  }),
  includeArchived: t.boolean({ description: 'Whether archived flags are shown beside the others. `archived` wins when both are given.' }),
  deleted: t.boolean({ description: 'Only deleted flags (true), archived or not. Deleted flags are hidden by default, and with false.' }),
  statuses: t.field({
    type: [FeatureFlagStatus],
    description:
      'Only flags with one of these statuses: at most 100. With `ARCHIVED` or `DELETED`, the list shows such flags, unless `archived`, ' +
      '`includeArchived` or `deleted` says otherwise. An empty list matches none.',
    validate: atMost100(z.any(), 'statuses'),
  }),
  types: t.field({
    type: [FeatureFlagType],
    description: 'Only flags of one of these types: at most 100. An empty list matches none.',
    validate: atMost100(z.any(), 'types'),
  }),
  tagsAny: t.stringList({
    description: 'Only flags with at least one of these tags: at most 100, each at most 400 characters. An empty list matches none.',
    validate: atMost100(boundedText(400), 'tags'),
  }),
  tagsAll: t.stringList({
    description: 'Only flags with each of these tags: at most 100, each at most 400 characters. An empty list matches none.',
    validate: atMost100(boundedText(400), 'tags'),
  }),
  tagsNone: t.stringList({
    description: 'Only flags with none of these tags: at most 100, each at most 400 characters. An empty list matches none.',
    validate: atMost100(boundedText(400), 'tags'),
  }),
  createdByIds: t.idList({
    description: 'Only flags that one of these users created: at most 100 global ids or numbers. An empty list matches none.',
    validate: atMost100(z.string(), 'ids'),
  }),
  evaluationRuntime: t.field({ type: EvaluationRuntime, description: 'Only flags with exactly this runtime.' }),
  evaluationContexts: t.stringList({
    description:
      'Only flags with at least one of these evaluation contexts: at most 100 names, each at most 400 characters. Case does not matter. An ' +
      'empty list matches none.',
    validate: atMost100(boundedText(400), 'names'),
  }),
  hasEvaluationContexts: t.boolean({
    description: 'Only flags with at least one evaluation context (true), or with none (false).',
  }),
  inExperiment: t.boolean({
    description: 'Only flags that an experiment uses (true), or that none uses (false). Deleted experiments do not count.',
  }),
  eligibleForExperiment: t.boolean({
    description: 'Only flags that an experiment may use (true), or may not use (false): see `experimentEligibility` of a flag.',
  }),
  baselineVariantKey: t.string({
    description:
      'The key of the baseline variant that `eligibleForExperiment` asks for, in place of `control` in the first place: at most 400 ' +
      'characters. Without `eligibleForExperiment`, only flags that an experiment with this baseline may use.',
    validate: boundedText(400).nullish(),
  }),
  dependsOnId: t.id({
    description:
      'Only flags with a condition on this flag: its global id or number. Flags that depend on it through another flag do not count. A ' +
      'flag that does not exist or is not visible matches none.',
  }),
  createdSince: t.field({ type: 'DateTime', description: 'Only flags that were created at this time or later.' }),
  updatedSince: t.field({ type: 'DateTime', description: 'Only flags that were last changed at this time or later.' }),
  orderBy: t.field({ type: FeatureFlagOrder, description: 'The order of the list. The newest flag comes first by default.' }),
}))

type FilterArguments = InputShapeFromFields<typeof filterArguments>

/** Decides which parts of a project's flags a list shows. */
function shelvesOf({ keys, archived, includeArchived, deleted, statuses }: FilterArguments): Shelf[] {
  const asked = (names: readonly string[]) => statuses == null || statuses.some((status) => names.includes(status))
  const isNamed = (name: string) => statuses?.some((status) => status === name) ?? false
  const shelves: Shelf[] = []
  if (deleted !== true) {
    const showsArchived = archived ?? includeArchived ?? (keys != null || isNamed('ARCHIVED'))
    if (archived !== true && asked(['ACTIVE', 'INACTIVE', 'STALE'])) shelves.push('listed')
    if (showsArchived && asked(['ARCHIVED'])) shelves.push('archived')
  }
  if ((deleted ?? isNamed('DELETED')) && asked(['DELETED'])) shelves.push('deleted')
  return shelves
}

const labelled = (label: string, values: readonly unknown[]) => values.map((value) => `${label}:${value}`)

/** The filter that the arguments of the list describe. */
async function toFilter(context: Context, projectId: number, args: FilterArguments): Promise<FlagListFilter> {
  const facts: string[] = []
  const oneOf: string[][] = []
  const more: Prisma.Sql[] = []
  const either = (value: boolean | null | undefined, whenTrue: string, whenFalse: string) => {
    if (value != null) facts.push(value ? whenTrue : whenFalse)
  }
  const anyOf = (label: string, values: readonly unknown[] | null | undefined) => {
    if (values != null) oneOf.push(labelled(label, [...new Set(values)]))
  }

  anyOf('key', args.keys)
  anyOf('type', args.types)
  anyOf('tag', args.tagsAny)
  anyOf(
    'by',
    args.createdByIds?.map((id) => parseDatabaseId('User', id, 'createdByIds')),
  )
  anyOf(
    'context',
    args.evaluationContexts?.map((name) => name.trim().toLowerCase()),
  )
  if (args.tagsAll != null) {
    if (args.tagsAll.length === 0) oneOf.push([])
    facts.push(...labelled('tag', args.tagsAll))
  }
  if (args.tagsNone != null) {
    if (args.tagsNone.length === 0) oneOf.push([])
    else more.push(Prisma.sql`NOT f.facts && ${labelled('tag', args.tagsNone)}::text[]`)
  }
  if (args.evaluationRuntime != null) facts.push(`runtime:${args.evaluationRuntime}`)
  either(args.hasEvaluationContexts, 'context', 'no context')
  either(args.inExperiment, 'experiment', 'no experiment')
  const shelves = shelvesOf(args)
  if (args.archived != null && shelves.includes('deleted')) more.push(Prisma.sql`f.archived = ${args.archived}`)
  if (args.baselineVariantKey == null) either(args.eligibleForExperiment, 'eligible', 'ineligible')
  else {
    const required = ['eligible with another baseline', `variant:${args.baselineVariantKey}`]
    if (args.eligibleForExperiment ?? true) facts.push(...required)
    else more.push(Prisma.sql`NOT ${hasFactsSql(required)}`)
  }

  if (args.dependsOnId != null) {
    const id = parseDatabaseId('FeatureFlag', args.dependsOnId, 'dependsOnId')
    const flag = await loadFlag(context, id)
    oneOf.push(flag?.projectId === projectId ? labelled('needs', flag.deleted ? [flag.id] : [flag.id, flag.key]) : [])
  }
  return {
    shelves,
    order: args.orderBy?.field ?? 'CREATED_AT',
    search: args.search,
    keyPrefix: args.keyPrefix,
    active: args.active,
    createdSince: args.createdSince,
    updatedSince: args.updatedSince,
    facts,
    oneOf,
    more,
    status: args.statuses == null ? undefined : { oneOf: args.statuses, at: context.now },
  }
}

/** The list without a filter, which is the same in each order. */
const listedFlags = { ...flagListSource({ shelves: ['listed'], order: 'CREATED_AT', facts: [], oneOf: [], more: [] }), isConstant: true }

projectField(
  { root: 'featureFlags', onProject: 'featureFlags' },
  {
    type: FeatureFlagConnection,
    scope: 'feature_flag:read',
    description:
      'The flags of a project. Archived and deleted ones are hidden, unless the arguments ask for them. A flag must match all filters. ' +
      '`BAD_USER_INPUT` names the wrong argument.',
    args: { ...filterArguments, ...pageArgumentsWithOffset },
    listSize: pageListSize,
    resolve: async (project, args, context, info) => {
      const isWhole = hasNone({ ...args, orderBy: null }, filterArguments)
      const source = isWhole ? listedFlags : flagListSource(await toFilter(context, project.id, args))
      return readFlagsPage(context, info, project.id, source, flagSortOrder('featureFlags', args.orderBy), args)
    },
  },
)
