// The settings of events in ClickHouse, as text: where it is, how its table is laid out, and which rows belong to which project.

/** Where ClickHouse answers HTTP, and as whom it is asked. */
export interface EventsServer {
  /** An origin: `http://127.0.0.1:8123`. */
  url: string
  username: string
  password: string
  database: string
}

/** What this service needs of a row of events. The names are those of PostHog's columns. */
export const eventColumns = ['team_id', 'uuid', 'event', 'timestamp', 'distinct_id', 'properties'] as const
export type EventColumn = (typeof eventColumns)[number]

/** The name of each column in the table. */
export type EventColumnNames = Readonly<Record<EventColumn, string>>

const schemes: Readonly<Record<string, { scheme: string; port: string }>> = {
  'clickhouse:': { scheme: 'http:', port: '8123' },
  'clickhouses:': { scheme: 'https:', port: '8443' },
  'http:': { scheme: 'http:', port: '' },
  'https:': { scheme: 'https:', port: '' },
}
/** The ports of the protocol that ClickHouse's own clients speak. */
const nativePorts = ['9000', '9440']
const identifierPattern = /^[A-Za-z_]\w{0,127}$/
const maxTeam = Number.MAX_SAFE_INTEGER
const maxInt4 = 2_147_483_647

/** Reads EVENTS_URL. Returns what is wrong with it as a text, which does not repeat it. */
export function parseEventsUrl(text: string): EventsServer | string {
  const url = URL.canParse(text) ? new URL(text) : null
  const kind = url === null ? undefined : schemes[url.protocol]
  if (url === null || kind === undefined || url.hostname === '') return 'must be a clickhouse://, clickhouses://, http:// or https:// URL'
  if (url.search !== '' || url.hash !== '') return 'must end with the database: no `?` and no `#` after it'
  const database = decode(url.pathname.slice(1).replace(/\/$/, ''))
  const username = decode(url.username)
  const password = decode(url.password)
  if (database === null || username === null || password === null) return 'has a `%` that is no percent-encoding: write it as `%25`'
  if (database !== '' && !identifierPattern.test(database)) return 'must have a path that names one database: letters, digits and `_`'
  if (nativePorts.includes(url.port))
    return `names the port ${url.port} of ClickHouse's native protocol: use the one of HTTP, such as 8123 or 8443`
  // `URL` keeps the host of a scheme that it does not know as it is.
  const { origin } = new URL(`${kind.scheme}//${url.hostname}:${url.port || kind.port}`)
  return { url: origin, username: username || 'default', password, database: database || 'default' }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Whether a text names a table, perhaps with its database: `posthog.events`. */
export function isTableName(text: string): boolean {
  const parts = text.split('.')
  return parts.length <= 2 && parts.every((part) => identifierPattern.test(part))
}

/** Reads EVENTS_COLUMNS: `uuid=id, timestamp=sent_at`. What it leaves out has PostHog's name. Returns what is wrong with it as a text. */
export function parseEventColumns(text: string): EventColumnNames | string {
  const names = Object.fromEntries(eventColumns.map((name) => [name, name])) as Record<EventColumn, string>
  const seen = new Set<string>()
  for (const pair of text.split(',').map((part) => part.trim())) {
    const [column = '', name = '', ...rest] = pair.split('=').map((part) => part.trim())
    const isKnown = (eventColumns as readonly string[]).includes(column)
    if (!isKnown) return `must be pairs such as uuid=id, with commas. The columns are ${eventColumns.join(', ')}`
    if (rest.length > 0 || !identifierPattern.test(name))
      return `must name a column for ${column}: letters, digits and _, not first a digit`
    if (seen.has(column)) return `names ${column} twice`
    seen.add(column)
    names[column as EventColumn] = name
  }
  return names
}

/** Reads EVENTS_PROJECTS: `3=17, 4=18`. Returns what is wrong with it as a text. */
export function parseEventsProjects(text: string): (readonly [project: number, team: number])[] | string {
  const teams = new Map<number, number>()
  for (const pair of text.split(',').map((part) => part.trim())) {
    const [, project = '', team = ''] = /^(\d{1,10})\s*=\s*(\d{1,16})$/.exec(pair) ?? []
    if (project === '' || Number(project) < 1 || Number(project) > maxInt4 || Number(team) > maxTeam) {
      return 'must be pairs such as 3=17, with commas: the number of a project here, and the team_id of its events'
    }
    if (teams.has(Number(project))) return `names project ${project} twice`
    teams.set(Number(project), Number(team))
  }
  return [...teams]
}
