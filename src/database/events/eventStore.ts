import type { JsonObject } from '../../platform/json.ts'

/** Where events are read, as answers name it. */
export type EventSourceName = 'events' | 'clickhouse' | 'posthog'

/** The most names that "every event" stands for. */
export const maxEventNames = 2_000

/** A time window that includes both of its ends, and how many of the newest events of a name are read. */
export interface SampleWindow {
  from: Date
  to: Date
  size: number
}

/** The flags that the newest events of one name carry in their properties. */
export interface EventFlagCoverage {
  event: string
  sampled: number
  withFeatureProperty: number
  featureFlagKeys: string[]
  lastSeenAt: Date | null
}

export interface EventNameRow {
  name: string
  /** Null when all events of the name were removed meanwhile. */
  lastSeenAt: Date | null
}

/** Flags whose calls are counted by day. */
export interface CallQuestion {
  keys: readonly string[]
  /** The starts of the days, in milliseconds. The last one is the end of the last day. */
  starts: readonly number[]
  /** The zone of the days. */
  timezone: string
}

interface CallCounts {
  calls: number
  persons: number
}

/** The calls of one flag. */
export interface FlagCalls extends CallCounts {
  /** `day` is the place of the day, from 0. The answer is null if the event does not tell it. */
  days: (CallCounts & { day: number; answer: string | null })[]
}

/** A person of a recent event. */
export interface RecentEvent {
  distinctId: string
  /** The properties of their newest event, as JSON. Null if they are larger than `maxBytes`. */
  properties: string | null
}

/** The events that expose people to an experiment: those of these names whose property has one of the variants. */
export interface ExposureQuestion {
  events: readonly string[]
  /** The property that has the variant, as a text. */
  property: string
  /** The flag whose calls count. Null: the events of any flag. */
  flag: string | null
  variants: readonly string[]
  /** Both ends of the period belong to it. */
  since: Date
  until: Date
}

/** The same, with what filters are judged by. */
export interface FilteredExposureQuestion extends ExposureQuestion {
  /** The names of events that activate people. */
  activating: readonly string[]
  /** The keys of the properties whose values are asked for. */
  keys: readonly string[]
}

/** All exposing, or all activating, events of a person that have the same values. */
export interface ExposureRow {
  distinctId: string
  activates: boolean
  /** The values by key: the event's own, and those that it sets for its person. Null if its properties are no JSON object. */
  values: { own: JsonObject; set: JsonObject; setOnce: JsonObject } | null
  /** The time of the first such event of an exposure, and of the last one of an activation, in milliseconds. */
  at: number
}

/** An answer, and until when the events of it are known. */
export interface Known<Value, AsOf = Date> {
  asOf: AsOf
  value: Value
}

/**
 * The events of a project, wherever they are kept: the table of events, PostHog's query endpoint, or another store. Each method takes all that
 * a request asks of one project at once, so that the number of statements or queries does not grow with it.
 */
export interface EventStore {
  readonly source: EventSourceName
  /** How many events the samples of one request may hold. */
  readonly maxSampledEvents: number
  /** How many calls of one flag can be counted. */
  readonly maxCalls: number
  /** Samples the newest events of each name, in the order of the names. */
  sample(names: readonly string[], window: SampleWindow): Promise<Known<EventFlagCoverage[]>>
  /** All names, by code point: at most `maxEventNames`. */
  names(): Promise<string[]>
  /** The names that contain a text, whatever its case, by code point. */
  findNames(search: string, first: number): Promise<EventNameRow[]>
  /** The names of the properties of the newest events of each name, by code point. */
  propertyNames(names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Counts calls of flags. `asOf` is null if the store has no call of any flag, so that nothing is known. */
  countCalls(question: CallQuestion): Promise<Known<ReadonlyMap<string, FlagCalls>, Date | null>>
  /** The people of the newest calls and page views, the newest first, each with their newest event. */
  recentPeople(size: number, maxBytes: number): Promise<RecentEvent[]>
}

/** What plans of writes ask too, with a transaction open. PostHog is not asked then. */
export interface PlanningEventStore extends Pick<EventStore, 'sample'> {
  /** Those of the names that no event has. */
  unknownNames(names: readonly string[]): Promise<string[]>
  /** Counts the people of each exposure, in the order of the questions. Counts no further than one more than `max`. */
  countExposed(questions: readonly ExposureQuestion[], max: number): Promise<number[]>
  /** The distinct ids of the people of an exposure: at most one more than `max`. */
  exposedPeople(question: ExposureQuestion, max: number): Promise<string[]>
  /** The events of each exposure, in the order of the questions. At most one row more than `max` for each. */
  exposureRows(questions: readonly FilteredExposureQuestion[], max: number): Promise<ExposureRow[][]>
}

/** A call of a flag: the newest one. */
export interface LastCall {
  projectId: number
  key: string
  at: Date
}

/** Events that are kept outside of the database. */
export interface EventsElsewhere {
  /** The events of a project. Null if the database has them. */
  storeOf(projectId: number): (EventStore & PlanningEventStore) | null
  /** The newest call of each flag of some projects since a time. */
  lastCalls(projectIds: readonly number[], since: Date): Promise<LastCall[]>
  /** Reads nothing, as every question would. Fails if the table is not as the settings say, or cannot be reached. */
  check(): Promise<void>
  close(): Promise<void>
}
