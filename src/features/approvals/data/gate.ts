import { membershipLevel, membershipLevelNames } from '../../../auth/membershipLevel.ts'
import { type ApprovalGate, PolicyConflictError } from '../../../commands/approvalGate.ts'
import type { FlagChange } from '../../../commands/command.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import { type FlagOwner, type GuardedChange, guardedChanges } from '../rules/guardedChanges.ts'
import { matchesCondition } from '../rules/policyConditions.ts'
import { createChangeRequest, type RequiredApproval } from './createChangeRequest.ts'

/** The level and the roles of an actor in the organization. */
interface Rights {
  level: number | null
  roles: readonly { id: string; name: string }[]
}

interface PolicyMatch extends RequiredApproval {
  /** The level or role that lets the actor bypass the policy; null if there is none. */
  bypassReason: string | null
}

/** The gate that checks plans against the approval policies of the project and its organization (approvals.md 4). */
export const approvalGate: ApprovalGate = {
  async check(unit, actor, command, input, plan) {
    const { tx } = unit
    const { project, flag } = plan
    if (flag === null) return { bypasses: [] }
    // Each action has at most one policy for the project, and at most one for the organization.
    const policies = await tx.approvalPolicy.findMany({
      where: { organizationId: project.organizationId, OR: [{ projectId: project.id }, { projectId: null }], enabled: true },
    })
    // Without policies, the owner of the flag is not needed.
    if (policies.length === 0) return { bypasses: [] }
    const owner = await loadFlagOwner(tx, flag)
    const changes = guardedChanges(flag.before, flag.after, owner)
    if (changes.length === 0) return { bypasses: [] }

    const roles = await tx.role.findMany({
      where: { organizationId: project.organizationId, members: { some: { userId: actor.user.id } } },
      select: { id: true, name: true },
      take: 1_000,
    })
    const level = membershipLevel(actor, project.organizationId)
    const matches = changes.flatMap((change) => matchPolicy(change, policies, { level, roles }) ?? [])
    const required = matches.filter(({ bypassReason }) => bypassReason === null)
    // A request is approved for one action, but its replay writes the whole change (approvals.md 6.2).
    if (required.length > 1) throw new PolicyConflictError(required.map(({ policy }) => policy))
    if (required[0] !== undefined) return { error: await createChangeRequest(unit, actor, command, input, plan, owner, required[0]) }
    return { bypasses: matches.map(({ policy, action, bypassReason }) => ({ policyId: policy.id, action, reason: bypassReason ?? '' })) }
  },
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

/**
 * The policy that applies to a change, or null. The actions of the change are tried in order, and policies whose condition does not match
 * are skipped. The project's policy comes before the organization's (spec/README.md 9).
 */
function matchPolicy(change: GuardedChange, policies: readonly ApprovalPolicy[], actor: Rights): PolicyMatch | null {
  for (const action of change.actions) {
    const policy = policies
      .filter(({ actionKey, conditions }) => actionKey === action && matchesCondition(conditions, change))
      .sort((a, b) => Number(a.projectId === null) - Number(b.projectId === null))[0]
    if (policy !== undefined) return { action, change, policy, bypassReason: getBypassReason(policy, actor) }
  }
  return null
}

/** Returns the level or role that lets a person bypass a policy. The policy must list it: a higher level does not count (approvals.md 7). */
function getBypassReason(policy: ApprovalPolicy, { level, roles }: Rights): string | null {
  if (level === null) return null
  if (policy.bypassMembershipLevels.includes(level)) return `level ${membershipLevelNames[level]}`
  const role = roles.find(({ id }) => policy.bypassRoleIds.includes(id))
  return role === undefined ? null : `role '${role.name}'`
}
