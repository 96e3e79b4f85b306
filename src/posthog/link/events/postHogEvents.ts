import type { EventFlagCoverage, EventStore, FlagCalls } from '../../../database/events/eventStore.ts'
import { maxEventNames } from '../../../database/events/eventStore.ts'
import type { Clock } from '../../../platform/clock.ts'
import { toNearestNumber } from '../../../platform/json.ts'
import { compareCodePoints } from '../../../platform/text/compareCodePoints.ts'
import { callsQuery, maxRows, namesQuery, peopleQuery, propertiesQuery, sampleQuery } from './hogQL.ts'
import type { Queries } from './queries.ts'

const prefix = '$feature/'
const maxInt = 2_147_483_647

/** The events of a linked project, as PostHog's query endpoint tells them. Each method asks one query. */
export function postHogEvents(queries: Queries, projectId: number, clock: Clock): EventStore {
  const findNames = async (search: string, first: number) => {
    const { value } = await queries.ask(projectId, ['names', search, first], namesQuery(search, first, clock()))
    return value.map(([name, seen]) => ({ name: String(name), lastSeenAt: timeOf(seen) })).sort((a, b) => compareCodePoints(a.name, b.name))
  }
  return {
    ...{ source: 'posthog', maxSampledEvents: maxRows, maxCalls: Number.POSITIVE_INFINITY },
    sample: async (names, window) => {
      if (names.length === 0) return { asOf: clock(), value: [] }
      // The end of the window is now. It would make each question another one.
      const key = ['sample', [...names].sort(), window.from.getTime(), window.size]
      const { asOf, value } = await queries.ask(projectId, key, sampleQuery(names, window))
      const byName = Map.groupBy(value, ([event]) => String(event))
      return { asOf, value: names.map((event) => toCoverage(event, byName.get(event) ?? [])) }
    },
    names: async () => (await findNames('', maxEventNames)).map(({ name }) => name),
    findNames,
    propertyNames: async (names) => {
      if (names.length === 0) return new Map()
      const { value } = await queries.ask(projectId, ['properties', [...names].sort()], propertiesQuery(names, clock()))
      const byName = Map.groupBy(value, ([event]) => String(event))
      return new Map(
        [...byName].map(([name, rows]) => [name, [...new Set(rows.flatMap(([, keys]) => textsOf(keys)))].sort(compareCodePoints)]),
      )
    },
    countCalls: async (question) => {
      const { keys, starts } = question
      const timezone = knownZone(question.timezone)
      if (keys.length === 0) return { asOf: clock(), value: new Map() }
      const key = ['calls', [...keys].sort(), starts[0], starts.length, timezone]
      const { asOf, value } = await queries.ask(projectId, key, callsQuery({ ...question, timezone }))
      const byFlag = Map.groupBy(value, ([flag]) => String(flag))
      const places = dayPlaces(question.starts, timezone)
      return { asOf, value: new Map([...byFlag].map(([flag, rows]) => [flag, toCalls(rows, places)])) }
    },
    recentPeople: async (size, maxBytes) => {
      const { value } = await queries.ask(projectId, ['people', size], peopleQuery(size, clock()))
      return value.map(([distinctId, , properties]) => {
        const text = typeof properties === 'string' ? properties : JSON.stringify(properties ?? null)
        return { distinctId: String(distinctId), properties: Buffer.byteLength(text) <= maxBytes ? text : null }
      })
    },
  }
}

function toCoverage(event: string, rows: readonly unknown[][]): EventFlagCoverage {
  const flags = rows.map(([, , names]) => textsOf(names).filter((name) => name.startsWith(prefix)))
  const times = rows.flatMap(([, time]) => timeOf(time)?.getTime() ?? [])
  return {
    event,
    sampled: rows.length,
    withFeatureProperty: flags.filter((names) => names.length > 0).length,
    featureFlagKeys: [...new Set(flags.flat().map((name) => name.slice(prefix.length)))].sort(compareCodePoints),
    lastSeenAt: times.length === 0 ? null : new Date(Math.max(...times)),
  }
}

/** A zone that this computer does not know counts as UTC everywhere. */
function knownZone(timezone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone })
    return timezone
  } catch {
    return 'UTC'
  }
}

/** The place of each day of a zone, from 0. */
function dayPlaces(starts: readonly number[], timezone: string): ReadonlyMap<string, number> {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return new Map(starts.slice(0, -1).map((start, place) => [format.format(start), place]))
}

function toCalls(rows: readonly unknown[][], places: ReadonlyMap<string, number>): FlagCalls {
  const counted = rows.map(([, day, answer, calls, persons]) => ({
    day: String(day ?? ''),
    answer: answer == null || answer === '' ? null : String(answer),
    ...{ calls: countOf(calls), persons: countOf(persons) },
  }))
  const total = counted.find(({ day }) => day === '')
  const days = counted.flatMap(({ day, ...counts }) => {
    const place = places.get(day.slice(0, 10))
    return place === undefined ? [] : [{ day: place, ...counts }]
  })
  return { calls: total?.calls ?? 0, persons: total?.persons ?? 0, days }
}

function countOf(value: unknown): number {
  const number = Number(toNearestNumber(value))
  return Number.isFinite(number) ? Math.min(Math.max(0, Math.trunc(number)), maxInt) : 0
}

/** A list, which some servers answer as JSON. */
function textsOf(value: unknown): string[] {
  const list: unknown = typeof value === 'string' ? parse(value) : value
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A time without a zone is in UTC. */
function timeOf(value: unknown): Date | null {
  if (typeof value !== 'string') return null
  const text = value.replace(' ', 'T')
  const time = new Date(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(time.getTime()) ? null : time
}
