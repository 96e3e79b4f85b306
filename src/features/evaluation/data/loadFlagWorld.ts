import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { LRUCache } from 'lru-cache'
import { Prisma, type Project } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { redactFilters } from '../../featureFlags/rules/encryptedPayloads.ts'
import { loadGroupTypes } from '../../projects/data/groupTypes.ts'
import { readCohort } from '../rules/cohorts.ts'
import { type FlagRules, readFlagRules } from '../rules/flagRules.ts'
import { createFlagWorld, type EvaluatedFlag, type FlagWorld } from '../rules/flagWorld.ts'
import { readCohortsWithDependencies, readFlagsWithDependencies, readMemberships, type WorldFlagRow } from './flagWorldSql.ts'

/** The parts of a project that evaluation depends on. */
export type EvaluationProject = Pick<Project, 'id' | 'timezone' | 'matchingVersion'>

/** The flags of a project with these keys, and all that they depend on. */
export async function loadWorldByKeys(context: Context, project: EvaluationProject, keys: readonly string[]): Promise<FlagWorld> {
  // Key by key: a plan for any keys would read all flags of the project.
  const roots = Prisma.sql`
    ARRAY(
      SELECT found.id
      FROM unnest(${[...keys]}::text[]) AS asked (key)
      CROSS JOIN LATERAL (
        SELECT r.id FROM feature_flags r WHERE r.project_id = ${project.id}::int AND r.key = asked.key AND NOT r.deleted OFFSET 0
      ) AS found
    )`
  const rows = await readFlagsWithDependencies(context, roots)
  return (await createWorlds(context, [project], rows))(project.id)
}

interface FlagOfProject {
  id: number
  project: EvaluationProject
  /** Rules that the flag had, or might get. What they depend on is read too. */
  otherRules?: FlagRules
}

const worldByFlagLoader = createContextCache(
  (context: Context) =>
    new DataLoader<FlagOfProject, FlagWorld, string>(
      async (flags) => {
        const rows = await readFlagsWithDependencies(context, rootsOf(flags))
        const projects = new Map(flags.map(({ project }) => [project.id, project]))
        const cohortIds = flags.flatMap(({ otherRules }) => otherRules?.cohortIds ?? [])
        const worldOf = await createWorlds(context, [...projects.values()], rows, cohortIds)
        return flags.map(({ project }) => worldOf(project.id))
      },
      { cacheKeyFn: ({ id, otherRules }) => (otherRules === undefined ? String(id) : `${id} ${namesIn(otherRules)}`) },
    ),
)

const namesIn = ({ dependencies, cohortIds }: FlagRules) => JSON.stringify([dependencies, cohortIds])

/** Selects the numbers of flags, and of those that their other rules name. A reference is a number or a key, in the project of the flag. */
function rootsOf(flags: readonly FlagOfProject[]): Prisma.Sql {
  const references = flags.flatMap(({ project, otherRules }) =>
    (otherRules?.dependencies ?? []).map((reference) => ({ projectId: project.id, reference })),
  )
  const ids = [...flags.map(({ id }) => id), ...references.map(({ reference }) => Number(reference)).filter(isInt4)]
  if (references.length === 0) return Prisma.sql`${ids}::int[]`
  return Prisma.sql`
    ${[...new Set(ids)]}::int[] || ARRAY(
      SELECT found.id
      FROM unnest(${references.map(({ projectId }) => projectId)}::int[], ${references.map(({ reference }) => reference)}::text[])
        AS named (project_id, key)
      CROSS JOIN LATERAL (
        SELECT r.id FROM feature_flags r WHERE r.project_id = named.project_id AND r.key = named.key AND NOT r.deleted OFFSET 0
      ) AS found
    )`
}

/** A flag that the viewer may see, and all that it depends on. The flags of one tick share the statements. */
export function loadWorldOfFlag(context: Context, flag: FlagOfProject): Promise<FlagWorld> {
  return worldByFlagLoader(context).load(flag)
}

/** Reads what flags name beside other flags, and returns a function from the project to its world. */
async function createWorlds(
  context: Context,
  projects: readonly EvaluationProject[],
  rows: readonly WorldFlagRow[],
  cohortIds: readonly number[] = [],
) {
  const flags = rows.map((row) => ({ projectId: row.projectId, flag: toFlag(row) }))
  const named = [...new Set([...cohortIds, ...flags.flatMap(({ flag }) => flag.rules.cohortIds)])].filter(isInt4)
  const [cohorts, groupTypes] = await Promise.all([
    named.length === 0 ? [] : readCohortsWithDependencies(context, named),
    Promise.all(projects.map(({ id }) => loadGroupTypes(context, id))),
  ])
  const worlds = new Map(
    projects.map(({ id, timezone, matchingVersion }, index) => [
      id,
      createFlagWorld({
        flags: flags.flatMap(({ projectId, flag }) => (projectId === id ? [flag] : [])),
        cohorts: cohorts.filter(({ projectId }) => projectId === id).map(({ filters, ...row }) => ({ ...row, rule: readCohort(filters) })),
        groupTypeNames: new Map(groupTypes[index]?.map((type) => [type.index, type.name])),
        timezone,
        matchingVersion,
        now: context.now,
      }),
    ]),
  )
  return (projectId: number): FlagWorld => {
    const world = worlds.get(projectId)
    // This cannot happen: the projects are those of the flags.
    if (world === undefined) throw new Error(`Project ${projectId} was not asked for.`)
    return world
  }
}

const toFlag = (row: WorldFlagRow): EvaluatedFlag => ({
  id: row.id,
  key: row.key,
  active: row.active,
  deleted: row.deleted,
  byDevice: row.bucketingIdentifier === 'device_id',
  rules: rulesOf(row),
})

/** The rules by the text of the filters. To read them takes longer than to evaluate them. The size is that of the texts. */
const knownRules = new LRUCache<string, FlagRules>({ max: 10_000, maxSize: 8_000_000, sizeCalculation: (_rules, text) => text.length + 1 })

function rulesOf({ filtersText, hasEncryptedPayloads }: WorldFlagRow): FlagRules {
  // Encrypted payloads are replaced, so their flags are few and read anew.
  if (hasEncryptedPayloads)
    return readFlagRules(redactFilters({ hasEncryptedPayloads, filters: JSON.parse(filtersText) as Prisma.JsonValue }))
  const known = knownRules.get(filtersText)
  if (known !== undefined) return known
  const rules = readFlagRules(JSON.parse(filtersText))
  knownRules.set(filtersText, rules)
  return rules
}

interface Membership {
  distinctId: string
  cohortIds: readonly number[]
}

const membershipLoader = createContextCache(
  (context: Context) =>
    new DataLoader<Membership, ReadonlySet<number>, string>(
      async (asked) => {
        const distinctIds = new Set(asked.map(({ distinctId }) => distinctId))
        const cohortIds = new Set(asked.flatMap((one) => one.cohortIds))
        const rows = await readMemberships(context, [...distinctIds], [...cohortIds])
        const byPerson = Map.groupBy(rows, ({ distinctId }) => distinctId)
        return asked.map(({ distinctId }) => new Set(byPerson.get(distinctId)?.map(({ cohortId }) => cohortId)))
      },
      { cacheKeyFn: ({ distinctId, cohortIds }) => `${cohortIds.join()} ${distinctId}` },
    ),
)

const nobody: ReadonlySet<number> = new Set()

/** The static cohorts of a world that a person is a member of. */
export function loadStaticCohorts(
  context: Context,
  { cohorts }: FlagWorld,
  distinctId: string,
): Promise<ReadonlySet<number>> | ReadonlySet<number> {
  const cohortIds = [...cohorts.values()].flatMap(({ id, isStatic, hasMembers }) => (isStatic && hasMembers ? [id] : []))
  return cohortIds.length === 0 ? nobody : membershipLoader(context).load({ distinctId, cohortIds })
}
