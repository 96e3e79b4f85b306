import type { ReadClient, Transaction } from '../../../../database/client.ts'
import { type Experiment, Prisma } from '../../../../database/generated/client.ts'
import {
  actionIdsOf,
  type ExposingExperiment,
  type Exposure,
  filterKeysOf,
  isPlain,
  readExposingEvents,
} from '../../rules/exposure/exposure.ts'
import { type EventValues, meetsFilters } from '../../rules/exposure/exposureFilters.ts'
import { type FreezeBlocker, findExposureBlockers, findFreezeBlockers, unjudgedBlocker } from '../../rules/exposure/freezeBlockers.ts'
import { overBudget, rowBudget } from '../../rules/exposure/rowBudget.ts'

/** The columns of an experiment that decide who is exposed. */
export const exposingColumns = {
  id: true,
  projectId: true,
  startDate: true,
  endDate: true,
  exposureCriteria: true,
  parameters: true,
  featureFlag: { select: { key: true, filters: true, active: true, deleted: true, exposureFrozen: true } },
  project: { select: { testAccountFilters: true, timezone: true, matchingVersion: true } },
} as const satisfies Prisma.ExperimentSelect

interface Bounds {
  now: Date
  /** How many people may be exposed. */
  max: number
}

/** Who is exposed to an experiment: a number of people, those themselves, or why that cannot be judged. */
type Exposed = { count: number; distinctIds?: readonly string[] } | { problems: string[] }

interface Asked extends Exposure {
  id: number
  projectId: number
  keys: string[]
}

/** How many steps all comparisons of the filters may take. That many take less than a second. */
const maxSteps = 20_000_000

/** Selects the distinct ids of the people of exposures `x`, one more than allowed. */
const exposedSql = ({ now, max }: Bounds) => Prisma.sql`
  SELECT DISTINCT e.distinct_id FROM events e
  WHERE ${isExposingSql(now)}
  LIMIT ${max + 1}`

const inPeriodSql = (now: Date) => Prisma.sql`
  e.project_id = x."projectId" AND e.timestamp >= x.since AND e.timestamp <= ${now}::timestamptz AND e.distinct_id <> ''`
const isExposingSql = (now: Date) => Prisma.sql`
  ${inPeriodSql(now)} AND e.event = ANY (ARRAY(SELECT jsonb_array_elements_text(x.events)))
    AND x.variants ? event_variant(e.properties, x.property, x.flag)`

const exposuresSql = (exposures: readonly Asked[]) => Prisma.sql`
  jsonb_to_recordset(${JSON.stringify(exposures.map(({ activation, ...one }) => ({ ...one, activating: activation?.events ?? [] })))}::jsonb)
    AS x (id int, "projectId" int, events jsonb, property text, flag text, variants jsonb, since timestamptz, activating jsonb, keys jsonb)`

interface ValueRow {
  id: number
  distinctId: string
  activates: boolean
  values: EventValues | null
  /** The time of the first such event of an exposure, and of the last one of an activation, in milliseconds. */
  at: number
}

/**
 * Selects the exposing and activating events of exposures, with the values that filters ask for: one row for all events of a person that have
 * the same ones.
 */
const valuesSql = (exposures: readonly Asked[], now: Date, limit: number) => Prisma.sql`
  SELECT x.id, found.* FROM ${exposuresSql(exposures)} CROSS JOIN LATERAL (
    SELECT * FROM (
      SELECT e.distinct_id AS "distinctId", false AS activates, ${keptValuesSql} AS values,
        (extract(epoch FROM min(e.timestamp)) * 1000)::float8 AS at
      FROM events e WHERE ${isExposingSql(now)} GROUP BY 1, 3
      UNION ALL
      SELECT e.distinct_id, true, ${keptValuesSql}, (extract(epoch FROM max(e.timestamp)) * 1000)::float8
      FROM events e
      WHERE ${inPeriodSql(now)} AND e.event = ANY (ARRAY(SELECT jsonb_array_elements_text(x.activating))) GROUP BY 1, 3
    ) AS rows LIMIT ${limit + 1}
  ) AS found`
const keptValuesSql = Prisma.sql`event_values(e.properties, ARRAY(SELECT jsonb_array_elements_text(x.keys)))`

/** Finds who is exposed to each experiment. At most three statements, however many experiments there are. */
async function findExposed(db: ReadClient, experiments: readonly ExposingExperiment[], bounds: Bounds): Promise<Exposed[]> {
  const actionIds = [...new Set(experiments.flatMap(actionIdsOf))]
  const actions = actionIds.length === 0 ? [] : await db.action.findMany({ where: { id: { in: actionIds } } })
  const read = experiments.map((experiment) => ({ experiment, exposure: readExposingEvents(experiment, actions) }))
  const asked = read.flatMap(({ experiment: { id, projectId }, exposure }) =>
    'problems' in exposure ? [] : [{ ...exposure, id, projectId, keys: filterKeysOf(exposure) }],
  )
  const filtered = asked.filter((exposure) => !isPlain(exposure))
  const limit = rowBudget(bounds.max, filtered.length)
  const [counts, values] = await Promise.all([countExposed(db, asked.filter(isPlain), bounds), readValues(db, filtered, limit, bounds.now)])
  return read.map(({ experiment, exposure }) => {
    if ('problems' in exposure) return exposure
    if (isPlain(exposure)) return { count: counts.get(experiment.id) ?? 0 }
    const rows = values.get(experiment.id) ?? []
    if (rows.length > limit) return { problems: [overBudget(bounds.max, filtered.length)] }
    return judge(exposure, experiment, rows, bounds.now)
  })
}

async function countExposed(db: ReadClient, exposures: readonly Asked[], bounds: Bounds): Promise<Map<number, number>> {
  if (exposures.length === 0) return new Map()
  const counts = await db.$queryRaw<{ id: number; exposed: number }[]>(Prisma.sql`
    SELECT x.id, (SELECT count(*) FROM (${exposedSql(bounds)}) AS exposed)::int AS exposed FROM ${exposuresSql(exposures)}`)
  return new Map(counts.map(({ id, exposed }) => [id, exposed]))
}

async function readValues(db: ReadClient, exposures: readonly Asked[], limit: number, now: Date): Promise<Map<number, ValueRow[]>> {
  const rows = exposures.length === 0 ? [] : await db.$queryRaw<ValueRow[]>(valuesSql(exposures, now, limit))
  return Map.groupBy(rows, ({ id }) => id)
}

/** Judges the events of one experiment by its filters. */
function judge({ filters, activation }: Exposure, { project }: ExposingExperiment, rows: readonly ValueRow[], now: Date): Exposed {
  const { timezone, matchingVersion } = project
  const context = { now, timezone, matchingVersion, work: { steps: maxSteps } }
  const firstExposures = new Map<string, number>()
  const lastActivations = new Map<string, number>()
  for (const { distinctId, activates, values, at } of rows) {
    if (!meetsFilters(activates ? (activation?.filters ?? []) : filters, values, context)) continue
    const [times, choose] = activates ? [lastActivations, Math.max] : [firstExposures, Math.min]
    times.set(distinctId, choose(times.get(distinctId) ?? at, at))
  }
  if (context.work.steps <= 0) return { problems: ['The filters take too long to be judged.'] }
  const exposed = [...firstExposures].filter(([id, first]) => activation === null || (lastActivations.get(id) ?? -Infinity) >= first)
  const distinctIds = exposed.map(([id]) => id)
  return { count: distinctIds.length, distinctIds }
}

/**
 * Returns what keeps the exposure of each experiment from being frozen, in order. The mutation and the fields share this decision. The number of
 * statements does not depend on the experiments.
 */
export async function loadFreezeBlockers(
  db: ReadClient,
  experiments: readonly ExposingExperiment[],
  bounds: Bounds,
): Promise<FreezeBlocker[][]> {
  const blockers = experiments.map((experiment) => findFreezeBlockers(experiment, experiment.featureFlag))
  const free = experiments.filter((_, index) => blockers[index]?.length === 0)
  const exposed = await findExposed(db, free, bounds)
  return experiments.map((experiment, index) => {
    const found = exposed[free.indexOf(experiment)]
    if (found === undefined) return blockers[index] ?? []
    return 'problems' in found ? found.problems.map(unjudgedBlocker) : findExposureBlockers(found.count, bounds.max)
  })
}

/** Makes a static cohort of the people who were exposed to an experiment so far. Returns its number and its size. */
export async function createExposureCohort(
  tx: Transaction,
  experiment: ExposingExperiment & Pick<Experiment, 'name'>,
  { createdById, ...bounds }: Bounds & { createdById: number },
): Promise<{ id: number; size: number }> {
  const name = `Users exposed to experiment "${experiment.name}"`.slice(0, 400)
  const { projectId } = experiment
  const { id } = await tx.cohort.create({
    data: { projectId, name, isStatic: true, createdById, createdAt: bounds.now },
    select: { id: true },
  })
  const size = await addExposed(tx, id, experiment, bounds)
  await tx.cohort.update({ where: { id }, data: { size }, select: { id: true } })
  return { id, size }
}

/** Puts the exposed people into a cohort, and returns how many they are. */
async function addExposed(tx: Transaction, cohortId: number, experiment: ExposingExperiment, bounds: Bounds): Promise<number> {
  const actions = await tx.action.findMany({ where: { id: { in: actionIdsOf(experiment) } } })
  const exposure = readExposingEvents(experiment, actions)
  if (!('problems' in exposure) && isPlain(exposure)) {
    const { id, projectId } = experiment
    return tx.$executeRaw`
      INSERT INTO cohort_members (cohort_id, distinct_id)
      SELECT ${cohortId}::int, exposed.distinct_id
      FROM ${exposuresSql([{ ...exposure, id, projectId, keys: [] }])} CROSS JOIN LATERAL (${exposedSql(bounds)}) AS exposed`
  }
  const [found] = await findExposed(tx, [experiment], bounds)
  // This cannot happen: the plan found no blockers in the same transaction.
  if (found === undefined || 'problems' in found) throw new Error(`The exposures of experiment ${experiment.id} cannot be judged.`)
  return tx.$executeRaw`
    INSERT INTO cohort_members (cohort_id, distinct_id) SELECT ${cohortId}::int, unnest(${[...(found.distinctIds ?? [])]}::text[])`
}
