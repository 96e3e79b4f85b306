import { generateApiKey, hashApiKey, maskApiKey } from '../../src/auth/apiKey.ts'
import type { Db } from '../../src/database/client.ts'
import type { Experiment, FeatureFlag, Organization, Prisma, Project, User } from '../../src/database/generated/client.ts'

let serial = 0
const unique = (name: string) => `${name}-${++serial}`

/** `filters` of a flag that an experiment may use. */
export const controlAndTest: Prisma.InputJsonObject = {
  groups: [{ properties: [], rollout_percentage: 100 }],
  multivariate: {
    variants: [
      { key: 'control', rollout_percentage: 50 },
      { key: 'test', rollout_percentage: 50 },
    ],
  },
}

export function seedOrganization(db: Db, data: Partial<Prisma.OrganizationUncheckedCreateInput> = {}): Promise<Organization> {
  return db.organization.create({ data: { name: unique('Organization'), ...data } })
}

export function seedProject(
  db: Db,
  organization: { id: string },
  data: Partial<Prisma.ProjectUncheckedCreateInput> = {},
): Promise<Project> {
  return db.project.create({ data: { name: unique('Project'), organizationId: organization.id, ...data } })
}

/** A member of the organization, with level 1 by default. */
export function seedUser(
  db: Db,
  organization: { id: string },
  data: { firstName?: string; email?: string; level?: number } = {},
): Promise<User> {
  const { level = 1, ...user } = data
  return db.user.create({
    data: {
      email: `${unique('person')}@example.com`,
      firstName: 'Person',
      ...user,
      memberships: { create: { organizationId: organization.id, level } },
    },
  })
}

/** Creates a key, with every scope by default, and returns its token. */
export async function seedKey(
  db: Db,
  user: { id: number },
  data: Partial<Prisma.PersonalApiKeyUncheckedCreateInput> = {},
): Promise<string> {
  const token = generateApiKey()
  await db.personalApiKey.create({
    data: { userId: user.id, label: 'test', secureValue: hashApiKey(token), mask: maskApiKey(token), scopes: ['*'], ...data },
  })
  return token
}

/** A flag, eligible by default. */
export function seedFlag(
  db: Db,
  project: { id: number },
  data: Partial<Prisma.FeatureFlagUncheckedCreateInput> = {},
): Promise<FeatureFlag> {
  return db.featureFlag.create({ data: { key: unique('flag'), name: '', filters: controlAndTest, projectId: project.id, ...data } })
}

/** An experiment on this flag, a draft by default. */
export function seedExperiment(
  db: Db,
  flag: { id: number; projectId: number },
  data: Partial<Prisma.ExperimentUncheckedCreateInput> = {},
): Promise<Experiment> {
  return db.experiment.create({ data: { name: unique('Experiment'), projectId: flag.projectId, featureFlagId: flag.id, ...data } })
}

export async function seedEvent(
  db: Db,
  project: { id: number },
  event: string,
  timestamp: Date | string,
  properties: string | object = {},
): Promise<void> {
  const text = typeof properties === 'string' ? properties : JSON.stringify(properties)
  await db.event.create({
    data: {
      projectId: project.id,
      id: crypto.randomUUID(),
      event,
      timestamp: new Date(timestamp),
      distinctId: 'somebody',
      properties: text,
    },
  })
}

/** The values of a flag, without what says that an experiment uses it. */
export function ownFlagValues<Flag extends { facts: string[]; inExperiment: boolean }>({ facts, inExperiment, ...values }: Flag) {
  return values
}
