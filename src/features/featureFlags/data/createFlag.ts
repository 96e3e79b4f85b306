import type { Actor } from '../../../auth/actor.ts'
import type { FlagChange } from '../../../commands/command.ts'
import { lockFlagRow } from '../../../commands/rowLocks.ts'
import type { ReadClient, Transaction } from '../../../database/client.ts'
import { type FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { isStorableText } from '../../../platform/textValidation.ts'
import { withBucketing } from '../../approvals/rules/releaseConditions.ts'
import { setEvaluationContexts } from './evaluationContexts.ts'

/** The values of a flag that a command will create. */
export interface NewFlag extends Pick<FeatureFlag, 'projectId' | 'key' | 'name' | 'active'> {
  filters: Prisma.InputJsonObject
  evaluationRuntime?: FeatureFlag['evaluationRuntime']
  bucketingIdentifier?: FeatureFlag['bucketingIdentifier']
  isRemoteConfiguration?: boolean
  ensureExperienceContinuity?: boolean
  tags?: string[]
  evaluationContexts?: string[]
}

/** The change that the gate checks when a flag is created. */
export function newFlagChange({ key, active, filters, bucketingIdentifier }: NewFlag, createdForExperiment: boolean): FlagChange {
  return {
    id: null,
    key,
    before: null,
    after: { active, archived: false, deleted: false, filters: withBucketing(filters, bucketingIdentifier) },
    createdForExperiment,
    changedValues: {},
    expectedVersion: null,
  }
}

/** Creates a flag with its evaluation contexts. A unique constraint of the database rejects a key that another live flag has. */
export async function createFlag(tx: Transaction, actor: Actor, { evaluationContexts = [], ...flag }: NewFlag): Promise<FeatureFlag> {
  const people = { createdById: actor.user.id, lastModifiedById: actor.user.id }
  const created = await tx.featureFlag.create({ data: { ...flag, ...people, createdAt: actor.now } })
  if (evaluationContexts.length > 0) await setEvaluationContexts(tx, created.projectId, created.id, evaluationContexts)
  return created
}

/** Returns the live flag of a project with this key. Null when the key is free. */
export async function findFlagByKey(tx: ReadClient, projectId: number, key: string): Promise<FeatureFlag | null> {
  // PostgreSQL rejects some texts. Imported flags can have keys that a new flag cannot, so the rule for new keys does not apply here.
  if (!isStorableText(key)) return null
  // Prisma would send `deleted` as a parameter, and PostgreSQL plan again each time: the index is only of flags that are not deleted.
  const [flag] = await tx.$queryRaw<FeatureFlag[]>`
    SELECT ${selectColumns(Prisma.FeatureFlagScalarFieldEnum, 'f')} FROM feature_flags f
    WHERE f.project_id = ${projectId}::int AND f.key = ${key} AND NOT f.deleted`
  return flag ?? null
}

/**
 * Returns the live flag of a project with this key, and locks it. It cannot change before the end of the transaction, so a row that refers to
 * it can be written. Null when the key is free.
 */
export async function lockFlagByKey(tx: Transaction, projectId: number, key: string): Promise<FeatureFlag | null> {
  const flag = await findFlagByKey(tx, projectId, key)
  if (flag === null) return null
  await lockFlagRow(tx, flag.id)
  return findFlagByKey(tx, projectId, key)
}
