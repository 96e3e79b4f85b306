import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy, Prisma, Project } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { asObject, toJsonValue } from '../../../platform/json.ts'
import type { RowChange } from '../../import/writeRows.ts'
import { hasSameValues } from '../../rows/hasSameValues.ts'
import { findOrCreateUsers } from '../../rows/users.ts'
import { findUserIds } from './storePeople.ts'
import { type ChangeRequestJson, type PolicyJson, requestIntent, requestState, resultVersion } from './upstreamApprovals.ts'

const twoWeeksMs = 14 * 24 * 60 * 60 * 1_000

/** Stores a policy of PostHog. Returns why it cannot be stored, or what changed. */
export async function storePolicy(tx: Transaction, project: Project, row: PolicyJson): Promise<string | RowChange[]> {
  const { id: projectId, organizationId } = project
  const { id: importedId, action_key: actionKey, approver_config: approvers } = row
  const stored = await tx.approvalPolicy.findFirst({ where: { projectId, importedId } })
  const own = await tx.approvalPolicy.findFirst({ where: { organizationId, projectId, actionKey, NOT: { importedId } } })
  if (own !== null && own.importedId === null) return `action_key must be free: the project has a policy of its own for ${actionKey}`
  // PostHog has one policy for an action. Another one here is older, and gone there.
  const replaced = own === null ? [] : await removePolicies(tx, [own])
  const users = await findUserIds(tx, projectId, approvers.users ?? [])
  const userId = await findOrCreateUsers(tx, organizationId, [row.created_by])
  const columns = {
    actionKey,
    conditions: row.conditions as Prisma.InputJsonObject,
    quorum: approvers.quorum,
    approverUserIds: (approvers.users ?? []).flatMap((number) => users.get(number) ?? []),
    approverRoleIds: await findRoleIds(tx, organizationId, approvers.roles ?? []),
    allowSelfApprove: row.allow_self_approve,
    bypassMembershipLevels: row.bypass_org_membership_levels,
    bypassRoleIds: await findRoleIds(tx, organizationId, row.bypass_roles ?? []),
    expiresAfterSeconds: row.expires_after,
    enabled: row.enabled,
    createdById: userId(row.created_by),
    ...(row.created_at === undefined ? {} : { createdAt: row.created_at }),
    ...(row.updated_at === undefined ? {} : { updatedAt: row.updated_at }),
  }
  if (stored !== null && hasSameValues(columns, stored)) return replaced
  const { id } =
    stored === null
      ? await tx.approvalPolicy.create({ data: { ...columns, organizationId, projectId, importedId }, select: { id: true } })
      : await tx.approvalPolicy.update({ where: { id: stored.id }, data: columns, select: { id: true } })
  return [...replaced, { id, importedId, before: stored, after: columns }]
}

/** Removes policies that are gone from PostHog. Returns what changed. */
export async function removePolicies(tx: Transaction, policies: readonly ApprovalPolicy[]): Promise<RowChange[]> {
  await tx.approvalPolicy.deleteMany({ where: { id: { in: policies.map(({ id }) => id) } } })
  return policies.map(({ id, importedId, ...values }) => ({
    ...{ id, importedId: importedId ?? '' },
    ...{ before: { deleted: false, ...values }, after: { deleted: true } },
  }))
}

async function findRoleIds(tx: Transaction, organizationId: string, importedIds: readonly string[]): Promise<string[]> {
  if (importedIds.length === 0) return []
  const roles = await tx.role.findMany({ where: { organizationId, importedId: { in: [...importedIds] } }, select: { id: true } })
  return roles.map(({ id }) => id)
}

/** Stores a change request of PostHog, with its votes. Returns why it cannot be stored, or whether anything changed. */
export async function storeChangeRequest(unit: UnitOfWork, project: Project, row: ChangeRequestJson): Promise<string | boolean> {
  const { tx } = unit
  const { id: projectId, organizationId } = project
  if (row.resource_type === null) return 'resource_type must be feature_flag, experiment or experiment_holdout'
  const target = await findTarget(tx, projectId, row.resource_type, row.resource_id)
  const userId = await findOrCreateUsers(tx, organizationId, [
    row.created_by,
    row.applied_by,
    ...row.approvals.map((vote) => vote.created_by),
  ])
  const intent = requestIntent(row.intent_display)
  const state = requestState(row)
  const updatedAt = row.updated_at ?? row.created_at
  const columns = {
    actionKey: row.action_key,
    resourceType: row.resource_type,
    resourceId: target.resourceId,
    resourceName: target.name,
    featureFlagId: target.featureFlagId,
    // Not the key of an own request: what is open in PostHog does not block what is asked for here.
    targetKey: `upstream:${row.id}`,
    operation: 'upstream',
    input: {},
    description: intent.description,
    before: intent.before as Prisma.InputJsonObject,
    after: intent.after as Prisma.InputJsonObject,
    preconditions: {},
    policySnapshot: await toSnapshot(tx, project, row),
    validationStatus: validationStatusOf(row.validation_status),
    state,
    requestedById: userId(row.created_by),
    decidedById: userId(row.applied_by),
    expiresAt: row.expires_at ?? new Date(row.created_at.getTime() + twoWeeksMs),
    appliedAt: state === 'APPLIED' ? (row.applied_at ?? updatedAt) : null,
    applyError: row.apply_error,
    resultVersion: resultVersion(row.result_data),
    createdAt: row.created_at,
    updatedAt,
  } as const
  const votes = row.approvals.map((vote) => ({
    createdById: userId(vote.created_by),
    decision: vote.decision === 'approved' ? ('APPROVED' as const) : ('REJECTED' as const),
    reason: vote.reason,
    createdAt: vote.created_at ?? updatedAt,
  }))
  const stored = await tx.changeRequest.findFirst({
    where: { projectId, importedId: row.id },
    include: { approvals: { orderBy: { id: 'asc' }, select: { createdById: true, decision: true, reason: true, createdAt: true } } },
  })
  // An answer that was overtaken: a request never becomes open again.
  if (stored !== null && stored.updatedAt > updatedAt) return false
  if (stored !== null && hasSameValues(columns, stored) && isDeepStrictEqual(toJsonValue(votes), toJsonValue(stored.approvals)))
    return false
  const { id } =
    stored === null
      ? await tx.changeRequest.create({ data: { ...columns, projectId, importedId: row.id } })
      : await tx.changeRequest.update({ where: { id: stored.id }, data: columns })
  await tx.approval.deleteMany({ where: { changeRequestId: id } })
  await tx.approval.createMany({ data: votes.map((vote) => ({ ...vote, changeRequestId: id })), skipDuplicates: true })
  unit.recordChange({ projectId, changeRequestId: id })
  return true
}

/** The rows here that a request is about. All null for those that are not here, or yet to be created. */
async function findTarget(
  tx: Transaction,
  projectId: number,
  type: ChangeRequestJson['resource_type'],
  id: string | number | null | undefined,
) {
  const importedId = Number(id ?? 0)
  const where = { projectId, importedId }
  const nothing = { resourceId: null, featureFlagId: null, name: '' }
  if (!Number.isInteger(importedId) || importedId < 1 || importedId > 2_147_483_647) return nothing
  if (type === 'FEATURE_FLAG') {
    const flag = await tx.featureFlag.findFirst({ where, select: { id: true, key: true } })
    return flag === null ? nothing : { resourceId: flag.id, featureFlagId: flag.id, name: flag.key }
  }
  if (type === 'EXPERIMENT') {
    const experiment = await tx.experiment.findFirst({ where, select: { id: true, name: true, featureFlagId: true } })
    return experiment === null ? nothing : { resourceId: experiment.id, featureFlagId: experiment.featureFlagId, name: experiment.name }
  }
  const holdout = await tx.holdout.findFirst({ where, select: { id: true, name: true } })
  return holdout === null ? nothing : { resourceId: holdout.id, featureFlagId: null, name: holdout.name }
}

/** The policy at the time of the request, with our numbers of people and roles, in the form of own requests. */
async function toSnapshot(
  tx: Transaction,
  { id: projectId, organizationId }: Project,
  row: ChangeRequestJson,
): Promise<Prisma.InputJsonObject> {
  const snapshot = asObject(row.policy_snapshot) ?? {}
  const numbers = listOf(snapshot.users).filter((value) => typeof value === 'number')
  const texts = (value: unknown) => listOf(value).filter((entry) => typeof entry === 'string' && /^[0-9a-f-]{36}$/i.test(entry)) as string[]
  const users = await findUserIds(tx, projectId, numbers)
  const policy = await tx.approvalPolicy.findFirst({ where: { projectId, actionKey: row.action_key, importedId: { not: null } } })
  return {
    policyId: policy?.id ?? 0,
    quorum: typeof snapshot.quorum === 'number' && Number.isInteger(snapshot.quorum) ? Math.max(1, snapshot.quorum) : 1,
    users: numbers.flatMap((number) => users.get(number) ?? []),
    roles: await findRoleIds(tx, organizationId, texts(snapshot.roles)),
    allowSelfApprove: snapshot.allow_self_approve === true,
    conditions: (asObject(snapshot.conditions) ?? {}) as Prisma.InputJsonObject,
    bypassMembershipLevels: listOf(snapshot.bypass_org_membership_levels).filter((level) =>
      [1, 8, 15].includes(level as number),
    ) as number[],
    bypassRoles: await findRoleIds(tx, organizationId, texts(snapshot.bypass_roles)),
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function validationStatusOf(status: string | null | undefined): 'VALID' | 'INVALID' | 'STALE' {
  if (status === 'stale') return 'STALE'
  return status === 'invalid' || status === 'expired' ? 'INVALID' : 'VALID'
}
