import { expect, it } from 'vitest'
import { toActor } from '../../src/auth/toActor.ts'
import type { User } from '../../src/database/generated/client.ts'

const ann = { id: 7, email: 'ann@example.com' } as User
const membership = { userId: 7, createdAt: new Date(0), updatedAt: new Date(0) }
const memberships = [
  { ...membership, organizationId: 'a', level: 1, organization: { id: 'a', name: 'Acme' } },
  { ...membership, organizationId: 'b', level: 15, organization: { id: 'b', name: 'Birch' } },
]
const now = new Date('2026-11-20T12:00:00Z')
const unrestricted = {
  user: ann,
  organizations: [
    { id: 'a', name: 'Acme', level: 1, allowsApiKeys: true },
    { id: 'b', name: 'Birch', level: 15, allowsApiKeys: true },
  ],
  ...{ scopedProjects: [], scopedOrganizations: [], keyId: null, keyMask: null, now },
}

it('somebody who asked earlier acts in their organizations, within the restrictions of the key that they asked with', () => {
  const restrictions = { scopedProjects: [3], scopedOrganizations: ['a'] }
  // The key has other columns, too.
  const key = { ...restrictions, id: 'k', mask: 'phx_...abcd' }
  expect(toActor({ ...ann, memberships }, key, now)).toEqual({ ...unrestricted, ...restrictions })
  expect(toActor({ ...ann, memberships }, null, now)).toEqual(unrestricted)
})
