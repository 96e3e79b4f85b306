import { Prisma } from '../../database/generated/client.ts'
import { numberKey, type SortOrder } from '../../database/keyset/sortOrder.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { decodeCursor, encodeCursor } from '../../graphql/connections/cursor.ts'
import { assertPageArguments, type PageArguments, pageSizeOf } from '../../graphql/connections/pageRequest.ts'
import { pageListSize, shortListSize } from '../../graphql/listSizes.ts'
import { FieldChange } from '../approvals/FieldChange.ts'
import { describeFields, guardableParts } from '../approvals/rules/fieldChanges.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { loadFlagVersions, maxChanges } from './data/flagVersions.ts'
import { FeatureFlag } from './FeatureFlag.ts'
import type { FlagVersion } from './rules/flagVersions.ts'

const FeatureFlagVersion = builder.objectRef<FlagVersion>('FeatureFlagVersion').implement({
  description:
    'A flag as it was after a change, rebuilt from the audit trail. Needs a key with the scopes `feature_flag:read` and `activity_log:read`.',
  authScopes: { scopes: ['feature_flag:read', 'activity_log:read'] },
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'The version, as the field `version` of the flag was then.' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the version was made. Null when the trail does not tell, as for a flag that was imported.',
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'The person who made the version. Null when the trail does not tell, and when the account is gone.',
      resolve: ({ userId }, _args, context) => loadUser(context, userId),
    }),
    current: t.exposeBoolean('current', { description: 'Whether the flag has this version now.' }),
    snapshot: t.expose('snapshot', {
      type: 'JSON',
      description:
        'The values of the flag: `key`, `name`, `active`, `archived`, `deleted`, `filters` and more, under the names of the audit trail. ' +
        'Secrets are left out. If `complete` is false, it holds what is known.',
    }),
    changes: t.field({
      type: [FieldChange],
      listSize: shortListSize,
      description:
        'What the version changed, field by field. Those that policies can guard are marked. Empty when the trail does not tell.',
      resolve: ({ before, after }) => describeFields(before, after, guardableParts.FEATURE_FLAG ?? []),
    }),
    complete: t.exposeBoolean('complete', {
      description:
        'Whether the snapshot is all that the flag was. False where the trail has a gap, as an import leaves it, and for secrets.',
    }),
  }),
})

const FeatureFlagVersionConnection = builder.connectionObject(
  { type: FeatureFlagVersion, name: 'FeatureFlagVersionConnection', description: 'A page of the versions of a flag.' },
  { name: 'FeatureFlagVersionEdge', description: 'A version of a flag on a page.' },
)

const order: SortOrder = { name: 'versions by NUMBER DESC', direction: 'DESC', keyType: numberKey, expression: Prisma.empty }

/** A page of versions, which are all in memory: each is rebuilt from the next newer one. */
function pageOf(versions: readonly FlagVersion[], args: PageArguments) {
  assertPageArguments(args)
  const numberOf = (cursor: string, argument: string) => Number(decodeCursor(cursor, order, argument).id)
  const start = args.after == null ? 0 : countWhere(versions, numberOf(args.after, 'after'), (number, cursor) => number >= cursor)
  const end =
    args.before == null ? versions.length : countWhere(versions, numberOf(args.before, 'before'), (number, cursor) => number > cursor)
  const size = pageSizeOf(args)
  const from = args.last == null ? Math.min(start, Math.max(end, start)) : Math.max(end - size, start)
  const to = args.last == null ? Math.min(start + size, end) : Math.max(end, start)
  const edges = versions
    .slice(from, Math.max(to, from))
    .map((node) => ({ node, cursor: encodeCursor(order, String(node.number), node.number) }))
  return {
    edges,
    totalCount: () => Promise.resolve(versions.length),
    pageInfo: {
      hasNextPage: Math.max(to, from) < versions.length,
      hasPreviousPage: from > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function countWhere(versions: readonly FlagVersion[], cursor: number, isBefore: (number: number, cursor: number) => boolean): number {
  return versions.filter(({ number }) => isBefore(number, cursor)).length
}

const scopes = { scopes: ['feature_flag:read', 'activity_log:read'] } as const

builder.objectFields(FeatureFlag, (t) => ({
  versions: t.field({
    type: FeatureFlagVersionConnection,
    authScopes: scopes,
    cost: 10,
    description:
      `The versions of the flag, the newest first: those of its newest ${maxChanges} changes, and the one before them. Needs a key with the ` +
      'scope `activity_log:read` too. Without it, leave the field out: its error makes the nearest nullable parent null. `BAD_USER_INPUT` ' +
      'names the wrong argument.',
    args: pageArguments,
    listSize: pageListSize,
    select: [],
    resolve: async ({ id }, args, context) => pageOf(await loadFlagVersions(context, id), args),
  }),
  versionAt: t.field({
    type: FeatureFlagVersion,
    nullable: true,
    authScopes: scopes,
    cost: 10,
    description:
      'The version with this number. Null when there is none, or the trail does not reach so far. Needs a key with the scope ' +
      '`activity_log:read` too (`FORBIDDEN` otherwise).',
    args: { number: t.arg.int({ required: true, description: 'The number of the version.' }) },
    select: [],
    resolve: async ({ id }, { number }, context) =>
      (await loadFlagVersions(context, id)).find((version) => version.number === number) ?? null,
  }),
}))
