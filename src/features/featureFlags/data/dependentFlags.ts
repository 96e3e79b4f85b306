import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag } from '../../../database/generated/client.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { lockDependencies } from './conditionReferences.ts'
import { findDependentFlags } from './flagUses.ts'

/**
 * Checks that no active flag depends on a flag that is about to be switched off.
 *
 * @throws InvalidStateError when one does. The message names up to 10 of them.
 */
export async function assertNoDependentFlags(tx: Transaction, flag: Pick<FeatureFlag, 'id' | 'projectId' | 'active'>): Promise<void> {
  if (!flag.active) return
  await lockDependencies(tx, flag.projectId)
  const dependents = await findDependentFlags(tx, flag)
  if (dependents.length > 0) throw dependentFlagsError(dependents.map(({ key }) => key))
}

/** The error for a flag that must stay on, because other flags depend on it. */
export function dependentFlagsError(keys: readonly string[]): InvalidStateError {
  const named = keys.slice(0, 10).join(', ')
  return new InvalidStateError(`Cannot disable this feature flag because other active flags depend on it: ${named}.`, 'ACTIVE')
}
