import { membershipLevel, membershipLevelNames } from '../../../auth/membershipLevel.ts'
import { type ApprovalGate, type Bypass, PolicyConflictError } from '../../../commands/approvalGate.ts'
import type { CommandPlan } from '../../../commands/command.ts'
import { describeChange, describeSkipped } from '../rules/describeChange.ts'
import { type BypassedMatch, decideGate } from '../rules/gateDecision.ts'
import { plannedChanges } from '../rules/guardedChanges.ts'
import { createChangeRequest } from './createChangeRequest.ts'
import { loadFlagOwner } from './flagOwner.ts'

const unguarded = { bypasses: [] }

/** The gate that checks plans against the approval policies of the project and its organization (approvals.md 4). */
export const approvalGate: ApprovalGate = {
  async check(unit, actor, command, call, plan) {
    const { tx } = unit
    const { project, flag, holdout } = plan
    if (flag === null && holdout === undefined) return unguarded
    // Each action has at most one policy for the project, and at most one for the organization.
    const policies = await tx.approvalPolicy.findMany({
      // Those that are mirrored guard the project in PostHog.
      where: {
        organizationId: project.organizationId,
        OR: [{ projectId: project.id }, { projectId: null }],
        enabled: true,
        importedId: null,
      },
    })
    // Without policies, the owner of the flag is not needed.
    if (policies.length === 0) return unguarded
    const owner = flag === null ? 'none' : await loadFlagOwner(tx, flag)
    const changes = plannedChanges(plan, owner)
    if (changes.length === 0) return unguarded

    const roles = await tx.role.findMany({
      where: { organizationId: project.organizationId, members: { some: { userId: actor.user.id } } },
      select: { id: true, name: true },
      take: 1_000,
    })
    const level = membershipLevel(actor, project.organizationId)
    const { required, bypassed } = decideGate(changes, policies, { level, roles })
    // A request is approved for one action, but its replay writes the whole change (approvals.md 6.2).
    if (required.length > 1) throw new PolicyConflictError(required.map(({ policy }) => policy))
    const bypasses = bypassed.map((match) => toBypass(match, plan))
    if (required[0] === undefined) return { bypasses }
    return { error: await createChangeRequest(unit, actor, command, call, plan, owner, required[0]), bypasses }
  },
}

function toBypass({ policy, action, change, bypass }: BypassedMatch, plan: CommandPlan): Bypass {
  const reason = 'level' in bypass ? `level ${membershipLevelNames[bypass.level]}` : `role '${bypass.roleName}'`
  return { policyId: policy.id, action, reason, skipped: describeSkipped(policy, describeChange(action, plan, change.triggers)) }
}
