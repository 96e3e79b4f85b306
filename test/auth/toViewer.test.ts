import { expect, it } from 'vitest'
import { toViewer } from '../../src/auth/toViewer.ts'
import type { User } from '../../src/database/generated/client.ts'

const user = { id: 7, email: 'ann@example.com' } as User
const key = {
  ...{ keyId: 'k', keyHash: 'h', keyMask: 'phx_...abcd', keyLabel: 'CI', keyLastUsedAt: new Date(0) },
  ...{ scopedProjects: [3], scopedOrganizations: ['o'] },
}
const organizations = [
  { id: 'open', name: 'Open', level: 1, allowsMembersKeys: true },
  { id: 'closed', name: 'Closed', level: 1, allowsMembersKeys: false },
  { id: 'own', name: 'Own', level: 15, allowsMembersKeys: false },
]

it('a viewer is a person with the key, its scopes, and the organizations where it may be used', () => {
  expect(toViewer({ ...user, ...key, scopes: ['experiment:read'], organizations })).toEqual({
    ...key,
    user: { id: 7, email: 'ann@example.com' },
    scopes: new Set(['experiment:read']),
    organizations: [
      { id: 'open', name: 'Open', level: 1, allowsApiKeys: true },
      { id: 'closed', name: 'Closed', level: 1, allowsApiKeys: false },
      { id: 'own', name: 'Own', level: 15, allowsApiKeys: true },
    ],
  })
})
