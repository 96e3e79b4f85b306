import type { Actor } from '../../../auth/actor.ts'
import type { FlagChange } from '../../../commands/command.ts'
import { lockFlagRow } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { validateFlagKey } from '../rules/validateFlag.ts'

/** The values of a flag that a command will create. */
export interface NewFlag extends Pick<FeatureFlag, 'projectId' | 'key' | 'name' | 'active'> {
  filters: Prisma.InputJsonObject
  evaluationRuntime?: FeatureFlag['evaluationRuntime']
  ensureExperienceContinuity?: boolean
  tags?: string[]
}

/** The change that the gate checks when a flag is created. */
export function newFlagChange({ key, active, filters }: NewFlag, createdForExperiment: boolean): FlagChange {
  return {
    id: null,
    key,
    before: null,
    after: { active, archived: false, deleted: false, filters },
    createdForExperiment,
    changedValues: {},
    expectedVersion: null,
  }
}

/** Creates a flag. A unique constraint of the database rejects a key that another live flag has. */
export function createFlag(tx: Transaction, actor: Actor, flag: NewFlag): Promise<FeatureFlag> {
  return tx.featureFlag.create({ data: { ...flag, createdById: actor.user.id, lastModifiedById: actor.user.id, createdAt: actor.now } })
}

/** Returns the live flag of a project with this key. Null when the key is free. */
export async function findFlagByKey(tx: Transaction, projectId: number, key: string): Promise<FeatureFlag | null> {
  // An invalid key is not sent to the database, because PostgreSQL rejects some texts.
  if (validateFlagKey([], key).length > 0) return null
  return tx.featureFlag.findFirst({ where: { projectId, key, deleted: false } })
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
