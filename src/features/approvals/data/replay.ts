import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan } from '../../../commands/command.ts'
import { findCommand } from '../../../commands/registry.ts'
import { seededUuids } from '../../../commands/seededUuids.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { parsePreconditions } from '../rules/staleness.ts'

/**
 * Computes the plan of a change request again, in the name of the requester and with the ids of the first plan. It locks the rows of the plan.
 *
 * @param now the time that the plan uses as "now"
 * @throws DomainError if the change is not possible any more.
 */
export async function planAgain(
  { tx, eventsElsewhere }: Pick<UnitOfWork, 'tx' | 'eventsElsewhere'>,
  request: ChangeRequest,
  now: Date,
): Promise<{ actor: Actor; plan: CommandPlan }> {
  const command = findCommand(request.operation)
  if (command === null) throw new InvalidStateError(`The mutation '${request.operation}' no longer exists.`, request.state)
  const { idSeed, keyId } = parsePreconditions(request)
  const actor = await loadRequester(tx, request, keyId, now)
  // The client's `version` is outdated by now. The values are compared instead.
  const { version: _, ...input } = request.input as Record<string, unknown>
  return { actor, plan: await command.plan(tx, actor, input, seededUuids(idSeed), eventsElsewhere) }
}

/** Returns the requester of a change as the actor of its replay, with the restrictions of their key. `requesterFault` has checked them. */
async function loadRequester(tx: Transaction, { requestedById }: ChangeRequest, keyId: string | null, now: Date): Promise<Actor> {
  const { memberships, ...user } = await tx.user.findUniqueOrThrow({
    where: { id: requestedById ?? 0 },
    include: { memberships: { include: { organization: { select: { id: true, name: true } } } } },
  })
  const key =
    keyId === null
      ? null
      : await tx.personalApiKey.findUnique({ where: { id: keyId }, select: { scopedProjects: true, scopedOrganizations: true } })
  const organizations = memberships.map(({ level, organization: { id, name } }) => ({ id, name, level, allowsApiKeys: true }))
  const { scopedProjects, scopedOrganizations } = key ?? { scopedProjects: [], scopedOrganizations: [] }
  return { user, organizations, scopedProjects, scopedOrganizations, keyId: null, keyMask: null, now }
}
