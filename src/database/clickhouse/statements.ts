import type { Config } from '../../platform/config.ts'
import {
  type CallQuestion,
  type ExposureQuestion,
  type FilteredExposureQuestion,
  maxEventNames,
  type SampleWindow,
} from '../events/eventStore.ts'
import type { ClickHouseQuery } from './clickHouse.ts'

// The queries of events in ClickHouse. Texts are placeholders. In the text stand only names of the settings, which have been checked, and whole
// numbers of ours. Order and ties are those of the database: by time, then by the text of the UUID, whose bytes ClickHouse orders otherwise.

/** The rows that an answer has, where the question does not say it. */
const maxRows = 100_000
/** How many of the newest calls and page views tell of people. */
export const maxRecentEvents = 5_000
/** Longer names of properties are data. */
const maxNameLength = 400
/** How many names of the properties of one event are read. */
const maxNamesPerEvent = 1_000

/** A time that no event has, in microseconds. */
const never = '9223372036854775807'

/** How many of the newest events of each name are read. */
interface Newest {
  names: readonly string[]
  size: number
  /** Null: any time. */
  window: Pick<SampleWindow, 'from' | 'to'> | null
}

/** For each name the time of its oldest event that belongs to the newest ones, in microseconds. */
export type Floors = readonly (readonly [name: string, floor: number])[]

export type Statements = ReturnType<typeof createStatements>

/** Writes the queries for a table. */
export function createStatements({ eventsTable, eventsColumns }: Pick<Config, 'eventsTable' | 'eventsColumns'>) {
  const table = eventsTable.split('.').map(quoted).join('.')
  const column = (name: keyof typeof eventsColumns) => quoted(eventsColumns[name])
  const event = column('event')
  const name = `CAST(${event} AS String)`
  const time = column('timestamp')
  const micros = `toUnixTimestamp64Micro(toDateTime64(${time}, 6))`
  const id = `toString(${column('uuid')})`
  const properties = column('properties')
  const distinctId = `CAST(${column('distinct_id')} AS String)`
  const ofTeam = `${column('team_id')} = {team:Int64}`
  const within = `${time} >= ${timeOf('from')} AND ${time} <= ${timeOf('to')}`
  const isCall = `${event} = '$feature_flag_called'`
  // ClickHouse's parser refuses whole properties for a number of more than 64 bits or half a surrogate pair. PostgreSQL's takes the first, and
  // does without the second.
  const json = `if(isValidJSON(${properties}), ${properties}, replaceRegexpAll(replaceRegexpAll(${properties}, {surrogates:String}, '\\\\1?'), {bigNumbers:String}, '\\\\1e0'))`
  const repairs = {
    surrogates: String.raw`([^\\](?:\\\\)*)(?:\\u[dD][89a-fA-F][0-9a-fA-F]{2})+`,
    bigNumbers: String.raw`([:,\[]\s*-?\d{19,})\b`,
  }
  const property = (key: string) => `leftUTF8(JSONExtract(json, '${key}', 'Nullable(String)'), 400)`

  /** Adds what every query has. */
  const query = (team: number, sql: string, values: ClickHouseQuery['values'], rows = maxRows): ClickHouseQuery => ({
    sql,
    values: { team, ...values, ...(sql.includes('{surrogates:') ? repairs : {}) },
    maxRows: rows,
  })

  /** The newest events of each name, by their floors. Only their properties are read. */
  const newestSql = (size: number, columns: string, isWithin: boolean) => `
    SELECT ${columns} FROM ${table}
    WHERE ${ofTeam} AND ${event} IN {names:Array(String)} AND ${time} >= ${timeOf('oldest')}${isWithin ? ` AND ${within}` : ''}
      AND ${micros} >= transform(${name}, {names:Array(String)}, {floors:Array(Int64)}, toInt64(${never}))
    ORDER BY ${time} DESC, ${id} DESC
    LIMIT ${whole(size)} BY ${event}`
  const newestValues = (floors: Floors, window: Newest['window']) => ({
    names: floors.map(([name]) => name),
    floors: floors.map(([, floor]) => floor),
    oldest: floors.reduce((least, [, floor]) => Math.min(least, floor), Number.MAX_SAFE_INTEGER),
    ...windowValues(window),
  })
  const windowValues = (window: Newest['window']) => (window === null ? {} : { from: microsOf(window.from), to: microsOf(window.to) })

  /** The exposing events of a question. The placeholders carry its place. */
  const exposing = (place: number, { flag }: ExposureQuestion) => `
    ${ofTeam} AND ${inPeriod(place)} AND ${event} IN {events_${place}:Array(String)}
    AND JSONType(json, {property_${place}:String}) = 'String'
    AND JSONExtractString(json, {property_${place}:String}) IN {variants_${place}:Array(String)}
    ${flag === null ? '' : `AND JSONType(json, '$feature_flag') = 'String' AND JSONExtractString(json, '$feature_flag') = {flag_${place}:String}`}`
  const inPeriod = (place: number) =>
    `${time} >= ${timeOf(`since_${place}`)} AND ${time} <= ${timeOf(`until_${place}`)} AND ${distinctId} != ''`
  const exposureValues = (questions: readonly (ExposureQuestion & Partial<FilteredExposureQuestion>)[]) =>
    Object.fromEntries(
      questions.flatMap(({ since, until, events, property, variants, flag, activating = [], keys = [] }, place) =>
        Object.entries({ since: microsOf(since), until: microsOf(until), events, property, variants, flag, activating, keys })
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [`${name}_${place}`, value]),
      ),
    )
  const valuesAt = (place: number) => {
    const read = (...path: string[]) =>
      `arrayMap(key -> JSONExtractRaw(json, ${[...path, 'key'].join(', ')}), {keys_${place}:Array(String)})`
    return `if(JSONType(json) = 'Object', [${read()}, ${read(`'$set'`)}, ${read(`'$set_once'`)}], [])`
  }

  return {
    floors: (team: number, { names, size, window }: Newest) =>
      query(
        team,
        `SELECT ${name} AS name, -arrayElement(groupArraySorted(${whole(size)})(-${micros}), -1)
        FROM ${table}
        WHERE ${ofTeam} AND ${event} IN {names:Array(String)}${window === null ? '' : ` AND ${within}`}
        GROUP BY name`,
        { names, ...windowValues(window) },
      ),

    sample: (team: number, floors: Floors, window: SampleWindow) =>
      query(
        team,
        `WITH JSONExtractKeys(json) AS names, replaceAll(properties, '\\\\/', '/') AS text
        SELECT name, count(),
          countIf(if(isValidJSON(json), arrayExists(key -> startsWith(key, '$feature/'), names), position(text, '$feature/') > 0)),
          groupUniqArrayArray(arrayFilter(key -> key != '', if(isValidJSON(json),
            arrayMap(key -> substring(key, 10), arrayFilter(key -> startsWith(key, '$feature/'), names)),
            extractAll(text, '\\\\$feature/([a-zA-Z0-9_-]+)')))),
          max(micros)
        FROM (${newestSql(window.size, `${name} AS name, ${micros} AS micros, ${properties} AS properties, ${json} AS json`, true)})
        GROUP BY name`,
        newestValues(floors, window),
      ),

    names: (team: number) =>
      query(team, `SELECT DISTINCT ${name} AS name FROM ${table} WHERE ${ofTeam} ORDER BY name LIMIT ${maxEventNames}`, {}),

    findNames: (team: number, search: string, first: number) =>
      query(
        team,
        `SELECT ${name} AS name, max(${micros}) FROM ${table}
        WHERE ${ofTeam}${search === '' ? '' : ` AND positionCaseInsensitiveUTF8(${event}, {search:String}) > 0`}
        GROUP BY name ORDER BY name LIMIT ${whole(first)}`,
        search === '' ? {} : { search },
      ),

    knownNames: (team: number, names: readonly string[]) =>
      query(team, `SELECT DISTINCT ${name} FROM ${table} WHERE ${ofTeam} AND ${event} IN {names:Array(String)}`, { names }),

    propertyNames: (team: number, floors: Floors, size: number) =>
      query(
        team,
        `SELECT name, groupUniqArrayArray(arraySlice(
          arrayFilter(key -> lengthUTF8(key) <= ${maxNameLength}, if(JSONType(json) = 'Object', JSONExtractKeys(json), [])), 1, ${maxNamesPerEvent}))
        FROM (${newestSql(size, `${name} AS name, ${json} AS json`, false)})
        GROUP BY name`,
        newestValues(floors, null),
      ),

    newestCall: (team: number) => query(team, `SELECT max(${micros}), count() FROM ${table} WHERE ${ofTeam} AND ${isCall}`, {}),

    calls: (team: number, { keys, starts }: Pick<CallQuestion, 'keys' | 'starts'>) =>
      query(
        team,
        `SELECT flag, grouping(start) = 1 AS isTotal, start, answer, count() AS calls, uniqExact(person)
        FROM (
          WITH ${json} AS json
          SELECT assumeNotNull(${property('$feature_flag')}) AS flag, ${property('$feature_flag_response')} AS answer, ${distinctId} AS person,
            roundDown(intDiv(${micros}, 1000), {starts:Array(Int64)}) AS start
          FROM ${table}
          WHERE ${ofTeam} AND ${isCall} AND ${within.replace(' <= ', ' < ')} AND ${property('$feature_flag')} IN {keys:Array(String)}
        )
        GROUP BY GROUPING SETS ((flag), (flag, start, answer))
        ORDER BY flag, isTotal, start, calls DESC, answer ASC NULLS LAST`,
        { keys, starts, from: microsOf(starts[0] ?? 0), to: microsOf(starts.at(-1) ?? 0) },
      ),

    recentPeople: (team: number, floors: Floors, size: number, maxBytes: number) =>
      query(
        team,
        `SELECT person, argMax(tuple(if(length(properties) <= ${whole(maxBytes)}, properties, NULL)), (micros, id)) AS newest
        FROM (${newestSql(maxRecentEvents, `${distinctId} AS person, ${micros} AS micros, ${id} AS id, ${properties} AS properties`, false)})
        GROUP BY person
        ORDER BY max((micros, id)) DESC
        LIMIT ${whole(size)}`,
        newestValues(floors, null),
      ),

    countExposed: (team: number, questions: readonly ExposureQuestion[], max: number) =>
      query(
        team,
        questions
          .map(
            (question, place) => `SELECT ${place} AS place, count() AS people FROM (
              WITH ${json} AS json
              SELECT DISTINCT ${distinctId} AS person FROM ${table} WHERE ${exposing(place, question)} LIMIT ${whole(max + 1)})`,
          )
          .join('\nUNION ALL\n'),
        exposureValues(questions),
      ),

    exposedPeople: (team: number, question: ExposureQuestion, max: number) =>
      query(
        team,
        `WITH ${json} AS json
        SELECT DISTINCT ${distinctId} AS person FROM ${table} WHERE ${exposing(0, question)} LIMIT ${whole(max + 1)}`,
        exposureValues([question]),
        max + 1,
      ),

    exposureRows: (team: number, questions: readonly FilteredExposureQuestion[], max: number) =>
      query(
        team,
        questions
          .map(
            (question, place) => `SELECT ${place} AS place, person, activates, read, at FROM (
              WITH ${json} AS json
              SELECT ${distinctId} AS person, 0 AS activates, ${valuesAt(place)} AS read, min(${micros}) AS at
              FROM ${table} WHERE ${exposing(place, question)} GROUP BY person, read
              UNION ALL
              WITH ${json} AS json
              SELECT ${distinctId} AS person, 1 AS activates, ${valuesAt(place)} AS read, max(${micros}) AS at
              FROM ${table} WHERE ${ofTeam} AND ${inPeriod(place)} AND ${event} IN {activating_${place}:Array(String)} GROUP BY person, read
            ) LIMIT ${whole(max + 1)}`,
          )
          .join('\nUNION ALL\n'),
        exposureValues(questions),
        (max + 1) * questions.length,
      ),

    lastCalls: (teams: readonly number[], since: Date) => {
      const { sql, values } = query(
        0,
        `WITH ${json} AS json
        SELECT ${column('team_id')} AS team, ${property('$feature_flag')} AS flag, max(${micros})
        FROM ${table}
        WHERE ${column('team_id')} IN {teams:Array(Int64)} AND ${isCall} AND ${time} >= ${timeOf('since')}
        GROUP BY team, flag HAVING isNotNull(flag)`,
        { teams, since: microsOf(since) },
      )
      return { sql, values, maxRows: 1_000_000 }
    },
  }
}

const quoted = (name: string) => `\`${name}\``

/** A time that is a placeholder, in microseconds. */
function timeOf(name: string): string {
  return `fromUnixTimestamp64Micro({${name}:Int64})`
}

/** Exact: such numbers have less than 53 bits until the year 2255. */
const microsOf = (time: Date | number) => Number(time) * 1_000

/** What stands in the text of a query must be a number. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} is no whole number.`)
  return value
}
