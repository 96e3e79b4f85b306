import type { Actor } from '../../../auth/actor.ts'
import { membershipLevel, membershipLevelNames } from '../../../auth/membershipLevel.ts'
import type { CommandPlan, FlagChange } from '../../../commands/command.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import { type FlagOwner, type GatedAction, type GuardedChange, guardedChanges } from '../rules/guardedChanges.ts'
import { matchesCondition } from '../rules/policyConditions.ts'

/** A policy that guards a change. `bypassReason` names the level or role that lets the actor bypass it; null if there is none. */
interface PolicyMatch {
  action: GatedAction
  change: GuardedChange
  policy: ApprovalPolicy
  bypassReason: string | null
}

/** The result of the gate for a plan. */
export type GateDecision =
  | { kind: 'pass'; bypassed: readonly PolicyMatch[] }
  | { kind: 'approval'; match: PolicyMatch; owner: FlagOwner }
  | { kind: 'conflict'; policies: readonly ApprovalPolicy[] }

/**
 * The approval gate (approvals.md 4): decides whether the change that a plan makes to a flag needs approval. Every plan is checked here, on
 * locked rows, before anything is written. Only replays are not checked.
 */
export async function evaluateGate(tx: Transaction, actor: Actor, { project, flag }: CommandPlan): Promise<GateDecision> {
  if (flag === null) return { kind: 'pass', bypassed: [] }
  // Each action has at most one policy for the project, and at most one for the organization.
  const policies = await tx.approvalPolicy.findMany({
    where: { organizationId: project.organizationId, OR: [{ projectId: project.id }, { projectId: null }], enabled: true },
  })
  // Without policies, the owner of the flag is not needed.
  if (policies.length === 0) return { kind: 'pass', bypassed: [] }
  const owner = await loadFlagOwner(tx, flag)
  const changes = guardedChanges(flag.before, flag.after, owner)
  if (changes.length === 0) return { kind: 'pass', bypassed: [] }

  const roles = await loadRoles(tx, actor.user.id, project.organizationId)
  const level = membershipLevel(actor, project.organizationId)
  const matches = changes.flatMap((change) => matchPolicy(change, policies, { level, roles }) ?? [])
  const [required, ...otherMatches] = matches.filter(({ bypassReason: bypass }) => bypass === null)
  if (required === undefined) return { kind: 'pass', bypassed: matches }
  // A request is approved for one action, but its replay writes the whole change (approvals.md 6.2).
  if (otherMatches.length > 0) return { kind: 'conflict', policies: [required, ...otherMatches].map(({ policy }) => policy) }
  return { kind: 'approval', match: required, owner }
}

/** Returns the owner of a flag: whether an experiment uses it (approvals.md 3.6). */
export async function loadFlagOwner(
  tx: Transaction,
  { id, createdForExperiment }: Pick<FlagChange, 'id' | 'createdForExperiment'>,
): Promise<FlagOwner> {
  if (id === null) return createdForExperiment ? 'createdForExperiment' : 'none'
  // Experiments that are not deleted come first.
  const experiment = await tx.experiment.findFirst({ where: { featureFlagId: id }, orderBy: { deleted: 'asc' }, select: { deleted: true } })
  return experiment === null ? 'none' : experiment.deleted ? 'deletedExperiment' : 'experiment'
}

/** The roles of a person in an organization. */
export async function loadRoles(tx: Transaction, userId: number, organizationId: string): Promise<{ id: string; name: string }[]> {
  return tx.role.findMany({ where: { organizationId, members: { some: { userId } } }, select: { id: true, name: true }, take: 1_000 })
}

/**
 * The policy that applies to a change, or null. The actions of the change are tried in order, and policies whose condition does not match
 * are skipped. The project's policy comes before the organization's (spec/README.md 9).
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

/** Returns the level or role that lets a person bypass a policy. The policy must list it: a higher level does not count (approvals.md 7). */
function getBypassReason(
  policy: Pick<ApprovalPolicy, 'bypassMembershipLevels' | 'bypassRoleIds'>,
  { level, roles }: { level: number | null; roles: readonly { id: string; name: string }[] },
): string | null {
  if (level === null) return null
  if (policy.bypassMembershipLevels.includes(level)) return `level ${membershipLevelNames[level]}`
  const role = roles.find(({ id }) => policy.bypassRoleIds.includes(id))
  return role === undefined ? null : `role '${role.name}'`
}
