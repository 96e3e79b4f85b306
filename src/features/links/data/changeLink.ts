import type { Actor } from '../../../auth/actor.ts'
import { adminLevel, membershipLevel } from '../../../auth/membershipLevel.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { LinkTarget } from '../../../commands/upstream.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Prisma, Project } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { InvalidStateError, PermissionDeniedError, ResourceNotFoundError, ValidationError } from '../../../platform/domainErrors.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { OperatorError } from '../../../platform/operatorError.ts'
import { validateRequiredText } from '../../../platform/textValidation.ts'
import { UpstreamError, type UpstreamErrorKind } from '../../../platform/upstreamError.ts'

/**
 * Returns a project whose link the actor may change.
 *
 * @throws ResourceNotFoundError if the actor cannot see the project.
 * @throws PermissionDeniedError if the actor is not an admin or owner of its organization.
 */
export async function findAdminProject(tx: Transaction, actor: Actor, id: number): Promise<Project> {
  const project = await findWritableProject(tx, actor, id)
  if ((membershipLevel(actor, project.organizationId) ?? 0) < adminLevel) {
    throw new PermissionDeniedError('Only admins and owners of the organization can change the link of a project.')
  }
  return project
}

/** Records a change of a link. Keys are never among the values. */
export async function recordLinkActivity(
  unit: UnitOfWork,
  actor: Actor,
  activity: string,
  { id, organizationId, name }: Project,
  values: { before: Prisma.InputJsonObject; after: Prisma.InputJsonObject },
): Promise<void> {
  const resource = { type: 'PROJECT_SETTINGS', id, name } as const
  await recordActivity(unit, { activity, actor, organizationId, projectId: id, resource, ...values })
}

export function notLinked(): ResourceNotFoundError {
  return new ResourceNotFoundError('The project is not linked to PostHog.')
}

/** The fields that are at fault, by what PostHog says. */
const faultyFields: Partial<Record<UpstreamErrorKind, keyof LinkTarget>> = {
  host_refused: 'host',
  malformed: 'host',
  no_endpoint: 'host',
  unauthenticated: 'key',
  forbidden: 'key',
  not_found: 'upstreamProjectId',
}

/** The same for another key of a link whose host and project have been right. */
const faultsOfKeys: typeof faultyFields = { unauthenticated: 'key', forbidden: 'key', not_found: 'key' }

/**
 * Converts what went wrong when a link was checked or made to an error of the mutation. Messages of the client contain no key.
 *
 * @param givesHost whether the input names host and project. A host that cannot be connected to is then probably misspelt.
 */
export function toLinkError(error: unknown, givesHost = false): unknown {
  if (error instanceof OperatorError) return new InvalidStateError(error.message, 'NOT_LINKABLE')
  if (!(error instanceof UpstreamError)) return error
  const { kind, status, outcomeUnknown } = error
  const isNowhere = givesHost && kind === 'unavailable' && status === null && !outcomeUnknown
  const field = isNowhere ? 'host' : givesHost ? faultyFields[kind] : faultsOfKeys[kind]
  return field === undefined ? error : new ValidationError([fieldError([field], error.message)])
}

/** Checks a key of PostHog, which is sent in a header. */
export function validateUpstreamKey(key: string): FieldError[] {
  const errors = validateRequiredText(['key'], key, 400)
  return errors.length > 0 ? errors : errorIf(!/^[!-~]+$/.test(key.trim()), ['key'], 'Must be ASCII characters without spaces.')
}
