import { describe, expect, it } from 'vitest'
import { addMember, listMembers, setActive, setLevel, setRoles } from '../../src/auth/memberAdmin.ts'
import { adminLevel, type MembershipLevel, memberLevel, ownerLevel } from '../../src/auth/membershipLevel.ts'
import { seedKey, seedOrganization, seedProject, seedUser } from '../support/seed.ts'
import { testServer } from '../support/testServer.ts'

const { db, run } = await testServer()

/** An organization with an owner, and a project in it. */
async function company() {
  const organization = await seedOrganization(db)
  const owner = await seedUser(db, organization, { level: ownerLevel })
  return { organization, owner, project: await seedProject(db, organization) }
}

it('the only organization is meant where none is named, once there is one', async () => {
  const ada = { email: 'ada@only.example', firstName: 'Ada', level: memberLevel as MembershipLevel, organization: null }
  await expect(addMember(db, ada)).rejects.toThrow('There is no organization yet. `keys create --create-organization` makes one, with its')
  const { organization } = await company()
  expect(await addMember(db, ada)).toMatchObject({ user: { email: 'ada@only.example' }, organization: { id: organization.id } })
})

describe('members', () => {
  it('are added with a level, and a person who is known is not made again', async () => {
    const [one, two] = [await company(), await company()]
    const person = { email: 'Ada@Example.com', firstName: 'Ada', level: adminLevel as MembershipLevel }
    await addMember(db, { ...person, organization: one.organization.name })
    await addMember(db, { ...person, firstName: 'Other', level: memberLevel, organization: two.organization.id })
    expect(await db.user.findMany({ where: { email: 'ada@example.com' } })).toMatchObject([{ firstName: 'Ada' }])
    const list = await listMembers(db, one.organization.id)
    expect(list).toEqual([
      {
        email: one.owner.email,
        firstName: 'Person',
        organization: one.organization.name,
        level: 'owner',
        roles: [],
        isActive: true,
        keys: 0,
      },
      {
        email: 'ada@example.com',
        firstName: 'Ada',
        organization: one.organization.name,
        level: 'admin',
        roles: [],
        isActive: true,
        keys: 0,
      },
    ])
    expect(
      (await listMembers(db, null))
        .filter(({ email }) => email === 'ada@example.com')
        .map(({ level }) => level)
        .sort(),
    ).toEqual(['admin', 'member'])
    await expect(addMember(db, { ...person, organization: one.organization.id })).rejects.toThrow('is a member')
  })

  it('are added once by two at the same time', async () => {
    const { organization } = await company()
    const add = () => addMember(db, { email: 'twin@example.com', firstName: '', level: memberLevel, organization: organization.id })
    const results = await Promise.allSettled([add(), add()])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []))[0]).toContain('is a member')
  })

  it.each(['', 'nobody', `${'a'.repeat(250)}@example.com`])('are not added without an address: "%s"', async (email) => {
    const { organization } = await company()
    await expect(addMember(db, { email, firstName: '', level: memberLevel, organization: organization.id })).rejects.toThrow(
      'not a valid email',
    )
  })

  it('need the name of their organization where it is not clear', async () => {
    const { owner } = await company()
    const other = await company()
    await db.organizationMembership.create({ data: { organizationId: other.organization.id, userId: owner.id } })
    await expect(setLevel(db, { email: owner.email, level: adminLevel, organization: null })).rejects.toThrow('several organizations')
    await expect(addMember(db, { email: 'x@example.com', firstName: '', level: memberLevel, organization: null })).rejects.toThrow(
      'several organizations',
    )
    await expect(setLevel(db, { email: 'nobody@example.com', level: adminLevel, organization: null })).rejects.toThrow(
      'no user nobody@example.com',
    )
    await expect(setLevel(db, { email: owner.email, level: adminLevel, organization: 'Nowhere' })).rejects.toThrow(
      /^There is no organization 'Nowhere'\.$/,
    )
    await setLevel(db, { email: owner.email.toUpperCase(), level: adminLevel, organization: other.organization.name })
    const third = await company()
    await expect(setLevel(db, { email: owner.email, level: adminLevel, organization: third.organization.id })).rejects.toThrow(
      `${owner.email} is not a member of '${third.organization.name}'.`,
    )
    const alone = await db.user.create({ data: { email: 'alone@members.example' } })
    await expect(setLevel(db, { email: alone.email, level: adminLevel, organization: null })).rejects.toThrow(
      'alone@members.example is not a member of any organization.',
    )
  })
})

it('a list has the organizations by name, then who joined first, each with their own roles by name', async () => {
  const [late, early, twin] = [
    await seedOrganization(db, { name: 'Zebra' }),
    await seedOrganization(db, { name: 'Aardvark' }),
    await seedOrganization(db, { name: 'Zebra' }),
  ]
  const join = async (organizationId: string, name: string, day: number) => {
    const user = await db.user.create({ data: { email: `${name}@list.example` } })
    await db.organizationMembership.create({ data: { organizationId, userId: user.id, createdAt: new Date(day * 86_400_000) } })
    return user
  }
  // Neither the rows nor the people were made in the order of the list.
  const zoe = await join(late.id, 'zoe', 2)
  await join(late.id, 'abe', 1)
  await join(late.id, 'amy', 2)
  await join(early.id, 'eve', 3)
  await join(twin.id, 'tom', 1)
  await join(late.id, 'ann', 2)
  await setRoles(db, { email: zoe.email, add: ['Writers', 'Admins'], remove: [], organization: null })
  await setRoles(db, { email: 'tom@list.example', add: ['Zoo'], remove: [], organization: null })
  const listed = (await listMembers(db, null)).filter(({ email }) => email.endsWith('@list.example'))
  const people = listed.map(({ email, roles }) => [email.split('@')[0], ...roles].join(' '))
  const [ofLate, ofTwin] = [['abe', 'zoe Admins Writers', 'amy', 'ann'], ['tom Zoo']]
  expect(people).toEqual(['eve', ...(late.id < twin.id ? [...ofLate, ...ofTwin] : [...ofTwin, ...ofLate])])
})

describe('levels', () => {
  it('count at once', async () => {
    const { organization, project, owner } = await company()
    const member = await seedUser(db, organization)
    const key = await seedKey(db, member)
    const create = `mutation { createApprovalPolicy(input: {
      projectId: ${project.id}, actionKey: FEATURE_FLAG_ENABLE, quorum: 1, approverUserIds: [${owner.id}] }) { __typename } }`
    const made = async () => (await run(key, create)).data.createApprovalPolicy.__typename
    expect(await made()).toBe('PermissionDeniedError')
    await setLevel(db, { email: member.email, level: adminLevel, organization: null })
    expect(await made()).toBe('ApprovalPolicy')
  })

  it('leave an organization an active owner, whoever goes first', async () => {
    const { organization, owner } = await company()
    const second = await seedUser(db, organization, { level: ownerLevel })
    const demote = ({ email }: { email: string }) => setLevel(db, { email, level: memberLevel, organization: null })
    // Both at once.
    const results = await Promise.allSettled([demote(owner), demote(second)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await db.organizationMembership.count({ where: { organizationId: organization.id, level: ownerLevel } })).toBe(1)

    const third = await company()
    await expect(setActive(db, third.owner.email, false)).rejects.toThrow('last active owner')
    const heir = await seedUser(db, third.organization, { level: ownerLevel })
    await setActive(db, third.owner.email, false)
    await expect(setLevel(db, { email: heir.email, level: adminLevel, organization: null })).rejects.toThrow('last active owner')
    // Nothing changes for the last owner by these.
    await setLevel(db, { email: heir.email, level: ownerLevel, organization: null })
    await setActive(db, heir.email, true)
  })
})

describe('somebody who leaves', () => {
  it('cannot use a key any more, until they are back', async () => {
    const { organization } = await company()
    const member = await seedUser(db, organization)
    const key = await seedKey(db, member)
    const code = async () => (await run(key, '{ viewer { scopes } }')).errors?.[0]?.extensions.code
    expect(await code()).toBe(undefined)
    await setActive(db, member.email, false)
    expect(await code()).toBe('UNAUTHENTICATED')
    expect((await listMembers(db, organization.id)).find(({ email }) => email === member.email)).toMatchObject({ isActive: false, keys: 1 })
    await setActive(db, member.email, true)
    expect(await code()).toBe(undefined)
  })
})

describe('roles', () => {
  it('are made when the first member gets them, and taken away', async () => {
    const { organization, owner } = await company()
    const who = { email: owner.email, organization: null }
    const colleague = await seedUser(db, organization)
    await setRoles(db, { email: colleague.email, organization: null, add: ['Others'], remove: [] })
    expect(await setRoles(db, { ...who, add: ['Shop', 'Reviewers'], remove: [] })).toMatchObject({
      organization: { id: organization.id },
      roles: ['Reviewers', 'Shop'],
      created: ['Shop', 'Reviewers'],
    })
    expect(await setRoles(db, { ...who, add: ['Reviewers'], remove: ['Shop'] })).toMatchObject({ roles: ['Reviewers'], created: [] })
    expect((await listMembers(db, organization.id))[0]?.roles).toEqual(['Reviewers'])
    expect(await db.role.count({ where: { organizationId: organization.id } })).toBe(3)
  })

  it('of PostHog are changed there, and nothing is half done', async () => {
    const { organization, owner } = await company()
    await db.role.create({ data: { organizationId: organization.id, name: 'Theirs', importedId: '0191aaaa-0000-7000-8000-000000000001' } })
    const who = { email: owner.email, organization: null }
    await expect(setRoles(db, { ...who, add: ['Ours', 'Theirs'], remove: [] })).rejects.toThrow('comes from PostHog')
    await expect(setRoles(db, { ...who, add: ['Ours'], remove: ['Nothing'] })).rejects.toThrow("no role 'Nothing'")
    await expect(setRoles(db, { ...who, add: [''], remove: [] })).rejects.toThrow('1 to 200 characters')
    await expect(setRoles(db, { ...who, add: [], remove: [] })).rejects.toThrow('--add or --remove')
    expect(await db.role.count({ where: { organizationId: organization.id } })).toBe(1)
    expect(await db.roleMembership.count({ where: { userId: owner.id } })).toBe(0)
  })
})
