import type { ReadClient, Transaction } from '../../../../database/client.ts'
import type { ExposureQuestion, ExposureRow, FilteredExposureQuestion, PlanningEventStore } from '../../../../database/events/eventStore.ts'
import type { Experiment, Prisma, Project } from '../../../../database/generated/client.ts'
import {
  actionIdsOf,
  type ExposingExperiment,
  type Exposure,
  filterKeysOf,
  isPlain,
  readExposingEvents,
} from '../../rules/exposure/exposure.ts'
import { meetsFilters } from '../../rules/exposure/exposureFilters.ts'
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
  project: { select: { testAccountFilters: true, timezone: true, matchingVersion: true, eventSource: true } },
} as const satisfies Prisma.ExperimentSelect

interface Bounds {
  now: Date
  /** How many people may be exposed. */
  max: number
}

/** Who is exposed to an experiment: a number of people, those themselves, or why that cannot be judged. */
type Exposed = { count: number; distinctIds?: readonly string[] } | { problems: string[] }

/** Returns the store that tells who was exposed to the experiments of a project. Null if nothing may be asked of it. */
export type FindExposureStore = (
  project: Pick<Project, 'id' | 'eventSource'>,
) => Pick<PlanningEventStore, 'countExposed' | 'exposureRows'> | null

/** How many steps all comparisons of the filters may take. That many take less than a second. */
const maxSteps = 20_000_000

const eventsInPostHog = 'The events of the project are in PostHog, and so are the people of such a cohort. Freeze the exposure there.'

/** Finds who is exposed to each experiment. At most two questions to the store of each project, however many experiments there are. */
async function findExposed(
  db: ReadClient,
  experiments: readonly ExposingExperiment[],
  bounds: Bounds,
  storeOf: FindExposureStore,
): Promise<Exposed[]> {
  const actionIds = [...new Set(experiments.flatMap(actionIdsOf))]
  const actions = actionIds.length === 0 ? [] : await db.action.findMany({ where: { id: { in: actionIds } } })
  const read = experiments.map((experiment) => ({ experiment, exposure: readExposingEvents(experiment, actions) }))
  const asked = read.flatMap(({ experiment, exposure }) => ('problems' in exposure ? [] : [{ experiment, exposure }]))
  const filtered = asked.filter(({ exposure }) => !isPlain(exposure))
  const limit = rowBudget(bounds.max, filtered.length)
  const found = new Map<number, Exposed>()
  const note = (group: typeof asked, answers: readonly Exposed[]) => {
    for (const [index, { experiment }] of group.entries()) found.set(experiment.id, answers[index] ?? { count: 0 })
  }
  await Promise.all(
    [...Map.groupBy(asked, ({ experiment }) => experiment.projectId)].map(async ([projectId, group]) => {
      const store = group[0] === undefined ? null : storeOf({ id: projectId, eventSource: group[0].experiment.project.eventSource })
      if (store === null)
        return note(
          group,
          group.map(() => ({ problems: [eventsInPostHog] })),
        )
      const plain = group.filter(({ exposure }) => isPlain(exposure))
      const others = group.filter(({ exposure }) => !isPlain(exposure))
      const [counts, rows] = await Promise.all([
        store.countExposed(
          plain.map(({ exposure }) => toQuestion(exposure, bounds.now)),
          bounds.max,
        ),
        store.exposureRows(
          others.map(({ exposure }) => toFilteredQuestion(exposure, bounds.now)),
          limit,
        ),
      ])
      note(
        plain,
        counts.map((count) => ({ count })),
      )
      note(
        others,
        others.map(({ experiment, exposure }, index) => {
          const own = rows[index] ?? []
          if (own.length > limit) return { problems: [overBudget(bounds.max, filtered.length)] }
          return judge(exposure, experiment, own, bounds.now)
        }),
      )
    }),
  )
  return read.map(({ experiment, exposure }) => ('problems' in exposure ? exposure : (found.get(experiment.id) ?? { count: 0 })))
}

function toQuestion({ events, property, flag, variants, since }: Exposure, now: Date): ExposureQuestion {
  return { events, property, flag, variants, since, until: now }
}

function toFilteredQuestion(exposure: Exposure, now: Date): FilteredExposureQuestion {
  return { ...toQuestion(exposure, now), activating: exposure.activation?.events ?? [], keys: filterKeysOf(exposure) }
}

/** Judges the events of one experiment by its filters. */
function judge({ filters, activation }: Exposure, { project }: ExposingExperiment, rows: readonly ExposureRow[], now: Date): Exposed {
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
  storeOf: FindExposureStore,
): Promise<FreezeBlocker[][]> {
  const blockers = experiments.map((experiment) => findFreezeBlockers(experiment, experiment.featureFlag))
  for (const [index, { project }] of experiments.entries()) {
    if (project.eventSource === 'posthog' && blockers[index]?.length === 0) blockers[index] = [unjudgedBlocker(eventsInPostHog)]
  }
  const free = experiments.filter((_, index) => blockers[index]?.length === 0)
  const exposed = await findExposed(db, free, bounds, storeOf)
  return experiments.map((experiment, index) => {
    const found = exposed[free.indexOf(experiment)]
    if (found === undefined) return blockers[index] ?? []
    return 'problems' in found ? found.problems.map(unjudgedBlocker) : findExposureBlockers(found.count, bounds.max)
  })
}

/**
 * Makes a static cohort of the people who were exposed to an experiment so far. Returns its number and its size.
 *
 * @param store the events of the project
 */
export async function createExposureCohort(
  tx: Transaction,
  store: PlanningEventStore,
  experiment: ExposingExperiment & Pick<Experiment, 'name'>,
  { createdById, ...bounds }: Bounds & { createdById: number },
): Promise<{ id: number; size: number }> {
  const name = `Users exposed to experiment "${experiment.name}"`.slice(0, 400)
  const { projectId } = experiment
  const { id } = await tx.cohort.create({
    data: { projectId, name, isStatic: true, createdById, createdAt: bounds.now },
    select: { id: true },
  })
  const distinctIds = await findExposedIds(tx, store, experiment, bounds)
  const size = await tx.$executeRaw`INSERT INTO cohort_members (cohort_id, distinct_id) SELECT ${id}::int, unnest(${distinctIds}::text[])`
  await tx.cohort.update({ where: { id }, data: { size }, select: { id: true } })
  return { id, size }
}

async function findExposedIds(
  tx: Transaction,
  store: PlanningEventStore,
  experiment: ExposingExperiment,
  bounds: Bounds,
): Promise<string[]> {
  const actions = await tx.action.findMany({ where: { id: { in: actionIdsOf(experiment) } } })
  const exposure = readExposingEvents(experiment, actions)
  if (!('problems' in exposure) && isPlain(exposure)) return store.exposedPeople(toQuestion(exposure, bounds.now), bounds.max)
  const [found] = await findExposed(tx, [experiment], bounds, () => store)
  // This cannot happen: the plan found no blockers in the same transaction.
  if (found === undefined || 'problems' in found) throw new Error(`The exposures of experiment ${experiment.id} cannot be judged.`)
  return [...(found.distinctIds ?? [])]
}
