import type { CallQuestion, SampleWindow } from '../../../database/events/eventStore.ts'

// The queries of events, in HogQL. Texts are placeholders; only whole numbers of ours stand in the text.

/** A query, and what its placeholders stand for. */
export interface HogQL {
  query: string
  values: Readonly<Record<string, string | readonly string[]>>
}

/** PostHog answers no more rows than this. */
export const maxRows = 50_000
/** Names and people are looked for in this time. PostHog keeps events for years, and would read all of them. */
const recentDays = 30
/** How many events of a name are read for their properties. */
const propertyEvents = 10

const dayMs = 24 * 60 * 60 * 1_000

/** The start of the recent time, by the day, so that all questions of a day are equal. */
const recentSince = (now: Date) => new Date(Math.floor(now.getTime() / dayMs - recentDays) * dayMs).toISOString()

export function sampleQuery(names: readonly string[], { from, to, size }: SampleWindow): HogQL {
  return {
    query: `select event, timestamp, arrayFilter(name -> startsWith(name, '$feature/'), JSONExtractKeys(properties)) as flags
from events
where event in {names} and timestamp >= toDateTime({from}) and timestamp <= toDateTime({to})
order by timestamp desc
limit ${whole(size)} by event
limit ${Math.min(names.length * size, maxRows)}`,
    values: { names, from: from.toISOString(), to: to.toISOString() },
  }
}

export function namesQuery(search: string, first: number, now: Date): HogQL {
  const condition = search === '' ? '' : ' and positionCaseInsensitive(event, {search}) > 0'
  return {
    query: `select event, max(timestamp) as seen
from events
where timestamp >= toDateTime({since})${condition}
group by event
order by event
limit ${whole(first)}`,
    values: { since: recentSince(now), ...(search === '' ? {} : { search }) },
  }
}

export function propertiesQuery(names: readonly string[], now: Date): HogQL {
  return {
    query: `select event, JSONExtractKeys(properties) as names
from events
where event in {names} and timestamp >= toDateTime({since})
order by timestamp desc
limit ${propertyEvents} by event
limit ${Math.min(names.length * propertyEvents, maxRows)}`,
    values: { names, since: recentSince(now) },
  }
}

/** The rows of days have a day and an answer. Those of whole flags have none, because a person of two days is one person. */
export function callsQuery({ keys, starts, timezone }: CallQuestion): HogQL {
  const condition =
    "event = '$feature_flag_called' and properties.$feature_flag in {keys} and timestamp >= toDateTime({from}) and timestamp < toDateTime({until})"
  return {
    query: `select properties.$feature_flag as flag, toString(toDate(toTimeZone(timestamp, {zone}))) as day,
toString(properties.$feature_flag_response) as answer, count() as calls, uniqExact(distinct_id) as persons
from events
where ${condition}
group by flag, day, answer
order by flag, day, calls desc
limit ${maxRows}
union all
select properties.$feature_flag as flag, '' as day, '' as answer, count() as calls, uniqExact(distinct_id) as persons
from events
where ${condition}
group by flag
limit ${whole(Math.max(1, keys.length))}`,
    values: { keys, zone: timezone, from: new Date(starts[0] ?? 0).toISOString(), until: new Date(starts.at(-1) ?? 0).toISOString() },
  }
}

export function peopleQuery(size: number, now: Date): HogQL {
  return {
    query: `select distinct_id, max(timestamp) as seen, argMax(properties, timestamp) as latest
from events
where event in {names} and timestamp >= toDateTime({since})
group by distinct_id
order by seen desc
limit ${whole(size)}`,
    values: { names: ['$feature_flag_called', '$pageview'], since: recentSince(now) },
  }
}

/** What stands in the text of a query must be a number. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} is no whole number.`)
  return value
}
