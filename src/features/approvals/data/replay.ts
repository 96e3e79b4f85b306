import type { Actor } from '../../../auth/actor.ts'
import { toActor, withOrganizations } from '../../../auth/toActor.ts'
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

/** Returns the requester of a change as the actor of its replay. `requesterFault` has checked the person and the key. */
async function loadRequester(tx: Transaction, { requestedById }: ChangeRequest, keyId: string | null, now: Date): Promise<Actor> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: requestedById ?? 0 }, include: withOrganizations })
  // Without its key, the actor would have none of its restrictions.
  const key = keyId === null ? null : await tx.personalApiKey.findUniqueOrThrow({ where: { id: keyId } })
  return toActor(user, key, now)
}
