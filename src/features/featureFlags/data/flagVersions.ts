import type { Activity, FeatureFlag } from '../../../database/generated/client.ts'
import { Prisma } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderByParent, loaderById } from '../../../graphql/dataLoaders.ts'
import { asObject, type JsonObject, toJsonValue } from '../../../platform/json.ts'
import { redactFilters } from '../rules/encryptedPayloads.ts'
import { type FlagEntry, type FlagVersion, rebuildVersions } from '../rules/flagVersions.ts'

/** How many of the newest changes of a flag are read. */
export const maxChanges = 200

type EntryRow = Pick<Activity, 'before' | 'after' | 'createdAt' | 'userId' | 'flagVersion'> & { parentId: number }

/** Loads the newest entries that changed a flag, by its id. One more than `maxChanges` tells that there are older ones. Does not check visibility. */
const changesLoader = coalescedLoaderByParent<EntryRow>(
  (_context, flagIds) => Prisma.sql`
    SELECT flag.id AS "parentId", changed.*
    FROM unnest(${flagIds}::int[]) AS flag (id) CROSS JOIN LATERAL (
      SELECT a.id, a.before, a.after, a.created_at AS "createdAt", a.user_id AS "userId", a.flag_version AS "flagVersion"
      FROM activity_log a
      WHERE a.feature_flag_id = flag.id AND a.resource_type IN ('FEATURE_FLAG', 'EXPERIMENT', 'HOLDOUT') AND a.activity <> 'bypassPolicy'
      ORDER BY a.created_at DESC, a.id DESC LIMIT ${maxChanges + 1}
    ) AS changed
    ORDER BY flag.id, changed."createdAt" DESC, changed.id DESC`,
)

/** Loads flags with all columns and the names of their evaluation contexts. Does not check visibility. */
export const wholeFlagLoader = loaderById((context, ids) =>
  context.db.featureFlag.findMany({
    where: { id: { in: ids } },
    include: { evaluationContexts: { select: { evaluationContext: { select: { name: true } } } } },
    relationLoadStrategy: 'join',
  }),
)

/** The values of a flag that its trail has, under the names of the trail, without secrets. */
export function trailValues(flag: FeatureFlag, evaluationContexts: readonly string[]): JsonObject {
  const { key, name, active, archived, deleted, tags, evaluationRuntime, bucketingIdentifier, ensureExperienceContinuity } = flag
  const columns = { key, name, active, archived, deleted, tags, evaluationRuntime, bucketingIdentifier, ensureExperienceContinuity }
  return { ...columns, evaluationContexts: evaluationContexts.toSorted(), filters: toJsonValue(redactFilters(flag)) }
}

/** The versions of a flag that the viewer may see, the newest first: those that its newest changes made, and the one before them. */
export async function loadFlagVersions(context: Context, flagId: number): Promise<FlagVersion[]> {
  const [flag, changes] = await Promise.all([wholeFlagLoader(context).load(flagId), changesLoader(context).load(flagId)])
  if (flag === null) return []
  const { version, createdAt, createdById, hasEncryptedPayloads } = flag
  const names = flag.evaluationContexts.map(({ evaluationContext }) => evaluationContext.name)
  const entries = changes.slice(0, maxChanges).flatMap((change) => toEntry(change) ?? [])
  const current = { version, createdAt, createdById, values: trailValues(flag, names), hasSecrets: hasEncryptedPayloads }
  return rebuildVersions(current, entries, changes.length <= maxChanges)
}

/** What an entry changed in the flag. Null for one that changed only an experiment. The values of an experiment's flag are in `featureFlag`. */
function toEntry({ before, after, createdAt, userId, flagVersion: version }: EntryRow): FlagEntry | null {
  const [from, to] = [asObject(before) ?? {}, asObject(after) ?? {}]
  const ofFlag = asObject(to.featureFlag)
  if (ofFlag !== null) return { version, before: asObject(from.featureFlag) ?? {}, after: ofFlag, createdAt, userId }
  return 'featureFlag' in to || Object.keys(to).length === 0 ? null : { version, before: from, after: to, createdAt, userId }
}
