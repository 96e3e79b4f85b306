import type { Actor } from '../../../auth/actor.ts'
import type { FlagChange } from '../../../commands/command.ts'
import { lockFlagRow } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { validateFlagKey } from '../rules/validateFlag.ts'

/** A flag that is yet to be made. */
export interface NewFlag extends Pick<FeatureFlag, 'projectId' | 'key' | 'name' | 'active'> {
  filters: Prisma.InputJsonObject
  evaluationRuntime?: FeatureFlag['evaluationRuntime']
  ensureExperienceContinuity?: boolean
  tags?: string[]
}

/** What the gate judges of it. */
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

/** Makes it. The key's uniqueness among live flags is the database's to decide. */
export function createFlag(tx: Transaction, actor: Actor, flag: NewFlag): Promise<FeatureFlag> {
  return tx.featureFlag.create({ data: { ...flag, createdById: actor.user.id, lastModifiedById: actor.user.id, createdAt: actor.now } })
}

/** The live flag of a project with this key; null when the key is free. */
export async function findFlagByKey(tx: Transaction, projectId: number, key: string): Promise<FeatureFlag | null> {
  // What can be no key is not looked for: the database cannot even read some texts.
  if (validateFlagKey([], key).length > 0) return null
  return tx.featureFlag.findFirst({ where: { projectId, key, deleted: false } })
}

/** The same, locked, so that it is still there and as it is when something is written that refers to it. */
export async function lockFlagByKey(tx: Transaction, projectId: number, key: string): Promise<FeatureFlag | null> {
  const flag = await findFlagByKey(tx, projectId, key)
  if (flag === null) return null
  await lockFlagRow(tx, flag.id)
  return findFlagByKey(tx, projectId, key)
}
