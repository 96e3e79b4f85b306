import type { Actor } from '../../../auth/actor.ts'
import { membershipLevel, membershipLevelNames } from '../../../auth/membershipLevel.ts'
import type { CommandPlan, FlagChange } from '../../../commands/command.ts'
import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { type FlagOwner, type GatedAction, type GuardedChange, guardedChanges } from '../rules/guardedChanges.ts'
import { matchesCondition } from '../rules/policyConditions.ts'

/** A policy that guards a change, and by what right the actor may pass it; null when they may not. */
interface PolicyMatch {
  action: GatedAction
  change: GuardedChange
  policy: ApprovalPolicy
  bypassReason: string | null
}

/** What the gate says of a plan. */
export type GateDecision =
  | { kind: 'pass'; bypassed: readonly PolicyMatch[] }
  | { kind: 'approval'; match: PolicyMatch; owner: FlagOwner }
  | { kind: 'conflict'; policies: readonly ApprovalPolicy[] }

/**
 * The approval gate (approvals.md 4): whether what an operation would do to a flag needs the consent of others. Every write passes
 * here, on rows that are locked and before anything is written. What it throws refuses the write.
 */
export async function evaluateGate(tx: Transaction, actor: Actor, { project, flag }: CommandPlan): Promise<GateDecision> {
  if (flag === null) return { kind: 'pass', bypassed: [] }
  // At most one an action for the project, and one for the organization.
  const policies = await tx.approvalPolicy.findMany({
    where: { organizationId: project.organizationId, OR: [{ projectId: project.id }, { projectId: null }], enabled: true },
  })
  // Whose the flag is matters only to policies.
  if (policies.length === 0) return { kind: 'pass', bypassed: [] }
  const owner = await loadFlagOwner(tx, flag)
  const changes = guardedChanges(flag.before, flag.after, owner)
  if (changes.length === 0) return { kind: 'pass', bypassed: [] }

  const roles = await loadRoles(tx, actor.user.id, project.organizationId)
  const level = membershipLevel(actor, project.organizationId)
  const matches = changes.flatMap((change) => matchPolicy(change, policies, { level, roles }) ?? [])
  const [required, ...otherMatches] = matches.filter(({ bypassReason: bypass }) => bypass === null)
  if (required === undefined) return { kind: 'pass', bypassed: matches }
  // One request carries the consent to one action; its replay writes the whole change (approvals.md 6.2).
  if (otherMatches.length > 0) return { kind: 'conflict', policies: [required, ...otherMatches].map(({ policy }) => policy) }
  return { kind: 'approval', match: required, owner }
}

/** Whose the flag is (approvals.md 3.6). */
export async function loadFlagOwner(
  tx: Transaction,
  { id, createdForExperiment }: Pick<FlagChange, 'id' | 'createdForExperiment'>,
): Promise<FlagOwner> {
  if (id === null) return createdForExperiment ? 'createdForExperiment' : 'none'
  // A live one first, if there is any.
  const experiment = await tx.experiment.findFirst({ where: { featureFlagId: id }, orderBy: { deleted: 'asc' }, select: { deleted: true } })
  return experiment === null ? 'none' : experiment.deleted ? 'deletedExperiment' : 'experiment'
}

/** The roles a person holds in an organization. */
export async function loadRoles(tx: Transaction, userId: number, organizationId: string): Promise<{ id: string; name: string }[]> {
  return tx.role.findMany({ where: { organizationId, members: { some: { userId } } }, select: { id: true, name: true }, take: 1_000 })
}

/**
 * The policy that governs a change: of the first action that has one, the project's, or the organization's where the conditions of the
 * project's do not match (spec/README.md 9). Null when none does.
 */
function matchPolicy(
  change: GuardedChange,
  policies: readonly ApprovalPolicy[],
  actor: { level: number | null; roles: readonly { id: string; name: string }[] },
): PolicyMatch | null {
  for (const action of change.actions) {
    const policy = policies
      .filter(({ actionKey, conditions }) => actionKey === action && matchesCondition(conditions, change))
      .sort((a, b) => Number(a.projectId === null) - Number(b.projectId === null))[0]
    if (policy !== undefined) return { action, change, policy: policy, bypassReason: getBypassReason(policy, actor) }
  }
  return null
}

/** By what right somebody may pass a policy: a level or role that it lists. Listed is listed, not "at least" (approvals.md 7). */
function getBypassReason(
  policy: Pick<ApprovalPolicy, 'bypassMembershipLevels' | 'bypassRoleIds'>,
  { level, roles }: { level: number | null; roles: readonly { id: string; name: string }[] },
): string | null {
  if (level === null) return null
  if (policy.bypassMembershipLevels.includes(level)) return `level ${membershipLevelNames[level]}`
  const role = roles.find(({ id }) => policy.bypassRoleIds.includes(id))
  return role === undefined ? null : `role '${role.name}'`
}
