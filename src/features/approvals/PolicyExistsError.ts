import type { ApprovalPolicy as PolicyRow } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { ErrorInterface } from '../../graphql/mutationErrorTypes.ts'
import { DomainError } from '../../platform/domainErrors.ts'
import { ApprovalPolicy } from './ApprovalPolicy.ts'

/** Each action has at most one policy per project, and at most one for the whole organization. */
export class PolicyExistsError extends DomainError {
  readonly code = 'POLICY_EXISTS'
  readonly existing: PolicyRow
  constructor(existing: PolicyRow) {
    super('A policy for this action already exists. You can edit the existing policy instead.')
    this.existing = existing
  }
}

builder.objectType(PolicyExistsError, {
  name: 'PolicyExistsError',
  description: 'The project, or the whole organization, already has a policy for this action. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    existing: t.field({
      type: ApprovalPolicy,
      description: 'The existing policy.',
      grantScopes: ['ownRequest'],
      resolve: ({ existing }) => existing,
    }),
  }),
})
