import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import type { GatedAction } from './guardedChanges.ts'
import { isUnconditional } from './policyConditions.ts'

// Which policies govern an action (approvals.md 6). The gate and what people see before an edit share these.

/** Returns the policies for an action in the order in which they are tried: the project's before the organization's. */
export function policiesFor(action: GatedAction, policies: readonly ApprovalPolicy[]): ApprovalPolicy[] {
  return policies
    .filter(({ actionKey }) => actionKey === action)
    .sort((a, b) => Number(a.projectId === null) - Number(b.projectId === null))
}

/**
 * Returns the policies that can govern an edit, for some changes or for all: none after the first that guards every change.
 *
 * @param actions the actions that the edit can count as, in the order in which they are tried
 */
export function possiblePolicies(actions: readonly GatedAction[], policies: readonly ApprovalPolicy[]): ApprovalPolicy[] {
  const ordered = actions.flatMap((action) => policiesFor(action, policies))
  const last = ordered.findIndex(({ conditions }) => isUnconditional(conditions))
  return last < 0 ? ordered : ordered.slice(0, last + 1)
}
