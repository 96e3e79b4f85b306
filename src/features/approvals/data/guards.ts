import { membershipLevel } from '../../../auth/membershipLevel.ts'
import type { FlagChange } from '../../../commands/command.ts'
import type { ApprovalPolicy, ChangeRequest, Project } from '../../../database/generated/client.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { loaderByParent } from '../../../graphql/dataLoaders.ts'
import { decideGate, findBypass } from '../rules/gateDecision.ts'
import { possiblePolicies } from '../rules/governingPolicies.ts'
import { guardedChanges, possibleActions } from '../rules/guardedChanges.ts'
import { openStates } from '../rules/openStates.ts'
import { loadFlagOwners } from './flagOwner.ts'

/** A policy that can guard the next edit of a flag. */
export interface Guard {
  policy: ApprovalPolicy
  viewerBypasses: boolean
  openRequest: ChangeRequest | null
}

/** The flag as far as guards depend on it. */
interface GuardedFlag {
  id: number
  projectId: number
  active: boolean
  archived: boolean
  deleted: boolean
}

/** Loads the policies of projects that apply, those of their organizations included. Only for projects that the viewer may see. */
const policyLoader = loaderByParent(async (context, projectIds) => {
  const projects = await context.db.project.findMany({ where: { id: { in: projectIds } }, select: { id: true, organizationId: true } })
  const organizationIds = [...new Set(projects.map(({ organizationId }) => organizationId))]
  const policies = await context.db.approvalPolicy.findMany({
    where: { enabled: true, organizationId: { in: organizationIds }, OR: [{ projectId: { in: projectIds } }, { projectId: null }] },
    orderBy: { id: 'asc' },
  })
  return projects.flatMap(({ id, organizationId }) =>
    policies
      .filter((policy) => policy.organizationId === organizationId && (policy.projectId === null || policy.projectId === id))
      .map((policy) => ({ parentId: id, policy })),
  )
})

const ownerLoader = loaderByParent(async ({ db }, flagIds) =>
  [...(await loadFlagOwners(db, flagIds))].map(([parentId, owner]) => ({ parentId, owner })),
)

/** Loads the open requests on flags. A request after its deadline has expired, also before the job has stored that. */
const openRequestLoader = loaderByParent(async ({ db, now }, flagIds) => {
  const requests = await db.changeRequest.findMany({
    where: { featureFlagId: { in: flagIds }, state: { in: [...openStates] }, expiresAt: { gt: now } },
  })
  return requests.flatMap((request) => (request.featureFlagId === null ? [] : [{ parentId: request.featureFlagId, request }]))
})

/** Loads the roles of users, by user id. */
const rolesLoader = loaderByParent(async ({ db }, userIds) => {
  const memberships = await db.roleMembership.findMany({
    where: { userId: { in: userIds } },
    select: { userId: true, role: { select: { id: true, name: true, organizationId: true } } },
    relationLoadStrategy: 'join',
  })
  return memberships.map(({ userId, role }) => ({ parentId: userId, ...role }))
})

/** Loads what decides about the guards of a flag. Null without policies. */
async function loadGuardFacts(context: Context, flag: Pick<GuardedFlag, 'id' | 'projectId'>) {
  const policies = (await policyLoader(context).load(flag.projectId)).map(({ policy }) => policy)
  // Without policies, the owner of the flag is not needed.
  if (policies.length === 0) return null
  const viewer = requireViewer(context)
  const [owners, requests, roles] = await Promise.all([
    ownerLoader(context).load(flag.id),
    openRequestLoader(context).load(flag.id),
    rolesLoader(context).load(viewer.user.id),
  ])
  const rightsIn = (organizationId: string) => ({
    level: membershipLevel(viewer, organizationId),
    roles: roles.filter((role) => role.organizationId === organizationId),
  })
  const toGuard = (policy: ApprovalPolicy): Guard => ({
    policy,
    viewerBypasses: findBypass(policy, rightsIn(policy.organizationId)) !== null,
    openRequest: requests.find(({ request }) => request.actionKey === policy.actionKey)?.request ?? null,
  })
  return { policies, owner: owners[0]?.owner ?? ('none' as const), rightsIn, toGuard }
}

/** Loads the policies that can guard the next edit of a flag, in the order of `possibleActions`. */
export async function loadGuards(context: Context, flag: GuardedFlag): Promise<Guard[]> {
  const facts = await loadGuardFacts(context, flag)
  if (facts === null) return []
  const possible = possibleActions(flag, facts.owner).flatMap((actions) => possiblePolicies(actions, facts.policies))
  return [...new Set(possible)].map(facts.toGuard)
}

/** Loads the policies that guard this change of a flag, with those that the viewer bypasses. */
export async function loadChangeGuards(
  context: Context,
  project: Pick<Project, 'id' | 'organizationId'>,
  flagId: number,
  { before, after, guardsConditions }: FlagChange,
): Promise<Guard[]> {
  const facts = await loadGuardFacts(context, { id: flagId, projectId: project.id })
  if (facts === null) return []
  const changes = guardedChanges(before, after, facts.owner, guardsConditions)
  const { required, bypassed } = decideGate(changes, facts.policies, facts.rightsIn(project.organizationId))
  return [...required, ...bypassed].map(({ policy }) => facts.toGuard(policy))
}
