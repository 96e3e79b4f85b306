import { adminLevel, memberLevel, ownerLevel } from '../../auth/membershipLevel.ts'
import { builder } from '../../graphql/builder.ts'

export const OrganizationMembershipLevel = builder.enumType('OrganizationMembershipLevel', {
  description: 'The membership level of a person in an organization.',
  values: {
    MEMBER: { value: memberLevel, description: 'A member.' },
    ADMIN: { value: adminLevel, description: 'An admin.' },
    OWNER: { value: ownerLevel, description: 'An owner.' },
  } as const,
})
