import { ChangeRequestPendingError } from '../../../commands/approvalGate.ts'
import type { ReadClient } from '../../../database/client.ts'
import { type FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderByParent, loaderById } from '../../../graphql/dataLoaders.ts'
import { type Blocker, experimentBlocker } from '../../../platform/domainErrors.ts'
import { forecastGate } from '../../approvals/data/gateForecast.ts'
import { dependentsSql, maxListedUses, unfinishedSql } from '../../approvals/data/judging/flagUses.ts'

/**
 * Returns the other active flags with a condition on this flag: at most 100. A deleted flag does not count. If this flag goes off, their values
 * change.
 */
export async function findDependentFlags(db: ReadClient, { id }: Pick<FeatureFlag, 'id'>): Promise<{ id: number; key: string }[]> {
  return db.$queryRaw<{ id: number; key: string }[]>(Prisma.sql`
    SELECT d.id, d.key FROM (${dependentsSql(Prisma.sql`(SELECT f.id, f.project_id, f.key FROM feature_flags f WHERE f.id = ${id}::int)`)}) d
    ORDER BY d.id LIMIT ${maxListedUses}`)
}

/** A thing that uses a flag, and so keeps it from being deleted. */
export interface FlagUse extends Blocker {
  /** The name or key of the thing. Empty if the service does not know it. */
  name: string
}

interface UseRow {
  parentId: number
  kind: Exclude<Blocker['kind'], 'OPEN_CHANGE_REQUEST'>
  id: number
  name: string
}

/**
 * Selects what keeps flags from being deleted. An experiment does so while it is a draft or runs. Flags that depend on a flag do so while it is on.
 */
const usesSql = (flagIds: number[]) => Prisma.sql`
  WITH flags AS (
    SELECT f.id, f.project_id, f.key, f.active, f.filters, f.is_used_in_replay_settings FROM feature_flags f WHERE f.id = ANY (${flagIds}::int[]) AND NOT f.deleted
  )
  SELECT f.id AS "parentId", 'EXPERIMENT' AS kind, e.id, e.name
  FROM flags f
  CROSS JOIN LATERAL (
    SELECT e.id, e.name FROM experiments e
    WHERE e.project_id = f.project_id AND e.feature_flag_id = f.id AND ${unfinishedSql}
    ORDER BY e.id LIMIT ${maxListedUses}
  ) e
  UNION ALL
  SELECT d."parentId", 'DEPENDENT_FLAG', d.id, d.key
  FROM (
    SELECT d.*, row_number() OVER (PARTITION BY d."parentId" ORDER BY d.id) AS place
    FROM (${dependentsSql(Prisma.sql`(SELECT f.* FROM flags f WHERE f.active)`)}) d
  ) d
  WHERE d.place <= ${maxListedUses}
  UNION ALL
  SELECT f.id, 'EARLY_ACCESS_FEATURE', f.id, '' FROM flags f WHERE f.filters @> '{"feature_enrollment": true}'
  UNION ALL
  SELECT f.id, 'REPLAY_SETTINGS', f.id, '' FROM flags f WHERE f.is_used_in_replay_settings
  ORDER BY "parentId", kind DESC, id`

function toUse({ kind, id, name }: UseRow): FlagUse {
  switch (kind) {
    case 'EXPERIMENT':
      return { name, ...experimentBlocker({ id, name }, (called) => `${called} uses it. End or delete the experiment first.`) }
    case 'DEPENDENT_FLAG':
      return toDependentUse({ id, key: name })
    case 'EARLY_ACCESS_FEATURE':
      return { kind, name, message: 'An early access feature uses it. Remove `feature_enrollment` from its filters first.', thing: null }
    case 'REPLAY_SETTINGS':
      return { kind, name, message: 'The settings of session replay use it. Take it out of them first, in PostHog.', thing: null }
  }
}

function toDependentUse({ id, key }: { id: number; key: string }): FlagUse {
  const message = `The active flag ${JSON.stringify(key)} depends on it. Switch that flag off, or remove its condition on this one, first.`
  return { kind: 'DEPENDENT_FLAG', name: key, message, thing: { type: 'FeatureFlag', id } }
}

/** Returns what keeps a flag from being deleted. Nothing keeps a flag that is deleted already. */
export async function findDeletionBlockers(db: ReadClient, { id }: Pick<FeatureFlag, 'id'>): Promise<FlagUse[]> {
  return (await db.$queryRaw<UseRow[]>(usesSql([id]))).map(toUse)
}

/** Returns what keeps a flag from being switched off. */
export async function findSwitchOffBlockers(db: ReadClient, flag: Pick<FeatureFlag, 'id' | 'active'>): Promise<FlagUse[]> {
  return flag.active ? (await findDependentFlags(db, flag)).map(toDependentUse) : []
}

const useLoader = coalescedLoaderByParent<UseRow>((_context, flagIds) => usesSql(flagIds))

/**
 * Loads what keeps a flag from being deleted: what uses it, and an open change request to delete it. The flags of one page share their
 * statements.
 */
export async function loadDeletionBlockers(context: Context, { id }: { id: number }): Promise<Blocker[]> {
  const [uses, request] = await Promise.all([useLoader(context).load(id), pendingDeletionLoader(context).load(id)])
  return [...uses.map(toUse), ...(request === null ? [] : [request.blocker])]
}

/** Loads the open request to delete a flag, if the viewer could make no other. The gate decides. */
const pendingDeletionLoader = loaderById(async (context, ids) => {
  const flags = await context.db.featureFlag.findMany({
    where: { id: { in: ids }, deleted: false },
    include: { project: { select: { id: true, organizationId: true } } },
    relationLoadStrategy: 'join',
  })
  const actor = { ...requireViewer(context), now: context.now }
  const forecasts = await forecastGate(
    context.db,
    actor,
    flags.map((flag) => ({ project: flag.project, flagId: flag.id, before: flag, after: { ...flag, deleted: true } })),
  )
  return flags.flatMap(({ id }, index) => {
    const request = forecasts[index]?.pending ?? null
    return request === null ? [] : [{ id, blocker: toRequestBlocker(request) }]
  })
})

function toRequestBlocker({ id, description }: { id: number; description: string }): Blocker {
  const message = `${ChangeRequestPendingError.text}: "${description}" (ID: ${id}). Wait for the decision, or cancel the request.`
  return { kind: 'OPEN_CHANGE_REQUEST', message, thing: { type: 'ChangeRequest', id } }
}
