import { beforeAll, describe, expect, it } from 'vitest'
import { hashApiKey } from '../../src/auth/apiKey.ts'
import { createApiKey, listApiKeys, type NewApiKey, revokeApiKey } from '../../src/auth/apiKeyAdmin.ts'
import { OperatorError } from '../../src/platform/operatorError.ts'
import { seedKey, seedOrganization, seedProject, seedUser } from '../support/seed.ts'
import { type TestServer, testServer } from '../support/testServer.ts'

let tested: TestServer
let db: TestServer['db']

beforeAll(async () => {
  tested = await testServer()
  db = tested.db
})

function newKey(given: Partial<NewApiKey> & Pick<NewApiKey, 'email'>): NewApiKey {
  return { scopes: ['experiment:read'], label: 'ci', projects: [], organizations: [], ...given }
}

async function seedMember() {
  const organization = await seedOrganization(db)
  return { organization, project: await seedProject(db, organization), user: await seedUser(db, organization) }
}

/** The message of the refusal, after a look that nothing was made. */
async function refused(wanted: NewApiKey): Promise<string> {
  const rows = () => Promise.all([db.personalApiKey.count(), db.user.count(), db.organization.count(), db.organizationMembership.count()])
  const before = await rows()
  const error = await createApiKey(db, wanted).then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(OperatorError)
  expect(await rows()).toEqual(before)
  return (error as OperatorError).message
}

describe('a key that is made', () => {
  it('works, and only its hash is stored', async () => {
    const { user } = await seedMember()
    const { token, key, notes } = await createApiKey(db, newKey({ email: user.email, scopes: ['experiment:read', 'feature_flag:read'] }))

    expect(await db.personalApiKey.findUnique({ where: { id: key.id } })).toMatchObject({
      userId: user.id,
      label: 'ci',
      secureValue: hashApiKey(token),
      mask: `phx_...${token.slice(-4)}`,
      scopes: ['experiment:read', 'feature_flag:read'],
      scopedProjects: [],
      scopedOrganizations: [],
      lastUsedAt: null,
    })
    expect(JSON.stringify(await db.personalApiKey.findMany())).not.toContain(token)
    expect(notes).toEqual([])
    expect((await tested.run(token, '{ viewer { scopes user { databaseId } } }')).data).toEqual({
      viewer: { scopes: ['experiment:read', 'feature_flag:read'], user: { databaseId: user.id } },
    })
  })

  it('is made for a person however the address is written', async () => {
    const { user } = await seedMember()
    const { key } = await createApiKey(db, newKey({ email: user.email.toUpperCase() }))
    expect(key.userId).toBe(user.id)
  })

  it('can be restricted to projects and organizations, these by id or name', async () => {
    const { organization, project, user } = await seedMember()
    const email = user.email
    const byName = await createApiKey(db, newKey({ email, projects: [project.id, project.id], organizations: [organization.name] }))
    expect(byName.key).toMatchObject({ scopedProjects: [project.id], scopedOrganizations: [organization.id] })
    const byId = await createApiKey(db, newKey({ email, organizations: [organization.id] }))
    expect(byId.key).toMatchObject({ scopedProjects: [], scopedOrganizations: [organization.id] })
  })

  it('can be for several projects and organizations, and all of them are looked at', async () => {
    const { organization, project, user } = await seedMember()
    const other = await seedOrganization(db)
    const elsewhere = await seedProject(db, other)
    await db.organizationMembership.create({ data: { userId: user.id, organizationId: other.id } })
    const both = { email: user.email, projects: [project.id, elsewhere.id] }
    const { key } = await createApiKey(db, newKey({ ...both, organizations: [organization.id, other.id] }))
    expect(key).toMatchObject({ scopedProjects: both.projects, scopedOrganizations: [organization.id, other.id] })
    expect(await refused(newKey({ ...both, organizations: [organization.id] }))).toBe(
      `Project ${elsewhere.id} does not belong to an organization that the key is restricted to.`,
    )
  })

  it('holds each scope once', async () => {
    const { user } = await seedMember()
    const { key } = await createApiKey(db, newKey({ email: user.email, scopes: ['*', 'experiment:read', '*'] }))
    expect(key.scopes).toEqual(['*', 'experiment:read'])
  })

  it('comes with a word of warning where it will not work', async () => {
    const organization = await seedOrganization(db, { name: 'Closed', membersCanUsePersonalApiKeys: false })
    const user = await seedUser(db, organization)
    const admin = await seedUser(db, organization, { level: 8 })
    const { notes } = await createApiKey(db, newKey({ email: user.email }))
    expect(notes).toEqual(["The key does not work in 'Closed'. Only admins and owners can use keys there."])
    expect((await createApiKey(db, newKey({ email: admin.email }))).notes).toEqual([])
  })
})

describe('a key is rejected', () => {
  it('to somebody who is not there', async () => {
    expect(await refused(newKey({ email: 'nobody@example.com' }))).toBe(
      'There is no user nobody@example.com. Add --create-user to create it, or name another user.',
    )
  })

  it('to somebody who was deactivated', async () => {
    const { user } = await seedMember()
    await db.user.update({ where: { id: user.id }, data: { isActive: false } })
    expect(await refused(newKey({ email: user.email }))).toContain('is deactivated')
    expect(await refused(newKey({ email: user.email, createUser: { firstName: '' } }))).toContain('is deactivated')
  })

  it('to somebody who is a member of nothing', async () => {
    const user = await db.user.create({ data: { email: 'alone@example.com' } })
    expect(await refused(newKey({ email: user.email }))).toContain('is not a member of any organization')
  })

  it('with scopes that are none, and says which there are', async () => {
    const { user } = await seedMember()
    expect(await refused(newKey({ email: user.email, scopes: ['experiment:read', 'experiments:read', 'all'] }))).toMatch(
      /^Unknown scope: 'experiments:read', 'all'\. A key can hold: \*, experiment:read, experiment:write, feature_flag:read, /,
    )
    expect(await refused(newKey({ email: user.email, scopes: [] }))).toMatch(/^A key needs at least one scope\. A key can hold: \*, /)
  })

  it.each([
    ['', 'A label has 1 to 40 characters; this one has 0.'],
    ['x'.repeat(41), 'A label has 1 to 40 characters; this one has 41.'],
    ['two\nlines', 'A label is one line of text.'],
    ['nul\0', 'A label is one line of text.'],
  ])('with the label %j', async (label, message) => {
    const { user } = await seedMember()
    expect(await refused(newKey({ email: user.email, label }))).toBe(message)
  })

  it('no label of one character or of forty, however they are written', async () => {
    const { user } = await seedMember()
    expect((await createApiKey(db, newKey({ email: user.email, label: 'x' }))).key.label).toBe('x')
    expect((await createApiKey(db, newKey({ email: user.email, label: '😀'.repeat(40) }))).key.label).toBe('😀'.repeat(40))
  })

  it('for projects and organizations that are not there', async () => {
    const { user } = await seedMember()
    const email = user.email
    expect(await refused(newKey({ email, projects: [2_000_000_000] }))).toBe('There is no project 2000000000.')
    expect(await refused(newKey({ email, projects: [9_999_999_999] }))).toBe('There is no project 9999999999.')
    expect(await refused(newKey({ email, organizations: ['Nowhere'] }))).toBe("There is no organization 'Nowhere'.")
    const id = crypto.randomUUID()
    expect(await refused(newKey({ email, organizations: [id] }))).toBe(`There is no organization '${id}'.`)
  })

  it('for projects and organizations of others', async () => {
    const { user } = await seedMember()
    const other = await seedMember()
    expect(await refused(newKey({ email: user.email, projects: [other.project.id] }))).toBe(
      `${user.email} is not a member of the organization of project ${other.project.id}.`,
    )
    expect(await refused(newKey({ email: user.email, organizations: [other.organization.name] }))).toBe(
      `${user.email} is not a member of the organization '${other.organization.name}'.`,
    )
  })

  it('for a project outside of the organizations it is for', async () => {
    const { project, user } = await seedMember()
    const other = await seedOrganization(db)
    await db.organizationMembership.create({ data: { userId: user.id, organizationId: other.id } })
    expect(await refused(newKey({ email: user.email, projects: [project.id], organizations: [other.id] }))).toBe(
      `Project ${project.id} does not belong to an organization that the key is restricted to.`,
    )
  })

  it('for an organization whose name several have', async () => {
    const twin = await seedOrganization(db, { name: 'Twin' })
    const other = await seedOrganization(db, { name: 'Twin' })
    const user = await seedUser(db, twin)
    expect(await refused(newKey({ email: user.email, organizations: ['Twin'] }))).toBe(
      `Several organizations have the name 'Twin'. Give the id of one: ${[twin.id, other.id].sort().join(' or ')}.`,
    )
    expect((await createApiKey(db, newKey({ email: user.email, organizations: [twin.id] }))).key.scopedOrganizations).toEqual([twin.id])
  })
})

describe('a key for somebody new', () => {
  const membershipsOf = (email: string) => db.organizationMembership.findMany({ where: { user: { email } } })

  it('makes the person, and a member of the organization that is named', async () => {
    const { organization } = await seedMember()
    const email = 'new@example.com'
    const wanted = newKey({ email, organizations: [organization.name], createUser: { firstName: 'New' } })
    const { token, notes } = await createApiKey(db, wanted)
    expect(notes).toEqual([`Created the user ${email}.`, `${email} is now a member of '${organization.name}'.`])
    expect(await db.user.findUnique({ where: { email } })).toMatchObject({ firstName: 'New', isActive: true })
    expect(await membershipsOf(email)).toMatchObject([{ organizationId: organization.id, level: 1 }])
    expect((await tested.run(token, '{ viewer { projects { totalCount } } }')).data.viewer.projects.totalCount).toBe(1)

    // Again: there is nothing more to make.
    expect((await createApiKey(db, wanted)).notes).toEqual([])
    expect(await membershipsOf(email)).toHaveLength(1)
  })

  it('asks where, when there are several organizations', async () => {
    expect(await refused(newKey({ email: 'lost@example.com', createUser: { firstName: '' } }))).toBe(
      'There are several organizations. Name the one of the user with --organization.',
    )
  })

  it.each(['nobody', 'a@b', 'a b@example.com', `${'x'.repeat(250)}@example.com`, ''])('needs an e-mail address, not %j', async (email) => {
    expect(await refused(newKey({ email, createUser: { firstName: '' } }))).toBe(`'${email}' is not a valid email address.`)
  })

  it('makes the organization as well, and the person its owner', async () => {
    const email = 'founder@example.com'
    const wanted = newKey({ email, organizations: ['Founded'], createUser: { firstName: '' }, createOrganization: true })
    const { key, notes } = await createApiKey(db, wanted)
    const { id } = await db.organization.findFirstOrThrow({ where: { name: 'Founded' } })
    expect(key.scopedOrganizations).toEqual([id])
    expect(await membershipsOf(email)).toMatchObject([{ organizationId: id, level: 15 }])
    expect(notes).toEqual(["Created the organization 'Founded'.", `Created the user ${email}.`, `${email} is now the owner of 'Founded'.`])
    expect(await refused(wanted)).toBe("The organization 'Founded' already exists. Leave out --create-organization.")
  })

  it.each([[[]], [['One', 'Two']], [['']], [['x'.repeat(65)]]])('makes no organization of the names %j', async (organizations) => {
    const wanted = newKey({ email: 'x@example.com', organizations, createUser: { firstName: '' }, createOrganization: true })
    expect(await refused(wanted)).toBe('--create-organization needs exactly one --organization: a name of 1 to 64 characters.')
  })

  it('makes nothing when the key is rejected in the end', async () => {
    const wanted = newKey({
      email: 'undone@example.com',
      organizations: ['Undone'],
      projects: [2_000_000_000],
      createUser: { firstName: '' },
      createOrganization: true,
    })
    expect(await refused(wanted)).toBe('There is no project 2000000000.')
  })
})

describe('the list of keys', () => {
  it('holds those of one person, the oldest first, and never a hash', async () => {
    const { user } = await seedMember()
    const first = await createApiKey(db, newKey({ email: user.email, label: 'first' }))
    const then = await createApiKey(db, newKey({ email: user.email, label: 'then' }))
    const keys = await listApiKeys(db, user.email)
    expect(keys.map(({ label }) => label)).toEqual(['first', 'then'])
    expect((await listApiKeys(db, user.email.toUpperCase())).map(({ label }) => label)).toEqual(['first', 'then'])
    await db.personalApiKey.update({ where: { id: first.key.id }, data: { createdAt: new Date('2100-01-01') } })
    expect((await listApiKeys(db, user.email)).map(({ label }) => label)).toEqual(['then', 'first'])
    expect(keys[0]).toMatchObject({ mask: first.key.mask, user: { email: user.email, isActive: true }, lastUsedAt: null })
    const text = JSON.stringify(await listApiKeys(db, null))
    for (const { token, key } of [first, then]) {
      expect(text).toContain(key.id)
      expect(text).not.toContain(token)
      expect(text).not.toContain(key.secureValue)
    }
  })

  it('is empty for a person without keys, and rejected for nobody', async () => {
    const { user } = await seedMember()
    expect(await listApiKeys(db, user.email)).toEqual([])
    await expect(listApiKeys(db, 'nobody@example.com')).rejects.toThrow(new OperatorError('There is no user nobody@example.com.'))
  })
})

describe('a key that is revoked', () => {
  it('by id is not valid from then on; the others stay', async () => {
    const { user } = await seedMember()
    const [gone, stays] = [await createApiKey(db, newKey({ email: user.email })), await createApiKey(db, newKey({ email: user.email }))]
    expect((await revokeApiKey(db, gone.key.id)).id).toBe(gone.key.id)
    expect((await tested.run(gone.token, '{ viewer { scopes } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect((await tested.run(stays.token, '{ viewer { scopes } }')).errors).toBeUndefined()
    expect((await listApiKeys(db, user.email)).map(({ id }) => id)).toEqual([stays.key.id])
  })

  it('by its mask', async () => {
    const { user } = await seedMember()
    await seedKey(db, user, { mask: 'phx_...once' })
    await revokeApiKey(db, 'phx_...once')
    expect(await listApiKeys(db, user.email)).toEqual([])
  })

  it('is one alone: a mask that several have revokes none', async () => {
    const { user } = await seedMember()
    await seedKey(db, user, { mask: 'phx_...same' })
    await seedKey(db, user, { mask: 'phx_...same' })
    await expect(revokeApiKey(db, 'phx_...same')).rejects.toThrow(
      /^Several keys have the mask 'phx_...same'\. Give the id of one: .+ or .+\.$/,
    )
    expect(await listApiKeys(db, user.email)).toHaveLength(2)
  })

  it.each(['phx_...none', '', '%', '00000000-0000-0000-0000-000000000000'])('is not found as %j', async (idOrMask) => {
    const before = await db.personalApiKey.count()
    const message = `There is no key '${idOrMask}'. Give an id or a mask from \`list\`.`
    await expect(revokeApiKey(db, idOrMask)).rejects.toThrow(new OperatorError(message))
    expect(await db.personalApiKey.count()).toBe(before)
  })
})

it('where there is no organization at all, a key is told how to make one', async () => {
  const empty = await testServer()
  const lost = { email: 'first@example.com', createUser: { firstName: '' } }
  await expect(createApiKey(empty.db, newKey(lost))).rejects.toThrow(
    'There is no organization yet. Create one with --create-organization --organization NAME.',
  )
  await expect(createApiKey(empty.db, newKey({ ...lost, organizations: ['Nowhere'] }))).rejects.toThrow(
    "There is no organization 'Nowhere'. There are none yet. Create one with --create-organization.",
  )
})
