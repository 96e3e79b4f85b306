import type { Actor } from '../../../auth/actor.ts'
import type { Command } from '../../../commands/command.ts'
import { findCommand } from '../../../commands/registry.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'

// What the replay of a change request needs: its command and its requester.

export type FailureReason =
  | 'VERSION_MISMATCH'
  | 'OWNER_CHANGED'
  | 'REQUESTER_LOST_ACCESS'
  | 'REQUESTER_GONE'
  | 'PAYLOAD_INVALID'
  | 'RESOURCE_GONE'
  | 'INTERNAL'

/** Thrown when the replay of a change request cannot go on. */
export class ReplayError extends Error {
  readonly reason: FailureReason
  constructor(reason: FailureReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** @throws ReplayError if a later version of the service removed the command. */
export function requireCommand({ operation }: ChangeRequest): Command<unknown> {
  const command = findCommand(operation)
  if (command === null) throw new ReplayError('PAYLOAD_INVALID', `The mutation '${operation}' no longer exists.`)
  return command
}

/**
 * Returns the requester of a change as the actor of its replay (approvals.md 12).
 *
 * @throws ReplayError if the requester is gone, or no longer has access to the project.
 */
export async function requireRequester(tx: Transaction, { requestedById, projectId }: ChangeRequest, now: Date): Promise<Actor> {
  const found =
    requestedById === null
      ? null
      : await tx.user.findUnique({
          where: { id: requestedById },
          include: { memberships: { include: { organization: { include: { projects: { where: { id: projectId } } } } } } },
        })
  if (!found?.isActive) throw new ReplayError('REQUESTER_GONE', "The requester's account is gone.")
  const { memberships, ...user } = found
  if (!memberships.some(({ organization }) => organization.projects.length > 0)) {
    throw new ReplayError('REQUESTER_LOST_ACCESS', 'The requester no longer has access to the project.')
  }
  const organizations = memberships.map(({ level, organization: { id, name } }) => ({ id, name, level, allowsApiKeys: true }))
  return { user, organizations, scopedProjects: [], scopedOrganizations: [], keyMask: null, now }
}
