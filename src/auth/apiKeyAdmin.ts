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
import { assertValidPerson } from './validPerson.ts'

/** The input of `createApiKey`. */
export interface NewApiKey {
  email: string
  scopes: readonly string[]
  label: string
  /** The projects that the key is restricted to; empty for no restriction. */
  projects: readonly number[]
  /** The organizations that the key is restricted to, by id or name; empty for no restriction. */
  organizations: readonly string[]
  /** Creates the user if there is none, as a member of `organizations` or of the only organization. */
  createUser?: { firstName: string } | null
  /** Creates the one organization that `organizations` names, with the user as its owner. */
  createOrganization?: boolean
}

export interface CreatedApiKey {
  /** The API key itself. It cannot be read again. */
  token: string
  key: PersonalApiKey
  /** Sentences for the operator: what else was created, and where the key does not work. */
  notes: string[]
}

/** A key as a list shows it, without its hash. */
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
 * Creates a key, and on request its user and organization, in one transaction.
 *
 * @throws OperatorError if an option is wrong.
 */
export async function createApiKey(db: Db, options: NewApiKey): Promise<CreatedApiKey> {
  assertValidScopes(options.scopes)
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
        scopes: [...new Set(options.scopes)],
        scopedProjects: [...new Set(options.projects)],
        scopedOrganizations: [...new Set(organizations.map(({ id }) => id))],
      },
    })
    return { token, key, notes }
  })
}

function assertValidScopes(scopes: readonly string[]): void {
  const hint = `A key can hold: ${allScopes.join(', ')}.`
  if (scopes.length === 0) throw new OperatorError(`A key needs at least one scope. ${hint}`)
  const unknown = scopes.filter((scope) => !allScopes.includes(scope))
  if (unknown.length > 0) throw new OperatorError(`Unknown scope: ${quoteAll(unknown)}. ${hint}`)
}

function assertValidLabel(label: string): void {
  const length = [...label].length
  if (length < 1 || length > 40) throw new OperatorError(`A label has 1 to 40 characters; this one has ${length}.`)
  if (!isOneLine(label, 1, 40)) throw new OperatorError('A label is one line of text.')
}

async function findOrCreateUser(tx: Transaction, { email, createUser }: NewApiKey, notes: string[]): Promise<User> {
  const user = await tx.user.findUnique({ where: { email } })
  if (user?.isActive === false) throw new OperatorError(`The user ${email} is deactivated. A key of this user would not work.`)
  if (user !== null) return user
  if (!createUser) throw new OperatorError(`There is no user ${email}. Add --create-user to create it, or name another user.`)

  const { firstName } = createUser
  assertValidPerson(email, firstName)
  notes.push(`Created the user ${email}.`)
  return tx.user.create({ data: { email, firstName } })
}

async function createOrganization(tx: Transaction, names: readonly string[], notes: string[]): Promise<Organization> {
  const [name = ''] = names
  if (names.length !== 1 || !isOneLine(name, 1, 64)) {
    throw new OperatorError('--create-organization needs exactly one --organization: a name of 1 to 64 characters.')
  }
  if ((await tx.organization.count({ where: { name } })) > 0) {
    throw new OperatorError(`The organization '${name}' already exists. Leave out --create-organization.`)
  }
  notes.push(`Created the organization '${name}'.`)
  return tx.organization.create({ data: { name } })
}

async function findOrganizations(tx: Transaction, idsOrNames: readonly string[]): Promise<Organization[]> {
  const hint = async () => ((await tx.organization.count()) === 0 ? 'There are none yet. Create one with --create-organization.' : '')
  const organizations: Organization[] = []
  for (const idOrName of idsOrNames) organizations.push(await findOrganization(tx, idOrName, hint))
  return organizations
}

/** Adds the user to the named organizations, or to the only one if none is named. The first member of an organization owns it. */
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

/** The default organization of a user: the only one in the database. Empty if the user already belongs to an organization. */
async function getOnlyOrganization(tx: Transaction, user: User): Promise<Organization[]> {
  if ((await tx.organizationMembership.count({ where: { userId: user.id } })) > 0) return []
  const organizations = await tx.organization.findMany({ take: 2 })
  if (organizations.length === 1) return organizations
  throw new OperatorError(
    organizations.length === 0
      ? 'There is no organization yet. Create one with --create-organization --organization NAME.'
      : 'There are several organizations. Name the one of the user with --organization.',
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
  if (memberships.length === 0)
    throw new OperatorError(`${user.email} is not a member of any organization, so the key could not read anything.`)
  const isMember = (id: string) => memberships.some(({ organizationId }) => organizationId === id)

  for (const { id, name } of organizations) {
    if (!isMember(id)) throw new OperatorError(`${user.email} is not a member of the organization '${name}'.`)
  }

  const projects = await tx.project.findMany({ where: { id: { in: projectIds.filter(isInt4) } } })
  for (const id of projectIds) {
    const project = projects.find((found) => found.id === id)
    if (project === undefined) throw new OperatorError(`There is no project ${id}.`)
    if (!isMember(project.organizationId)) throw new OperatorError(`${user.email} is not a member of the organization of project ${id}.`)
    if (organizations.length > 0 && !organizations.some((organization) => organization.id === project.organizationId)) {
      throw new OperatorError(`Project ${id} does not belong to an organization that the key is restricted to.`)
    }
  }

  for (const { level, organization } of memberships) {
    if (!mayUseApiKeys(level, organization.membersCanUsePersonalApiKeys)) {
      notes.push(`The key does not work in '${organization.name}'. Only admins and owners can use keys there.`)
    }
  }
}

/**
 * The keys of all users or of one, oldest first.
 *
 * @throws OperatorError if there is no such user.
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
 * Deletes a key, which is no longer valid.
 *
 * @param idOrMask from `listApiKeys`
 * @throws OperatorError if there is no such key, or several keys have the mask.
 */
export async function revokeApiKey(db: Db, idOrMask: string): Promise<ApiKeySummary> {
  const where = z.uuid().safeParse(idOrMask).success ? { id: idOrMask } : { mask: idOrMask }
  const [key, ...others] = await db.personalApiKey.findMany({ where, select: summarySelect })
  if (key === undefined) throw new OperatorError(`There is no key ${quoteAll([idOrMask])}. Give an id or a mask from \`list\`.`)
  const ids = [key, ...others].map(({ id }) => id).join(' or ')
  if (others.length > 0) throw new OperatorError(`Several keys have the mask '${idOrMask}'. Give the id of one: ${ids}.`)
  await db.personalApiKey.delete({ where: { id: key.id } })
  return key
}

function quoteAll(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ')
}
