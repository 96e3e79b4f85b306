import type { Observer } from '../../platform/activity.ts'
import type { Config } from '../../platform/config.ts'
import { asObject } from '../../platform/json.ts'
import { compareCodePoints } from '../../platform/text/compareCodePoints.ts'
import {
  type EventFlagCoverage,
  type EventStore,
  type EventsElsewhere,
  type ExposureRow,
  type FlagCalls,
  maxEventNames,
  type PlanningEventStore,
} from '../events/eventStore.ts'
import { type ClickHouse, type ClickHouseQuery, openClickHouse } from './clickHouse.ts'
import { inParts } from './parts.ts'
import { createStatements, type Floors, maxRecentEvents, type Statements } from './statements.ts'

type EventsSettings = Pick<Config, 'eventsTable' | 'eventsColumns' | 'eventsProjects' | 'eventsTimeoutMs' | 'eventsMaxMemoryBytes'>

/** 500 names with 1,000 events each, twice. */
const maxSampledEvents = 1_000_000
/** How many of the newest events of a name are read for their properties. */
const propertyEvents = 100
const recentNames = ['$feature_flag_called', '$pageview']
/** How long the newest calls of all flags may take. Nobody waits for them. */
const jobLimitMs = 120_000
const maxInt = 2_147_483_647

/** Opens the events that are kept in ClickHouse. Nothing is asked before the first question. */
export async function openClickHouseEvents(url: string, settings: EventsSettings, observer?: Observer): Promise<EventsElsewhere> {
  const clickHouse = await openClickHouse(url, settings, observer)
  const statements = createStatements(settings)
  const teams = settings.eventsProjects === null ? null : new Map(settings.eventsProjects)
  const teamOf = (projectId: number) => (teams === null ? projectId : (teams.get(projectId) ?? null))
  return {
    storeOf: (projectId) => {
      const team = teamOf(projectId)
      return team === null ? null : eventsOfTeam(clickHouse, statements, team)
    },
    lastCalls: async (projectIds, since) => {
      const projectsByTeam = Map.groupBy(projectIds, (id) => String(teamOf(id)))
      projectsByTeam.delete('null')
      if (projectsByTeam.size === 0) return []
      const rows = await clickHouse.ask(statements.lastCalls([...projectsByTeam.keys()].map(Number), since), jobLimitMs)
      return rows.flatMap(([team, key, at]) =>
        (projectsByTeam.get(String(team)) ?? []).map((projectId) => ({ projectId, key: String(key), at: timeOf(at) })),
      )
    },
    check: async () => {
      await clickHouse.ask(statements.calls(0, { keys: [], starts: [0, 1] }))
      await clickHouse.ask(statements.recentPeople(0, [['', 0]], 1, 0))
      await clickHouse.ask(statements.lastCalls([], new Date(0)))
    },
    close: clickHouse.close,
  }
}

function eventsOfTeam(clickHouse: ClickHouse, statements: Statements, team: number): EventStore & PlanningEventStore {
  const floorsOf = async (question: Parameters<Statements['floors']>[1]): Promise<Floors> =>
    (await clickHouse.ask(statements.floors(team, question))).map(([name, floor]) => [String(name), Number(floor)])
  /** Asks about the newest events of each name. */
  const askAboutNewest = async (
    question: Parameters<Statements['floors']>[1],
    toQuery: (floors: Floors) => ClickHouseQuery,
  ): Promise<unknown[][]> => {
    const parts = inParts(question.names).map(async (names) => {
      const floors = await floorsOf({ ...question, names })
      return floors.length === 0 ? [] : clickHouse.ask(toQuery(floors))
    })
    return (await Promise.all(parts)).flat()
  }
  return {
    ...{ source: 'clickhouse', maxSampledEvents, maxCalls: maxInt },
    sample: async (names, window) => {
      const rows = await askAboutNewest({ names, size: window.size, window }, (floors) => statements.sample(team, floors, window))
      const byName = new Map(rows.map((row) => [String(row[0]), toCoverage(row)]))
      return { asOf: window.to, value: names.map((event) => byName.get(event) ?? { event, ...nothingSampled }) }
    },
    names: async () => (await clickHouse.ask(statements.names(team))).map(([name]) => String(name)),
    findNames: async (search, first) => {
      const rows = await clickHouse.ask(statements.findNames(team, search, Math.min(first, maxEventNames)))
      return rows.map(([name, seen]) => ({ name: String(name), lastSeenAt: timeOf(seen) }))
    },
    propertyNames: async (names) => {
      const question = { names, size: propertyEvents, window: null }
      const rows = await askAboutNewest(question, (floors) => statements.propertyNames(team, floors, propertyEvents))
      return new Map(rows.map(([name, keys]) => [String(name), (keys as string[]).sort(compareCodePoints)]))
    },
    countCalls: async (question) => {
      const [[newest = []], ...parts] = await Promise.all([
        clickHouse.ask(statements.newestCall(team)),
        ...inParts(question.keys).map((keys) => clickHouse.ask(statements.calls(team, { ...question, keys }))),
      ])
      const [at, count] = newest
      if (Number(count ?? 0) === 0) return { asOf: null, value: new Map() }
      const places = new Map(question.starts.map((start, place) => [String(start), place]))
      const byFlag = Map.groupBy(parts.flat(), ([flag]) => String(flag))
      return { asOf: timeOf(at), value: new Map([...byFlag].map(([flag, counts]) => [flag, toCalls(counts, places)])) }
    },
    recentPeople: async (size, maxBytes) => {
      const question = { names: recentNames, size: maxRecentEvents, window: null }
      const rows = await askAboutNewest(question, (floors) => statements.recentPeople(team, floors, size, maxBytes))
      return rows.map(([distinctId, newest]) => ({ distinctId: String(distinctId), properties: (newest as [string | null])[0] }))
    },

    unknownNames: async (names) => {
      const parts = await Promise.all(inParts(names).map((part) => clickHouse.ask(statements.knownNames(team, part))))
      const known = new Set(parts.flat().map(([name]) => name))
      return names.filter((name) => !known.has(name))
    },
    countExposed: async (questions, max) => {
      if (questions.length === 0) return []
      const counts = new Map(
        (await clickHouse.ask(statements.countExposed(team, questions, max))).map(([place, people]) => [place, people]),
      )
      return questions.map((_, place) => Number(counts.get(place) ?? 0))
    },
    exposedPeople: async (question, max) =>
      (await clickHouse.ask(statements.exposedPeople(team, question, max))).map(([distinctId]) => String(distinctId)),
    exposureRows: async (questions, max) => {
      if (questions.length === 0) return []
      const rows = Map.groupBy(await clickHouse.ask(statements.exposureRows(team, questions, max)), ([place]) => place)
      return questions.map(({ keys }, place) => (rows.get(place) ?? []).map((row) => toExposureRow(row, keys)))
    },
  }
}

const nothingSampled = { sampled: 0, withFeatureProperty: 0, featureFlagKeys: [], lastSeenAt: null }

function toCoverage([event, sampled, withFeatureProperty, keys, newest]: unknown[]): EventFlagCoverage {
  return {
    event: String(event),
    sampled: Number(sampled),
    withFeatureProperty: Number(withFeatureProperty),
    featureFlagKeys: (keys as string[]).sort(compareCodePoints),
    lastSeenAt: timeOf(newest),
  }
}

/** The rows of a flag: one for all of its calls, and one for each day and answer. */
function toCalls(rows: readonly unknown[][], places: ReadonlyMap<string, number>): FlagCalls {
  const counts = rows.map(([, isTotal, start, answer, calls, persons]) => ({
    isTotal: Number(isTotal) === 1,
    day: places.get(String(start)) ?? 0,
    answer: answer === null ? null : String(answer),
    ...{ calls: countOf(calls), persons: countOf(persons) },
  }))
  const total = counts.find(({ isTotal }) => isTotal)
  const days = counts.filter(({ isTotal }) => !isTotal).map(({ isTotal: _, ...day }) => day)
  return { calls: total?.calls ?? 0, persons: total?.persons ?? 0, days }
}

/** @param keys of the values, in their order */
function toExposureRow([, distinctId, activates, read, at]: unknown[], keys: readonly string[]): ExposureRow {
  const [own, set, setOnce] = (read as string[][]).map((values) =>
    Object.fromEntries(values.flatMap((value, index) => (value === '' ? [] : [[keys[index] ?? '', JSON.parse(value)]]))),
  )
  const values = own === undefined ? null : { own, set: asObject(set) ?? {}, setOnce: asObject(setOnce) ?? {} }
  return { distinctId: String(distinctId), activates: Number(activates) === 1, values, at: Math.floor(Number(at) / 1_000) }
}

/** GraphQL's numbers have 32 bits. */
const countOf = (value: unknown) => Math.min(Number(value), maxInt)

/** Microseconds, as a text. */
const timeOf = (micros: unknown) => new Date(Math.floor(Number(micros) / 1_000))
