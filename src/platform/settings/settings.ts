import { z } from 'zod'
import { parseIpRange } from '../ipRange.ts'
import { parseSecretKey } from '../secrets/secretBox.ts'
import { isTableName, parseEventColumns, parseEventsProjects, parseEventsUrl } from './eventsSettings.ts'

// Every setting, with its bounds, default and meaning. The tables of docs/configuration.md are generated from here: in the meta data, `values`
// is the third column, and `fallback` is the default where it depends on another setting.

const integer = (min: number, max: number) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)
    .meta({ values: `${min} to ${max}` })
const boolean = () => z.stringbool({ error: 'must be true or false' }).meta({ values: '`true`, `false`' })
const text = (values = 'text') => z.string().meta({ values })
const url = (scheme: string, other: string) =>
  z
    .url({ protocol: new RegExp(`^(${scheme}|${other})$`), error: `must be a ${scheme}:// or ${other}:// URL` })
    .meta({ values: `a URL: \`${scheme}://…\`` })
const choice = <const Names extends readonly [string, string, ...string[]]>(...names: Names) =>
  z
    .enum(names, `must be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`)
    .meta({ values: names.map((name) => `\`${name}\``).join(', ') })
const list = (values: string) => text(values).transform((value) => value.split(',').map((part) => part.trim()))

/** A setting with a parser of its own, which returns a text for what is wrong. */
const parsed = <Value>(parse: (value: string) => Value | string, values: string) =>
  text(values).transform((input, context) => {
    const value = parse(input)
    if (typeof value !== 'string') return value
    context.addIssue({ code: 'custom', message: value })
    return z.NEVER
  })

const secretKeyMessage = 'must be 32 bytes, as base64 or hexadecimal'
const isPostgresUrl = (value: string) => !/\s/.test(value) && z.url({ protocol: /^postgres(ql)?$/ }).safeParse(value).success
const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value

const server = {
  NODE_ENV: choice('development', 'production', 'test').default('development').describe('Production hides GraphiQL by default.'),
  HOST: text()
    .default('127.0.0.1')
    .describe('Name or address to listen on. Use `0.0.0.0` for every interface; that needs `DEMO_DATA=false`, or a `DATABASE_URL`.'),
  PORT: integer(0, 65535).default(4000).describe('Port to listen on. 0 takes any free port.'),
  GRAPHIQL: boolean()
    .optional()
    .meta({ description: 'Serves GraphiQL at `/graphql` to browsers.', fallback: '`true`; `false` when `NODE_ENV=production`' }),
  WEB_PAGE: boolean().default(true).describe('Serves the [page](page.md) at `/` to browsers.'),
  INTROSPECTION: boolean().default(true).describe('Lets callers read the schema: see [HTTP](http.md#introspection).'),
  STARTUP_TIMEOUT_SECONDS: integer(1, 3_600)
    .default(60)
    .describe('Each wait of the start: for the database, its migration lock, the locks of a migration, Redis.'),
  DRAIN_SECONDS: integer(0, 3_600)
    .default(0)
    .describe('Seconds from a stop signal, in which `/ready` fails and requests are still answered.'),
  SHUTDOWN_SECONDS: integer(1, 3_600).default(10).describe('Seconds after that for the requests under way.'),
  LOG_LEVEL: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
    .default('info')
    .describe('Logs are JSON lines on standard error.'),
}

const telemetry = {
  ACCESS_LOG: boolean()
    .optional()
    .meta({ description: 'Logs one line for each request, at level `info`.', fallback: '`false`; `true` when `NODE_ENV=production`' }),
  METRICS_PORT: integer(0, 65535).optional().describe("Port of Prometheus' metrics. Without it there are none. 0 takes any free port."),
  METRICS_HOST: text().default('127.0.0.1').describe('Name or address to serve metrics on.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https')
    .optional()
    .describe('Base URL of the OpenTelemetry collector that traces are sent to. It needs optional packages.'),
}

const database = {
  DATABASE_URL: url('postgres', 'postgresql')
    .optional()
    .describe('PostgreSQL 15 or later. Without it, the service uses the embedded database.'),
  DATABASE_REPLICA_URLS: list('URLs: `postgres://…`')
    .refine((urls) => urls.every(isPostgresUrl), 'must be postgres:// or postgresql:// URLs, with commas')
    .optional()
    .describe('Read replicas of `DATABASE_URL`, with commas. Queries read from them: see [deployment](deployment.md#read-replicas).'),
  REPLICA_MAX_LAG_SECONDS: integer(2, 3_600)
    .default(5)
    .describe('How far a replica may be behind. One that is further behind is not used.'),
  DATABASE_POOL_SIZE: integer(1, 500)
    .default(10)
    .describe('Maximum number of connections to PostgreSQL: to the primary, and to each replica.'),
  CONNECTION_TIMEOUT_MS: integer(1, 60_000).default(2_000).describe('Wait for a connection: a free one of the pool, or a new one.'),
  STATEMENT_TIMEOUT_MS: integer(0, 600_000).default(5_000).describe('Time of a statement. 0 means no limit.'),
  LOCK_TIMEOUT_MS: integer(0, 600_000).default(2_000).describe('Wait of a statement for a lock. 0 means no limit.'),
  TRANSACTION_TIMEOUT_MS: integer(100, 600_000).default(10_000).describe('Time of a transaction, and the time that it may be idle.'),
  PREPARED_STATEMENTS: boolean()
    .default(true)
    .describe('Set `false` behind a pooler without prepared statements, such as PgBouncer before 1.21.'),
  DATA_DIR: text('a folder').default('.data').describe('Holds the embedded database and the demo keys.'),
  DEMO_DATA: boolean().optional().meta({
    description: 'Adds a demo project and two keys to an empty database.',
    fallback: '`true`; `false` when `DATABASE_URL` or `EVENTS_URL` is set',
  }),
  DEMO_DATA_ON_NETWORK: boolean()
    .default(false)
    .describe('Allows demo data on a `HOST` that other machines reach. They can then get the demo keys.'),
}

const events = {
  EVENTS_URL: text('a URL: `clickhouse://…`')
    .superRefine((value, context) => {
      const problem = parseEventsUrl(value)
      if (typeof problem === 'string') context.addIssue({ code: 'custom', message: problem })
    })
    .optional()
    .describe(
      'Where ClickHouse answers HTTP, with the database as path: `clickhouses://user:password@host:8443/posthog`, or `https://…`. Without it, events are in the database.',
    ),
  EVENTS_PROJECTS: parsed(parseEventsProjects, 'pairs: `3=17`')
    .optional()
    .describe(
      'The `team_id` of each project whose events are in ClickHouse, with commas. Without it, all are there, by their own numbers.',
    ),
  EVENTS_TABLE: text()
    .refine(isTableName, 'must be the name of a table, or of a database and a table with a dot: letters, digits and _')
    .default('events')
    .describe('The table or view, perhaps with its database: `posthog.events`.'),
  EVENTS_COLUMNS: parsed(parseEventColumns, 'pairs: `uuid=id`')
    .prefault('event=event')
    .describe(
      "Names of columns that differ from PostHog's, with commas. The columns are `team_id`, `uuid`, `event`, `timestamp`, `distinct_id` and `properties`.",
    ),
  EVENTS_TIMEOUT_MS: integer(1_000, 600_000).default(5_000).describe('Time of a query.'),
  EVENTS_MAX_MEMORY_BYTES: integer(10_000_000, 1_000_000_000_000).default(2_000_000_000).describe('Memory of a query in ClickHouse.'),
}

const access = {
  ACCESS_CACHE_SECONDS: integer(0, 3_600).default(5).describe('Seconds to cache API keys and projects. 0 turns the cache off.'),
}

const http = {
  REQUEST_TIMEOUT_MS: integer(100, 600_000).default(10_000).describe('Time of a request until its answer begins.'),
  MAX_BATCH_SIZE: integer(1, 100).default(10).describe('Operations in one request. 1 turns batches off.'),
  CORS_ORIGINS: text('`*`, `none`, or origins: `https://app.example.com`')
    .transform((value) => (value === 'none' ? [] : value.split(',').map((origin) => origin.trim())))
    .refine((origins) => origins.join() === '*' || origins.every(isOrigin), 'must be *, none, or origins such as https://app.example.com')
    .prefault('*')
    .describe('Origins whose pages may read answers, comma-separated.'),
  TRUSTED_DOCUMENTS: text('a file').optional().describe('Manifest of the operations that clients can send by id.'),
  TRUSTED_DOCUMENTS_ONLY: boolean().default(false).describe('Rejects all other operations. Needs `TRUSTED_DOCUMENTS`.'),
  MAX_CONNECTIONS: integer(1, 100_000).default(1_000).describe('Open connections. More are closed at once. A subscription keeps one open.'),
  MAX_CONNECTIONS_PER_ADDRESS: integer(1, 100_000).optional().meta({
    description: 'Open connections of one address, or of one IPv6 network (/64). Those of `TRUSTED_PROXIES` have no limit.',
    fallback: 'half of all',
  }),
  RECEIVE_TIMEOUT_SECONDS: integer(1, 3_600)
    .default(30)
    .describe('Time in which a request must come in. Its headers have ten seconds of it.'),
  KEEP_ALIVE_SECONDS: integer(1, 3_600)
    .default(65)
    .describe('Time that a connection stays open without a request. Make it longer than that of your proxy.'),
  COMPRESSION: boolean().default(true).describe('Compresses answers. Set `false` if a proxy does it.'),
}

const limits = {
  RATE_LIMIT_PER_MINUTE: integer(0, 1_000_000).default(480).describe('Requests of a key per minute. 0 turns the limit off.'),
  RATE_LIMIT_PER_HOUR: integer(0, 10_000_000).default(4800).describe('The same per hour.'),
  COST_LIMIT_PER_MINUTE: integer(0, 1_000_000_000).default(250_000).describe('Points of cost of a key per minute. 0 turns the limit off.'),
  MUTATION_LIMIT_PER_MINUTE: integer(0, 1_000_000)
    .default(240)
    .describe('Mutations of a key per minute. Each field counts. 0 turns the limit off.'),
  ANONYMOUS_LIMIT_PER_MINUTE: integer(0, 1_000_000)
    .default(60)
    .describe('Requests without a valid key of an address per minute. 0 turns the limit off.'),
  TRUSTED_PROXIES: list('IP addresses and ranges')
    .refine((parts) => parts.every((part) => parseIpRange(part) !== null), 'must be IP addresses or ranges such as 10.0.0.0/8, with commas')
    .optional()
    .describe('Proxies whose `X-Forwarded-For` is believed, with commas: `10.0.0.0/8,192.0.2.7`.'),
  MAX_BODY_BYTES: integer(1_000, 100_000_000).default(1_000_000).describe('Size of a request body, also once decompressed.'),
  MAX_OPERATION_DEPTH: integer(1, 100).default(16).describe('Levels of nested fields.'),
  MAX_OPERATION_COST: integer(1, 1_000_000_000)
    .default(25_000)
    .describe('Points of an operation. An object costs a point, times the size of each page around it.'),
  MAX_OPERATION_TOKENS: integer(100, 1_000_000).default(5_000).describe('Tokens in the text of an operation.'),
  MAX_ALIASES: integer(0, 100_000).default(250).describe('Aliases in the text of an operation. Names have at most 200 characters.'),
  MAX_ROOT_FIELDS: integer(1, 10_000).default(100).describe('Root fields of an operation.'),
  MAX_DIRECTIVES: integer(0, 100_000).default(100).describe('Directives in the text of an operation.'),
  MAX_ANSWER_BYTES: integer(100_000, 1_000_000_000)
    .default(10_000_000)
    .describe('Bytes of one HTTP answer, of all operations of a batch together. A larger one is an `ANSWER_TOO_LARGE` error.'),
  MAX_ERRORS: integer(1, 10_000)
    .default(20)
    .describe('Errors in the answer of an operation. `extensions.omittedErrors` counts the others.'),
  DOCUMENT_CACHE_BYTES: integer(1_000_000, 1_000_000_000).default(50_000_000).describe('Memory for parsed operations.'),
  MAX_EXPOSURE_COHORT_SIZE: integer(1, 1_000_000).default(100_000).describe('People whom `freezeExposure` may put into a cohort.'),
}

const subscriptions = {
  MAX_SUBSCRIPTIONS: integer(0, 10_000).default(20).describe('Open subscriptions of a key on each server.'),
  SUBSCRIPTION_CHECK_SECONDS: integer(1, 3_600).default(30).describe('How often the key of an idle subscription is checked.'),
  REDIS_URL: url('redis', 'rediss')
    .optional()
    .describe(
      "Servers send events and share rate limits through Redis. Without it, they use PostgreSQL's `NOTIFY`, and each counts for itself.",
    ),
  REDIS_CHANNEL: text()
    .default('experiments_graph')
    .describe(
      'Redis channel, and prefix of the counts. Use the same one for all servers of a database, and another one for each database.',
    ),
}

const approvals = {
  JOBS_INTERVAL_SECONDS: integer(0, 86_400)
    .default(300)
    .describe('How often change requests are expired and checked. 0 turns the jobs off.'),
}

const links = {
  LINK_ENCRYPTION_KEY: text('32 bytes')
    .refine((key) => parseSecretKey(key) !== null, secretKeyMessage)
    .optional()
    .describe('The key that encrypts stored keys of PostHog, as base64 or hexadecimal. Without it, no project can be linked.'),
  PREVIOUS_LINK_ENCRYPTION_KEYS: list('32 bytes')
    .refine((keys) => keys.every((key) => parseSecretKey(key) !== null), `${secretKeyMessage}, with commas`)
    .optional()
    .describe(
      'Former encryption keys, with commas. They only decrypt. `npm run link -- rotate-key` encrypts everything with the current one.',
    ),
  LINK_POLL_SECONDS: integer(0, 3_600)
    .default(10)
    .describe('How often each linked project is asked for changes. 0 turns following off on this server.'),
  LINK_TIMEOUT_SECONDS: integer(1, 600).default(30).describe('How long PostHog may take to answer a request.'),
  LINK_REQUESTS_PER_MINUTE: integer(3, 1_000_000)
    .default(480)
    .describe('The requests that PostHog allows a key in a minute. A third is reserved for writes.'),
  LINK_REQUESTS_PER_HOUR: integer(3, 10_000_000).default(4_800).describe('The same for an hour.'),
  LINK_QUERIES_PER_HOUR: integer(1, 1_000_000).default(120).describe('The queries of events that PostHog allows a key in an hour.'),
  LINK_ALLOW_PRIVATE_HOSTS: boolean()
    .default(false)
    .describe('Whether links may go to private addresses, and by plain HTTP. For a PostHog in your own network.'),
  PUBLIC_URL: url('https', 'http').optional().describe('Where PostHog reaches this service. With it, a new link sets up a webhook.'),
}

const federation = {
  FEDERATED_NODE: choice('hidden', 'shared')
    .default('hidden')
    .describe('Whether a supergraph gets `node` and `nodes`. The service itself always has them.'),
  FEDERATED_TRACING: boolean()
    .default(false)
    .describe('Sends Apollo traces to gateways that ask for them. Every field then costs slightly more.'),
}

const execution = {
  COMPILED_EXECUTOR: boolean()
    .default(true)
    .describe("Runs operations by cached plans. `false` uses Yoga's executor: same answers, 10 to 20 % more CPU for a page."),
}

/** The settings by the headings of docs/configuration.md. */
export const settingGroups = {
  Server: server,
  Telemetry: telemetry,
  Database: database,
  Events: events,
  Access: access,
  HTTP: http,
  Limits: limits,
  Subscriptions: subscriptions,
  Approvals: approvals,
  'Links to PostHog': links,
  Federation: federation,
  Execution: execution,
}

/** All settings, as text of the environment. */
export const settings = z.object({
  ...server,
  ...telemetry,
  ...database,
  ...events,
  ...access,
  ...http,
  ...limits,
  ...subscriptions,
  ...approvals,
  ...links,
  ...federation,
  ...execution,
})
