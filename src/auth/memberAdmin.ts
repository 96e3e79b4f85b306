import type { Db, Transaction } from '../database/client.ts'
import type { Organization, User } from '../database/generated/client.ts'
import { OperatorError } from '../platform/operatorError.ts'
import { isOneLine } from '../platform/textValidation.ts'
import { findOrganization } from './findOrganization.ts'
import { type MembershipLevel, membershipLevelNames, ownerLevel } from './membershipLevel.ts'
import { assertValidPerson } from './validPerson.ts'

// What operators do with the people of organizations. No key is needed: whoever reaches the database may do it.

/** A member as a list shows them. */
export interface MemberSummary {
  email: string
  firstName: string
  organization: string
  level: string
  roles: string[]
  isActive: boolean
  /** How many API keys they have. */
  keys: number
}

/**
 * The members of all organizations or of one, who joined first first.
 *
 * @throws OperatorError if there is no such organization.
 */
export async function listMembers(db: Db, organization: string | null): Promise<MemberSummary[]> {
  const where = organization === null ? {} : { organizationId: (await findOrganization(db, organization, noHint)).id }
  const memberships = await db.organizationMembership.findMany({
    where,
    include: { organization: true, user: { include: { _count: { select: { personalApiKeys: true } } } } },
    orderBy: [{ organization: { name: 'asc' } }, { organizationId: 'asc' }, { createdAt: 'asc' }, { userId: 'asc' }],
  })
  const roles = await db.roleMembership.findMany({
    where: { role: where },
    select: { userId: true, role: { select: { name: true, organizationId: true } } },
    orderBy: { role: { name: 'asc' } },
  })
  const rolesOf = Map.groupBy(roles, ({ userId, role }) => `${role.organizationId} ${userId}`)
  return memberships.map(({ organizationId, userId, level, organization, user }) => ({
    email: user.email,
    firstName: user.firstName,
    organization: organization.name,
    level: membershipLevelNames[level] ?? String(level),
    roles: (rolesOf.get(`${organizationId} ${userId}`) ?? []).map(({ role }) => role.name),
    isActive: user.isActive,
    keys: user._count.personalApiKeys,
  }))
}

/**
 * Adds somebody to an organization. A user that does not exist yet is created.
 *
 * @param organization its id or name. Null for the only one.
 * @throws OperatorError if they are a member already, or an input is wrong.
 */
export async function addMember(
  db: Db,
  {
    email: typed,
    firstName,
    level,
    organization,
  }: { email: string; firstName: string; level: MembershipLevel; organization: string | null },
): Promise<{ user: User; organization: Organization }> {
  const email = typed.toLowerCase()
  assertValidPerson(email, firstName)
  return db.$transaction(async (tx) => {
    const found = await findOrOnly(tx, organization)
    // Somebody else may add the same person at this moment.
    await tx.user.createMany({ data: { email, firstName }, skipDuplicates: true })
    const user = await tx.user.findUniqueOrThrow({ where: { email } })
    const membership = { organizationId: found.id, userId: user.id, level }
    const { count } = await tx.organizationMembership.createMany({ data: membership, skipDuplicates: true })
    if (count === 0) throw new OperatorError(`${email} is a member of '${found.name}' already. Change the level with \`members level\`.`)
    return { user, organization: found }
  })
}

/**
 * Changes the level of a member.
 *
 * @throws OperatorError if that would leave the organization without an owner who is active.
 */
export async function setLevel(
  db: Db,
  { email, level, organization }: { email: string; level: MembershipLevel; organization: string | null },
): Promise<Organization> {
  return db.$transaction(async (tx) => {
    const { user, organization: found } = await findMember(tx, email, organization)
    if (level !== ownerLevel) await assertOtherOwner(tx, user, [found])
    const where = { organizationId_userId: { organizationId: found.id, userId: user.id } }
    await tx.organizationMembership.update({ where, data: { level } })
    return found
  })
}

/**
 * Gives a member roles, and takes roles from them. A role that does not exist yet is created.
 *
 * @throws OperatorError for a role that comes from PostHog, and for one to take away that there is not.
 */
export async function setRoles(
  db: Db,
  { email, add, remove, organization }: { email: string; add: readonly string[]; remove: readonly string[]; organization: string | null },
): Promise<{ organization: Organization; roles: string[]; created: string[] }> {
  if (add.length + remove.length === 0) throw new OperatorError('Name a role with --add or --remove.')
  return db.$transaction(async (tx) => {
    const { user, organization: found } = await findMember(tx, email, organization)
    const organizationId = found.id
    const created: string[] = []
    const findRole = async (name: string) => {
      const role = await tx.role.findUnique({ where: { organizationId_name: { organizationId, name } } })
      if (role !== null && role.importedId !== null)
        throw new OperatorError(`The role '${name}' comes from PostHog. Change its members there.`)
      return role
    }
    for (const name of add) {
      if (!isOneLine(name, 1, 200)) throw new OperatorError('The name of a role is one line of 1 to 200 characters.')
      const before = await findRole(name)
      if (before === null) created.push(name)
      const role = before ?? (await tx.role.create({ data: { organizationId, name } }))
      await tx.roleMembership.createMany({ data: { roleId: role.id, userId: user.id }, skipDuplicates: true })
    }
    for (const name of remove) {
      const role = await findRole(name)
      if (role === null) throw new OperatorError(`There is no role '${name}' in '${found.name}'.`)
      await tx.roleMembership.deleteMany({ where: { roleId: role.id, userId: user.id } })
    }
    const roles = await tx.role.findMany({
      where: { organizationId, members: { some: { userId: user.id } } },
      select: { name: true },
      orderBy: { name: 'asc' },
    })
    return { organization: found, roles: roles.map(({ name }) => name), created }
  })
}

/**
 * Deactivates somebody, so that all their keys stop working, or lets them back in.
 *
 * @throws OperatorError if that would leave an organization without an owner who is active.
 */
export async function setActive(db: Db, email: string, isActive: boolean): Promise<void> {
  return db.$transaction(async (tx) => {
    const user = await findUser(tx, email)
    if (!isActive) {
      const memberships = await tx.organizationMembership.findMany({ where: { userId: user.id }, include: { organization: true } })
      await assertOtherOwner(
        tx,
        user,
        memberships.map(({ organization }) => organization),
      )
    }
    await tx.user.update({ where: { id: user.id }, data: { isActive } })
  })
}

/** Locks the organizations, so that two owners cannot leave at once. */
async function assertOtherOwner(tx: Transaction, user: User, organizations: readonly Organization[]): Promise<void> {
  const ids = organizations.map(({ id }) => id)
  await tx.$queryRaw`SELECT id FROM organizations WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`
  for (const { id: organizationId, name } of organizations) {
    const owners = await tx.organizationMembership.findMany({
      where: { organizationId, level: ownerLevel, user: { isActive: true } },
      select: { userId: true },
    })
    const isLast = owners.length === 1 && owners[0]?.userId === user.id
    if (isLast) throw new OperatorError(`${user.email} is the last active owner of '${name}'. Make somebody else an owner first.`)
  }
}

async function findUser(tx: Transaction, typed: string): Promise<User> {
  const email = typed.toLowerCase()
  const user = await tx.user.findUnique({ where: { email } })
  if (user === null) throw new OperatorError(`There is no user ${email}.`)
  return user
}

/** Somebody, and the organization in which they are a member: the named one, or the only one that they are in. */
async function findMember(tx: Transaction, email: string, named: string | null): Promise<{ user: User; organization: Organization }> {
  const user = await findUser(tx, email)
  const memberships = await tx.organizationMembership.findMany({ where: { userId: user.id }, include: { organization: true } })
  const organizations = memberships.map(({ organization }) => organization)
  if (named !== null) {
    const { id, name } = await findOrganization(tx, named, noHint)
    const organization = organizations.find((each) => each.id === id)
    if (organization === undefined) throw new OperatorError(`${user.email} is not a member of '${name}'.`)
    return { user, organization }
  }
  const [organization, ...others] = organizations
  if (organization === undefined) throw new OperatorError(`${user.email} is not a member of any organization.`)
  if (others.length > 0) throw new OperatorError(`${user.email} is a member of several organizations. Name one with --organization.`)
  return { user, organization }
}

async function findOrOnly(tx: Transaction, named: string | null): Promise<Organization> {
  if (named !== null) return findOrganization(tx, named, noHint)
  const [organization, ...others] = await tx.organization.findMany({ take: 2 })
  if (organization === undefined) {
    throw new OperatorError('There is no organization yet. `keys create --create-organization` makes one, with its owner.')
  }
  if (others.length > 0) throw new OperatorError('There are several organizations. Name one with --organization.')
  return organization
}

const noHint = async () => ''
