import { z } from 'zod'
import type { Db, Transaction } from '../database/client.ts'
import type { Organization, PersonalApiKey, Prisma, User } from '../database/generated/client.ts'
import { isInt4 } from '../platform/globalId.ts'
import { OperatorError } from '../platform/operatorError.ts'
import { isOneLine } from '../platform/textValidation.ts'
import { generateApiKey, hashApiKey, maskApiKey } from './apiKey.ts'
import { findOrganization } from './findOrganization.ts'
import { mayUseApiKeys, memberLevel, ownerLevel } from './membershipLevel.ts'
import { allScopes } from './scopes.ts'

/** What a new key is to be. */
export interface NewApiKey {
  email: string
  scopes: readonly string[]
  label: string
  /** What the key is restricted to; empty when it is not. Organizations by id or name. */
  projects: readonly number[]
  organizations: readonly string[]
  /** Makes the user where there is none, and a member of the organizations above, or of the only one there is. */
  createUser?: { firstName: string } | null
  /** Makes the one organization above, with the user as its owner. */
  createOrganization?: boolean
}

export interface CreatedApiKey {
  /** The only time that anybody sees it. */
  token: string
  key: PersonalApiKey
  /** What else was made, and what a person should know about the key, in sentences. */
  notes: string[]
}

/** A key with what a list of keys tells about it; never its hash. */
export type ApiKeySummary = Prisma.PersonalApiKeyGetPayload<{ select: typeof summarySelect }>

const summarySelect = {
  id: true,
  mask: true,
  label: true,
  scopes: true,
  scopedProjects: true,
  scopedOrganizations: true,
  createdAt: true,
  lastUsedAt: true,
  user: { select: { email: true, isActive: true } },
} as const satisfies Prisma.PersonalApiKeySelect

/**
 * Makes a key, and on request its user and their organization: all of it or nothing.
 *
 * @throws UserMistake
 */
export async function createApiKey(db: Db, options: NewApiKey): Promise<CreatedApiKey> {
  const scopes = validateScopes(options.scopes)
  assertValidLabel(options.label)
  const email = options.email.toLowerCase()
  return db.$transaction(async (tx) => {
    const notes: string[] = []
    const organizations = options.createOrganization
      ? [await createOrganization(tx, options.organizations, notes)]
      : await findOrganizations(tx, options.organizations)
    const user = await findOrCreateUser(tx, { ...options, email }, notes)
    if (options.createUser || options.createOrganization) await addMemberships(tx, user, organizations, notes)
    await assertRestrictionsAllowed(tx, user, options.projects, organizations, notes)

    const token = generateApiKey()
    const key = await tx.personalApiKey.create({
      data: {
        userId: user.id,
        label: options.label,
        secureValue: hashApiKey(token),
        mask: maskApiKey(token),
        scopes,
        scopedProjects: [...new Set(options.projects)],
        scopedOrganizations: [...new Set(organizations.map(({ id }) => id))],
      },
    })
    return { token, key, notes }
  })
}

function validateScopes(scopes: readonly string[]): string[] {
  const hint = `A key can hold: ${allScopes.join(', ')}.`
  if (scopes.length === 0) throw new OperatorError(`A key needs at least one scope. ${hint}`)
  const unknown = scopes.filter((scope) => !allScopes.includes(scope))
  if (unknown.length > 0) throw new OperatorError(`There is no scope ${quoteAll(unknown)}. ${hint}`)
  return [...new Set(scopes)]
}

function assertValidLabel(label: string): void {
  const length = [...label].length
  if (length < 1 || length > 40) throw new OperatorError(`A label has 1 to 40 characters; this one has ${length}.`)
  if (!isOneLine(label, 1, 40)) throw new OperatorError('A label is one line of text.')
}

async function findOrCreateUser(tx: Transaction, { email, createUser }: NewApiKey, notes: string[]): Promise<User> {
  const user = await tx.user.findUnique({ where: { email } })
  if (user?.isActive === false) throw new OperatorError(`The user ${email} is deactivated: no key of theirs would work.`)
  if (user !== null) return user
  if (!createUser) throw new OperatorError(`There is no user ${email}. Make one with --create-user, or name another.`)

  if (email.length > 254 || !z.email().safeParse(email).success) throw new OperatorError(`'${email}' is no e-mail address.`)
  const { firstName } = createUser
  if (!isOneLine(firstName, 0, 150)) throw new OperatorError('A first name is one line of at most 150 characters.')
  notes.push(`The user ${email} was made.`)
  return tx.user.create({ data: { email, firstName } })
}

async function createOrganization(tx: Transaction, names: readonly string[], notes: string[]): Promise<Organization> {
  const [name = ''] = names
  if (names.length !== 1 || !isOneLine(name, 1, 64)) {
    throw new OperatorError('--create-organization needs one --organization: its name, 1 to 64 characters.')
  }
  if ((await tx.organization.count({ where: { name } })) > 0) {
    throw new OperatorError(`There is an organization '${name}' already: leave --create-organization out.`)
  }
  notes.push(`The organization '${name}' was made.`)
  return tx.organization.create({ data: { name } })
}

async function findOrganizations(tx: Transaction, idsOrNames: readonly string[]): Promise<Organization[]> {
  const hint = async () => ((await tx.organization.count()) === 0 ? 'There is none yet: make one with --create-organization.' : '')
  const organizations: Organization[] = []
  for (const idOrName of idsOrNames) organizations.push(await findOrganization(tx, idOrName, hint))
  return organizations
}

/** Makes the user a member of these organizations, or of the only one where none is named, and the owner of one that has no members. */
async function addMemberships(tx: Transaction, user: User, named: Organization[], notes: string[]): Promise<void> {
  const organizations = named.length > 0 ? named : await getOnlyOrganization(tx, user)
  for (const { id: organizationId, name } of organizations) {
    const members = await tx.organizationMembership.findMany({ where: { organizationId }, select: { userId: true } })
    if (members.some(({ userId }) => userId === user.id)) continue
    const level = members.length === 0 ? ownerLevel : memberLevel
    await tx.organizationMembership.create({ data: { organizationId, userId: user.id, level } })
    notes.push(`${user.email} is now ${level === ownerLevel ? 'the owner' : 'a member'} of '${name}'.`)
  }
}

/** Where a new user goes when nobody says where; nowhere, for one who is a member of something already. */
async function getOnlyOrganization(tx: Transaction, user: User): Promise<Organization[]> {
  if ((await tx.organizationMembership.count({ where: { userId: user.id } })) > 0) return []
  const organizations = await tx.organization.findMany({ take: 2 })
  if (organizations.length === 1) return organizations
  throw new OperatorError(
    organizations.length === 0
      ? 'There is no organization yet: make one with --create-organization --organization NAME.'
      : 'There are several organizations: say with --organization which one the user is a member of.',
  )
}

async function assertRestrictionsAllowed(
  tx: Transaction,
  user: User,
  projectIds: readonly number[],
  organizations: readonly Organization[],
  notes: string[],
): Promise<void> {
  const memberships = await tx.organizationMembership.findMany({ where: { userId: user.id }, include: { organization: true } })
  if (memberships.length === 0) throw new OperatorError(`${user.email} is a member of no organization: the key could read nothing.`)
  const isMember = (id: string) => memberships.some(({ organizationId }) => organizationId === id)

  for (const { id, name } of organizations) {
    if (!isMember(id)) throw new OperatorError(`${user.email} is no member of the organization '${name}'.`)
  }

  const projects = await tx.project.findMany({ where: { id: { in: projectIds.filter(isInt4) } } })
  for (const id of projectIds) {
    const project = projects.find((found) => found.id === id)
    if (project === undefined) throw new OperatorError(`There is no project ${id}.`)
    if (!isMember(project.organizationId)) throw new OperatorError(`${user.email} is no member of the organization of project ${id}.`)
    if (organizations.length > 0 && !organizations.some((organization) => organization.id === project.organizationId)) {
      throw new OperatorError(`Project ${id} belongs to none of the organizations that the key is restricted to.`)
    }
  }

  for (const { level, organization } of memberships) {
    if (!mayUseApiKeys(level, organization.membersCanUsePersonalApiKeys)) {
      notes.push(`The key does not work in '${organization.name}': members may use no keys there, only admins may.`)
    }
  }
}

/**
 * The keys of everybody or of one user, the oldest first.
 *
 * @throws UserMistake when there is no such user.
 */
export async function listApiKeys(db: Db, user: string | null): Promise<ApiKeySummary[]> {
  const email = user?.toLowerCase() ?? null
  if (email !== null && (await db.user.count({ where: { email } })) === 0) throw new OperatorError(`There is no user ${email}.`)
  return db.personalApiKey.findMany({
    where: email === null ? {} : { user: { email } },
    select: summarySelect,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
}

/**
 * Deletes a key: from then on it is not valid.
 *
 * @param idOrMask as `listKeys` gives them
 * @throws UserMistake when there is no such key, or several have the mask.
 */
export async function revokeApiKey(db: Db, idOrMask: string): Promise<ApiKeySummary> {
  const where = z.uuid().safeParse(idOrMask).success ? { id: idOrMask } : { mask: idOrMask }
  const [key, ...others] = await db.personalApiKey.findMany({ where, select: summarySelect })
  if (key === undefined) throw new OperatorError(`There is no key ${quoteAll([idOrMask])}: give its id, or its mask as \`list\` shows it.`)
  if (others.length > 0) {
    throw new OperatorError(
      `Several keys look like '${idOrMask}': give the id of one, ${[key, ...others].map(({ id }) => id).join(' or ')}.`,
    )
  }
  await db.personalApiKey.delete({ where: { id: key.id } })
  return key
}

function quoteAll(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ')
}
