import type { Actor } from '../../../auth/actor.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'

/** Returns the requester of a change as the actor of its replay. If that is no longer possible, `reason` and `message` say why (approvals.md 12). */
export async function resolveRequester(
  tx: Transaction,
  { requestedById, projectId }: Pick<ChangeRequest, 'requestedById' | 'projectId'>,
  now: Date,
): Promise<{ actor: Actor } | { actor: null; reason: 'REQUESTER_GONE' | 'REQUESTER_LOST_ACCESS'; message: string }> {
  const user =
    requestedById === null
      ? null
      : await tx.user.findUnique({
          where: { id: requestedById },
          include: { memberships: { include: { organization: { include: { projects: { where: { id: projectId } } } } } } },
        })
  if (user === null || !user.isActive) return { actor: null, reason: 'REQUESTER_GONE', message: "The requester's account is gone." }
  const { memberships, ...requester } = user
  if (!memberships.some(({ organization }) => organization.projects.length > 0)) {
    return { actor: null, reason: 'REQUESTER_LOST_ACCESS', message: 'The requester no longer has access to the project.' }
  }
  const organizations = memberships.map(({ level, organization: { id, name } }) => ({ id, name, level, allowsApiKeys: true }))
  return { actor: { user: requester, organizations, scopedProjects: [], scopedOrganizations: [], keyMask: null, now } }
}
