import { describe, expect, it } from 'vitest'
import {
  adminLevel,
  mayUseApiKeys,
  memberLevel,
  membershipLevel,
  membershipLevelNames,
  ownerLevel,
} from '../../src/auth/membershipLevel.ts'
import type { Viewer } from '../../src/auth/viewer.ts'
import {
  visibleOrganizationIds,
  visibleOrganizations,
  visibleProjectSql,
  visibleProjects,
  visibleUsers,
} from '../../src/auth/visibility.ts'
import { Prisma } from '../../src/database/generated/client.ts'

// Which rows a viewer may see, without asking the database.

const organization = (id: string, allowsApiKeys = true) => ({ id, name: id, level: memberLevel, allowsApiKeys })
const viewer = (more: Partial<Viewer> = {}) =>
  ({
    user: { id: 7 },
    organizations: [organization('a'), organization('b')],
    scopedOrganizations: [],
    scopedProjects: [],
    ...more,
  }) as unknown as Viewer

it.each<[string, Partial<Viewer>, string[]]>([
  ['the viewer is in', {}, ['a', 'b']],
  ['the key is restricted to', { scopedOrganizations: ['b'] }, ['b']],
  ['the key is restricted to, and the viewer is not in', { scopedOrganizations: ['c'] }, []],
  ['that take no keys of members', { organizations: [organization('a', false), organization('b')] }, ['b']],
  ['that take no keys, and the key is restricted to', { organizations: [organization('a', false)], scopedOrganizations: ['a'] }, []],
  ['of nobody', { organizations: [] }, []],
])('the visible organizations %s', (_name, more, expected) => {
  expect(visibleOrganizationIds(viewer(more))).toEqual(expected)
})

describe('a key that is restricted to projects sees', () => {
  const [all, restricted] = [viewer(), viewer({ scopedProjects: [3, 4] })]
  const [inOrganizations, inProjects] = [{ in: ['a', 'b'] }, { in: [3, 4] }]
  it.each<[string, object, object, object, object]>([
    ['those projects', visibleProjects(all), { organizationId: inOrganizations }, visibleProjects(restricted), { id: inProjects }],
    [
      'their organizations',
      visibleOrganizations(all),
      { id: inOrganizations },
      visibleOrganizations(restricted),
      { projects: { some: { id: inProjects } } },
    ],
  ])('%s', (_name, unrestricted, condition, narrowed, more) => {
    expect(JSON.stringify(unrestricted)).toContain(JSON.stringify(condition))
    expect(JSON.stringify(unrestricted)).not.toMatch(/\[3,4\]|projects|"id":\{"in":\[\]/)
    expect(JSON.stringify(narrowed)).toContain(JSON.stringify(condition))
    expect(JSON.stringify(narrowed)).toContain(JSON.stringify(more))
  })

  it('the viewer, and members of their organizations', () => {
    const [own, colleagues] = visibleUsers(all).OR ?? []
    expect(own).toEqual({ id: 7 })
    expect(JSON.stringify(colleagues)).toContain(JSON.stringify({ organizationId: inOrganizations }))
    expect(JSON.stringify(visibleUsers(all))).not.toContain('projects')
    expect(JSON.stringify(visibleUsers(restricted))).toContain(JSON.stringify({ organization: { projects: { some: { id: inProjects } } } }))
  })

  it('only their rows, in statements written by hand', () => {
    const column = Prisma.sql`e.project_id`
    expect(visibleProjectSql(all, column).values).toEqual([['a', 'b']])
    expect(visibleProjectSql(all, column).text).not.toContain('v.id = ANY')
    expect(visibleProjectSql(restricted, column).values).toEqual([
      ['a', 'b'],
      [3, 4],
    ])
    expect(visibleProjectSql(restricted, column).text).toContain('AND v.id = ANY ($2::int[])')
  })
})

describe('members', () => {
  it('of some organizations use keys only as admins', () => {
    expect([memberLevel, adminLevel, ownerLevel].map((level) => mayUseApiKeys(level, false))).toEqual([false, true, true])
    expect(mayUseApiKeys(memberLevel, true)).toBe(true)
  })

  it('have levels with names', () => {
    expect(membershipLevelNames).toEqual({ 1: 'member', 8: 'admin', 15: 'owner' })
    expect([membershipLevel(viewer(), 'b'), membershipLevel(viewer(), 'c')]).toEqual([memberLevel, null])
  })
})
