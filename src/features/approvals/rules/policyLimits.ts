import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'

// The limits of policies (approvals.md 16, 22.16). A policy is invalid if nobody could ever approve its requests.

const maxQuorum = 100
const maxExpirySeconds = 31_536_000

/** Checks the numbers of a policy. */
export function validateLimits({ quorum, expiresAfterSeconds }: Pick<ApprovalPolicy, 'quorum' | 'expiresAfterSeconds'>): FieldError[] {
  return [
    ...errorIf(quorum < 1, ['quorum'], 'Quorum must be at least 1'),
    ...errorIf(quorum > maxQuorum, ['quorum'], `Must be at most ${maxQuorum}.`),
    ...errorIf(
      expiresAfterSeconds < 1 || expiresAfterSeconds > maxExpirySeconds,
      ['expiresAfterSeconds'],
      `Must be a number of seconds from 1 to ${maxExpirySeconds} (a year).`,
    ),
  ]
}

/**
 * Checks that requests under a policy can reach their quorum.
 *
 * @param voters how many people may vote now
 */
export function validateQuorum(
  { quorum, approverUserIds, approverRoleIds }: Pick<ApprovalPolicy, 'quorum' | 'approverUserIds' | 'approverRoleIds'>,
  voters: number,
): FieldError[] {
  if (approverUserIds.length + approverRoleIds.length === 0)
    return [fieldError(['approverUserIds'], 'Name at least one approver, here or in approverRoleIds.', 'required')]
  return errorIf(voters < quorum, ['quorum'], `The quorum cannot be reached: it is ${quorum}, and there are ${voters} approvers.`)
}

/** Whether the quorum can be reached only for requests of people who are no approvers. */
export function needsOtherRequesters(
  { quorum, allowSelfApprove }: Pick<ApprovalPolicy, 'quorum' | 'allowSelfApprove'>,
  voters: number,
): boolean {
  return !allowSelfApprove && voters <= quorum
}
