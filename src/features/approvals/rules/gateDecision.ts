import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import { policiesFor } from './governingPolicies.ts'
import type { GatedAction, GuardedChange } from './guardedChanges.ts'
import { matchesCondition } from './policyConditions.ts'

// What the policies say about a change (approvals.md 4). The gate and forecasts of it share this decision.

/** The level and the roles of an actor in the organization. */
export interface Rights {
  level: number | null
  roles: readonly { id: string; name: string }[]
}

/** A policy that guards a change. */
export interface PolicyMatch {
  policy: ApprovalPolicy
  action: GatedAction
  change: GuardedChange
  /** The level or role that lets the actor bypass the policy; null if there is none. */
  bypass: { level: number } | { roleName: string } | null
}

/** A policy that guards a change, and that the actor bypasses. */
export type BypassedMatch = PolicyMatch & { bypass: NonNullable<PolicyMatch['bypass']> }

/**
 * Returns the policies that guard changes: those that require an approval of the actor, and those that the actor bypasses.
 *
 * @param policies the enabled policies of the project and of its organization
 */
export function decideGate(
  changes: readonly GuardedChange[],
  policies: readonly ApprovalPolicy[],
  actor: Rights,
): { required: PolicyMatch[]; bypassed: BypassedMatch[] } {
  const found = changes.flatMap((change) => matchPolicy(change, policies, actor) ?? [])
  // A policy that guards several flags of a plan is asked once.
  const matches = [...new Map(found.map((match) => [match.policy.id, match])).values()]
  return {
    required: matches.filter(({ bypass }) => bypass === null),
    bypassed: matches.filter((match): match is BypassedMatch => match.bypass !== null),
  }
}

/**
 * The policy that applies to a change, or null. The actions of the change are tried in order, and policies whose condition does not match
 * are skipped. The project's policy comes before the organization's.
 */
function matchPolicy(change: GuardedChange, policies: readonly ApprovalPolicy[], actor: Rights): PolicyMatch | null {
  for (const action of change.actions) {
    const policy = policiesFor(action, policies).find(({ conditions }) => matchesCondition(conditions, change))
    if (policy !== undefined) return { action, change, policy, bypass: findBypass(policy, actor) }
  }
  return null
}

/** Returns the level or role that lets a person bypass a policy. The policy must list it: a higher level does not count (approvals.md 7). */
export function findBypass(policy: ApprovalPolicy, { level, roles }: Rights): PolicyMatch['bypass'] {
  if (level === null) return null
  if (policy.bypassMembershipLevels.includes(level)) return { level }
  const role = roles.find(({ id }) => policy.bypassRoleIds.includes(id))
  return role === undefined ? null : { roleName: role.name }
}
