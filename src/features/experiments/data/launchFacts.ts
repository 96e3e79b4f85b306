import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { ReadClient } from '../../../database/client.ts'
import type { EventFlagCoverage, EventStore } from '../../../database/events/eventStore.ts'
import { type Action, Prisma, type Project } from '../../../database/generated/client.ts'
import { anyLengthSql, limitSql } from '../../../database/sql.ts'
import { loaderById } from '../../../graphql/dataLoaders.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { eventsFromActionSteps } from '../../events/eventNames.ts'
import { eventStoreOf } from '../../events/eventStoreOf.ts'
import { getReferencedNames } from '../../metrics/rules/metricRules.ts'
import { startOfDay } from '../../projects/rules/localDays.ts'
import { type LaunchFacts, makeLaunchChecks } from '../rules/launchChecks.ts'
import { loadForecast, wholeExperimentLoader } from './actionStates.ts'

/** How many other experiments on a flag, and how many event names of an experiment, are looked at. */
const maxOthers = 20
const maxNames = 100
/** How many of the newest events of a name are looked at. */
const sampleSize = 20

const flagCall = '$feature_flag_called'

interface OtherRow {
  featureFlagId: number
  id: number
  name: string
  isRunning: boolean
  holdoutId: number | null
}

/** Returns the events of a project. Null if nothing may be asked of them. */
type FindSamples = (project: Pick<Project, 'id' | 'eventSource'>) => Pick<EventStore, 'sample'> | null

/**
 * Reads what the checks of drafts need. The number of statements does not depend on the number of drafts.
 *
 * @param storeOf Of projects without a store, no event is known.
 */
export async function readLaunchFacts(
  db: ReadClient,
  experiments: readonly LockedExperiment[],
  now: Date,
  storeOf: FindSamples,
): Promise<LaunchFacts[]> {
  if (experiments.length === 0) return []
  const [links, others] = await Promise.all([
    db.experimentSavedMetric.findMany({
      where: { experimentId: { in: experiments.map(({ id }) => id) } },
      select: { experimentId: true, metadata: true, savedMetric: { select: { query: true } } },
      orderBy: { savedMetricId: 'asc' },
      relationLoadStrategy: 'join',
    }),
    findOthers(db, [...new Set(experiments.map(({ featureFlagId }) => featureFlagId))]),
  ])
  const tracked = experiments.map((experiment) => {
    const saved = links.filter(({ experimentId }) => experimentId === experiment.id)
    const metrics = [experiment.metrics, experiment.metricsSecondary].flatMap((list) => asArray(list) ?? [])
    const exposure = asObject(asObject(experiment.exposureCriteria)?.exposure_config)
    return {
      experiment,
      hasPrimaryMetric:
        (asArray(experiment.metrics) ?? []).some((metric) => asObject(metric) !== null) ||
        saved.some(({ metadata }) => asObject(metadata)?.type !== 'secondary'),
      metrics: getReferencedNames([...metrics, ...saved.map(({ savedMetric }) => savedMetric.query)]),
      // Without an event or action of its own, the call of the flag exposes people.
      exposure: exposure?.kind === 'ActionsNode' ? getReferencedNames([exposure]) : { events: [eventOf(exposure)], actionIds: [] },
    }
  })
  const actions = await findActions(
    db,
    tracked.flatMap(({ metrics, exposure }) => [...metrics.actionIds, ...exposure.actionIds]),
  )
  const named = tracked.map(({ experiment, metrics, exposure }) => ({
    metricNames: namesOf(metrics, actions, experiment.projectId),
    exposureNames: namesOf(exposure, actions, experiment.projectId),
  }))
  const byProject = Map.groupBy(
    experiments.map(({ projectId, project }, index) => ({ projectId, project, names: Object.values(named[index] ?? {}).flat() })),
    ({ projectId }) => projectId,
  )
  const sampled = await Promise.all(
    [...byProject].map(async ([id, own]): Promise<[number, Map<string, EventFlagCoverage>]> => {
      const { eventSource, timezone } = (own[0] as (typeof own)[number]).project
      const window = { from: startOfDay(now, timezone, -7), to: now, size: sampleSize }
      const names = [...new Set(own.flatMap(({ names }) => names))]
      const value = (await storeOf({ id, eventSource })?.sample(names, window))?.value ?? []
      return [id, new Map(value.map((coverage) => [coverage.event, coverage]))]
    }),
  )
  const found = new Map(sampled)
  const evidence = (projectId: number, names: readonly string[] = []) => names.flatMap((event) => found.get(projectId)?.get(event) ?? [])
  return tracked.map(({ experiment, hasPrimaryMetric }, index) => ({
    experiment,
    hasPrimaryMetric,
    others: others
      .filter(({ featureFlagId, id }) => featureFlagId === experiment.featureFlagId && id !== experiment.id)
      .slice(0, maxOthers),
    metricEvents: evidence(experiment.projectId, named[index]?.metricNames),
    exposureEvents: evidence(experiment.projectId, named[index]?.exposureNames),
    now,
  }))
}

function eventOf(exposure: Record<string, unknown> | null): string {
  const event = exposure?.event
  return typeof event === 'string' && event.trim() !== '' ? event : flagCall
}

/** The event names that nodes name, by themselves or by the steps of actions. A step for any event names none. */
function namesOf(
  { events, actionIds }: ReturnType<typeof getReferencedNames>,
  actions: readonly Pick<Action, 'id' | 'projectId' | 'steps'>[],
  projectId: number,
): string[] {
  const own = actions.filter((action) => action.projectId === projectId && actionIds.includes(action.id))
  return [...new Set([...events, ...own.flatMap(({ steps }) => eventsFromActionSteps(steps).names)])].slice(0, maxNames)
}

async function findActions(db: ReadClient, ids: readonly number[]): Promise<Pick<Action, 'id' | 'projectId' | 'steps'>[]> {
  const storable = [...new Set(ids)].filter((id) => id <= 2_147_483_647)
  if (storable.length === 0) return []
  return db.action.findMany({ where: { id: { in: storable }, deleted: false }, select: { id: true, projectId: true, steps: true } })
}

function findOthers(db: ReadClient, flagIds: number[]): Promise<OtherRow[]> {
  return db.$queryRaw<OtherRow[]>(Prisma.sql`
    SELECT f.id AS "featureFlagId", o.*
    FROM feature_flags f
    CROSS JOIN LATERAL (
      SELECT e.id, e.name, e.start_date IS NOT NULL AS "isRunning", e.holdout_id AS "holdoutId"
      FROM experiments e
      WHERE e.project_id = f.project_id AND e.feature_flag_id = f.id AND NOT e.deleted AND NOT e.archived AND e.end_date IS NULL
      ORDER BY e.start_date IS NULL, e.id
      ${limitSql(maxOthers + 1)}
    ) AS o
    WHERE f.id = ANY (${anyLengthSql(flagIds, 'int')})`)
}

/** Loads the checks of drafts. An experiment that was launched has none. */
export const launchChecksLoader = loaderById(async (context, ids) => {
  const experiments = await Promise.all(ids.map((id) => wholeExperimentLoader(context).load(id)))
  const drafts = experiments.filter((experiment) => experiment !== null).filter(({ startDate }) => startDate === null)
  const [facts, forecasts] = await Promise.all([
    readLaunchFacts(context.db, drafts, context.now, (project) => eventStoreOf(context, project)),
    Promise.all(drafts.map(({ id }) => loadForecast(context, id, 'LAUNCH'))),
  ])
  return facts.flatMap((of, index) => {
    const forecast = forecasts[index]
    return forecast === undefined ? [] : [{ id: of.experiment.id, checks: makeLaunchChecks(of, forecast) }]
  })
})
