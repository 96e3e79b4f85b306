import { type Actor, levelIn } from '../../../auth/actor.ts'
import type { FlagChange, Plan } from '../../../commands/command.ts'
import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { type FlagOwner, type GatedAction, type GatedChange, gatedChanges } from '../rules/guardedChanges.ts'
import { conditionMatches } from '../rules/policyConditions.ts'

/** A policy that guards a change, and by what right the actor may pass it; null when they may not. */
interface Ruling {
  action: GatedAction
  change: GatedChange
  policy: ApprovalPolicy
  bypass: string | null
}

/** What the gate says of a plan. */
export type Verdict =
  | { kind: 'pass'; bypassed: readonly Ruling[] }
  | { kind: 'approval'; ruling: Ruling; owner: FlagOwner }
  | { kind: 'conflict'; policies: readonly ApprovalPolicy[] }

/**
 * The approval gate (approvals.md 4): whether what an operation would do to a flag needs the consent of others. Every write passes
 * here, on rows that are locked and before anything is written. What it throws refuses the write.
 */
export async function judge(tx: Transaction, actor: Actor, { project, flag }: Plan): Promise<Verdict> {
  if (flag === null) return { kind: 'pass', bypassed: [] }
  // At most one an action for the project, and one for the organization.
  const policies = await tx.approvalPolicy.findMany({
    where: { organizationId: project.organizationId, OR: [{ projectId: project.id }, { projectId: null }], enabled: true },
  })
  // Whose the flag is matters only to policies.
  if (policies.length === 0) return { kind: 'pass', bypassed: [] }
  const owner = await ownerOf(tx, flag)
  const changes = gatedChanges(flag.before, flag.after, owner)
  if (changes.length === 0) return { kind: 'pass', bypassed: [] }

  const roles = await rolesOf(tx, actor.user.id, project.organizationId)
  const level = levelIn(actor, project.organizationId)
  const rulings = changes.flatMap((change) => rulingOn(change, policies, { level, roles }) ?? [])
  const [required, ...others] = rulings.filter(({ bypass }) => bypass === null)
  if (required === undefined) return { kind: 'pass', bypassed: rulings }
  // One request carries the consent to one action; its replay writes the whole change (approvals.md 6.2).
  if (others.length > 0) return { kind: 'conflict', policies: [required, ...others].map(({ policy }) => policy) }
  return { kind: 'approval', ruling: required, owner }
}

/** Whose the flag is (approvals.md 3.6). */
export async function ownerOf(
  tx: Transaction,
  { id, bornWithExperiment }: Pick<FlagChange, 'id' | 'bornWithExperiment'>,
): Promise<FlagOwner> {
  if (id === null) return bornWithExperiment ? 'bornWithExperiment' : 'none'
  // A live one first, if there is any.
  const user = await tx.experiment.findFirst({ where: { featureFlagId: id }, orderBy: { deleted: 'asc' }, select: { deleted: true } })
  return user === null ? 'none' : user.deleted ? 'deletedExperiment' : 'experiment'
}

/** The roles a person holds in an organization. */
export async function rolesOf(tx: Transaction, userId: number, organizationId: string): Promise<{ id: string; name: string }[]> {
  return tx.role.findMany({ where: { organizationId, members: { some: { userId } } }, select: { id: true, name: true }, take: 1_000 })
}

/**
 * The policy that governs a change: of the first action that has one, the project's, or the organization's where the conditions of the
 * project's do not match (spec/README.md 9). Null when none does.
 */
function rulingOn(
  change: GatedChange,
  policies: readonly ApprovalPolicy[],
  actor: { level: number | null; roles: readonly { id: string; name: string }[] },
): Ruling | null {
  for (const action of change.actions) {
    const governing = policies
      .filter(({ actionKey, conditions }) => actionKey === action && conditionMatches(conditions, change))
      .sort((a, b) => Number(a.projectId === null) - Number(b.projectId === null))[0]
    if (governing !== undefined) return { action, change, policy: governing, bypass: bypassOf(governing, actor) }
  }
  return null
}

const levelNames: Record<number, string> = { 1: 'member', 8: 'admin', 15: 'owner' }

/** By what right somebody may pass a policy: a level or role that it lists. Listed is listed, not "at least" (approvals.md 7). */
function bypassOf(
  policy: Pick<ApprovalPolicy, 'bypassMembershipLevels' | 'bypassRoleIds'>,
  { level, roles }: { level: number | null; roles: readonly { id: string; name: string }[] },
): string | null {
  if (level === null) return null
  if (policy.bypassMembershipLevels.includes(level)) return `level ${levelNames[level]}`
  const role = roles.find(({ id }) => policy.bypassRoleIds.includes(id))
  return role === undefined ? null : `role '${role.name}'`
}
