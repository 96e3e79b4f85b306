import type { z } from 'zod'
import { OperatorError } from './operatorError.ts'
import { settings } from './settings/settings.ts'

/** Settings that prevent the start. The message names every wrong one. */
export class InvalidConfigError extends OperatorError {
  constructor(problems: string[]) {
    super(`Wrong settings in the environment:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
}

/** Whether only programs of this machine can reach the address. */
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

const environmentSchema = settings
  .refine(({ DATABASE_URL: primary, DATABASE_REPLICA_URLS: replicas }) => replicas === undefined || primary !== undefined, {
    path: ['DATABASE_REPLICA_URLS'],
    error: 'needs DATABASE_URL, the primary of the replicas. The embedded database has no replicas: set both, or neither',
  })
  .refine(({ TRUSTED_DOCUMENTS: file, TRUSTED_DOCUMENTS_ONLY: only }) => !only || file !== undefined, {
    path: ['TRUSTED_DOCUMENTS_ONLY'],
    error: 'needs TRUSTED_DOCUMENTS, the file of the documents to trust',
  })
  .transform((env) => ({
    production: env.NODE_ENV === 'production',
    /** The network name or address to listen on. */
    host: env.HOST,
    /** 0: any free port. */
    port: env.PORT,
    /** Null: the embedded database in `dataDir`. */
    databaseUrl: env.DATABASE_URL ?? null,
    /** Streaming replicas of the primary, which answer queries; null for none. */
    databaseReplicaUrls: env.DATABASE_REPLICA_URLS ?? null,
    /** How much a replica that is read from may be behind the primary. A key that wrote reads from the primary for that time. */
    replicaMaxLagSeconds: env.REPLICA_MAX_LAG_SECONDS,
    databasePoolSize: env.DATABASE_POOL_SIZE,
    /** How long to wait for a free connection of the pool, or for a new one. */
    connectionTimeoutMs: env.CONNECTION_TIMEOUT_MS,
    /** How long a statement may run; 0 for no limit. */
    statementTimeoutMs: env.STATEMENT_TIMEOUT_MS,
    /** How long a statement may wait for a lock; 0 for no limit. */
    lockTimeoutMs: env.LOCK_TIMEOUT_MS,
    transactionTimeoutMs: env.TRANSACTION_TIMEOUT_MS,
    /** Whether connections use prepared statements. Must be false behind a pooler that does not support them. */
    preparedStatements: env.PREPARED_STATEMENTS,
    /** The ClickHouse that has the events. Null: they are in the database. */
    eventsUrl: env.EVENTS_URL ?? null,
    /** The table of events in ClickHouse, perhaps with its database. */
    eventsTable: env.EVENTS_TABLE,
    eventsColumns: env.EVENTS_COLUMNS,
    /** The `team_id` of each project whose events are in ClickHouse. Null: all are there, each by its own number. */
    eventsProjects: env.EVENTS_PROJECTS ?? null,
    /** How long a query of events may run in ClickHouse. */
    eventsTimeoutMs: env.EVENTS_TIMEOUT_MS,
    /** The memory that ClickHouse may use for a query of events. */
    eventsMaxMemoryBytes: env.EVENTS_MAX_MEMORY_BYTES,
    dataDir: env.DATA_DIR,
    /** Whether to add a demo project and a key to an empty database. */
    demoData: env.DEMO_DATA ?? (env.DATABASE_URL === undefined && env.EVENTS_URL === undefined),
    /** Whether the demo data may be on an address that other machines can reach. */
    demoDataOnNetwork: env.DEMO_DATA_ON_NETWORK,
    graphiql: env.GRAPHIQL ?? env.NODE_ENV !== 'production',
    /** Whether browsers get the web page at `/`. */
    webPage: env.WEB_PAGE,
    /** Whether callers may read the schema, and errors suggest names of it. */
    introspection: env.INTROSPECTION,
    logLevel: env.LOG_LEVEL,
    /** How long a request may take until its answer begins. */
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    /** How long the start may wait for the database, its migration lock and Redis. */
    startupTimeoutSeconds: env.STARTUP_TIMEOUT_SECONDS,
    /** How long the server goes on after a stop signal, so that load balancers see that `/ready` fails. */
    drainSeconds: env.DRAIN_SECONDS,
    /** How long open requests may take after that. */
    shutdownSeconds: env.SHUTDOWN_SECONDS,
    /** Whether each request is logged. */
    accessLog: env.ACCESS_LOG ?? env.NODE_ENV === 'production',
    metricsHost: env.METRICS_HOST,
    /** Null: no metrics. 0: any free port. */
    metricsPort: env.METRICS_PORT ?? null,
    /** Where traces are sent; null for nowhere. */
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    /** Requests of a key; 0 turns the limit off. */
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    rateLimitPerHour: env.RATE_LIMIT_PER_HOUR,
    /** Points of cost of a key; 0 turns the limit off. */
    costLimitPerMinute: env.COST_LIMIT_PER_MINUTE,
    mutationLimitPerMinute: env.MUTATION_LIMIT_PER_MINUTE,
    /** Requests without a valid key from an address; 0 turns the limit off. */
    anonymousLimitPerMinute: env.ANONYMOUS_LIMIT_PER_MINUTE,
    /** The addresses of proxies whose `X-Forwarded-For` is true; null for none. */
    trustedProxies: env.TRUSTED_PROXIES ?? null,
    /** Seconds between two runs of the jobs; 0 turns them off. */
    jobsInterval: env.JOBS_INTERVAL_SECONDS,
    /** The key that encrypts the keys of PostHog. Null: no project can be linked. */
    linkEncryptionKey: env.LINK_ENCRYPTION_KEY ?? null,
    /** Former keys, which only decrypt. */
    previousLinkEncryptionKeys: env.PREVIOUS_LINK_ENCRYPTION_KEYS ?? null,
    /** Seconds between two rounds of a linked project; 0 for none on this server. */
    linkPollSeconds: env.LINK_POLL_SECONDS,
    /** How long PostHog may take to answer. */
    linkTimeoutSeconds: env.LINK_TIMEOUT_SECONDS,
    /** The requests that PostHog allows a key. A third is reserved for writes. */
    linkRequestsPerMinute: env.LINK_REQUESTS_PER_MINUTE,
    linkRequestsPerHour: env.LINK_REQUESTS_PER_HOUR,
    /** The queries of events that PostHog allows a key. */
    linkQueriesPerHour: env.LINK_QUERIES_PER_HOUR,
    /** Whether links may go to private addresses, and by http. */
    linkAllowPrivateHosts: env.LINK_ALLOW_PRIVATE_HOSTS,
    /** Where PostHog reaches this service with its webhooks; null for not at all. */
    publicUrl: env.PUBLIC_URL ?? null,
    /** Null: servers exchange change events through PostgreSQL, and count rate limits each for itself. */
    redisUrl: env.REDIS_URL ?? null,
    redisChannel: env.REDIS_CHANNEL,
    /** Open subscriptions of a key on one server. */
    maxSubscriptions: env.MAX_SUBSCRIPTIONS,
    maxExposureCohortSize: env.MAX_EXPOSURE_COHORT_SIZE,
    /** Seconds between two checks of the key of a subscription without events. */
    subscriptionCheck: env.SUBSCRIPTION_CHECK_SECONDS,
    /** Seconds to cache API keys and projects. Changes in the database clear the cache. 0 turns it off. */
    accessCacheSeconds: env.ACCESS_CACHE_SECONDS,
    /** The origins whose pages may read answers; `*` for all. */
    corsOrigins: env.CORS_ORIGINS,
    /** The manifest of the operations that clients can send by id; null for none. */
    trustedDocuments: env.TRUSTED_DOCUMENTS ?? null,
    /** Whether all other operations are rejected. */
    trustedDocumentsOnly: env.TRUSTED_DOCUMENTS_ONLY,
    /** Whether responses are compressed for clients that accept it. */
    compression: env.COMPRESSION,
    /** Whether operations run by cached plans instead of Yoga's executor. */
    compiledExecutor: env.COMPILED_EXECUTOR,
    /** Whether `node` and `nodes` of this subgraph are part of a supergraph. */
    federatedNode: env.FEDERATED_NODE,
    /** Whether the timing of each field is sent to gateways that request it. */
    federatedTracing: env.FEDERATED_TRACING,
    /** Operations in one request; 1 turns batches off. */
    maxBatchSize: env.MAX_BATCH_SIZE,
    /** Open connections. */
    maxConnections: env.MAX_CONNECTIONS,
    /** Open connections of one address. Null for half of them. */
    maxConnectionsPerAddress: env.MAX_CONNECTIONS_PER_ADDRESS ?? null,
    /** Seconds in which a request must come in. */
    receiveTimeoutSeconds: env.RECEIVE_TIMEOUT_SECONDS,
    /** Seconds that a connection stays open without a request. */
    keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
    maxBodyBytes: env.MAX_BODY_BYTES,
    maxOperationDepth: env.MAX_OPERATION_DEPTH,
    maxOperationCost: env.MAX_OPERATION_COST,
    maxOperationTokens: env.MAX_OPERATION_TOKENS,
    maxAliases: env.MAX_ALIASES,
    maxRootFields: env.MAX_ROOT_FIELDS,
    maxDirectives: env.MAX_DIRECTIVES,
    /** The size of one HTTP answer, of all operations of a batch together. */
    maxAnswerBytes: env.MAX_ANSWER_BYTES,
    /** Errors in the answer of one operation. */
    maxErrors: env.MAX_ERRORS,
    /** The memory for parsed operations. */
    documentCacheBytes: env.DOCUMENT_CACHE_BYTES,
  }))
  .refine(({ demoData, demoDataOnNetwork, host }) => !demoData || demoDataOnNetwork || isLoopback(host), {
    path: ['HOST'],
    error: 'would give the network a key to the demo data: set DEMO_DATA=false, or allow it by DEMO_DATA_ON_NETWORK=true',
  })
  .refine(({ demoData, eventsUrl, eventsProjects }) => !demoData || eventsUrl === null || eventsProjects !== null, {
    path: ['DEMO_DATA'],
    error:
      'would show the events of a team in ClickHouse to whoever has the demo key: set DEMO_DATA=false, or name the projects in EVENTS_PROJECTS',
  })

/** The names of all settings in the environment. */
export const settingNames: readonly string[] = Object.keys(settings.shape)

/** All settings, typed, with defaults. */
export type Config = z.infer<typeof environmentSchema>

/**
 * Reads the settings. No other code of the service reads the environment. A blank variable counts as not set.
 *
 * @throws InvalidConfigError if a setting is wrong.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const setVariables = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''))
  const result = environmentSchema.safeParse(setVariables)
  if (result.success) return result.data
  throw new InvalidConfigError(
    result.error.issues.map((issue) => {
      const name = issue.path.join('.')
      // A URL can contain a password, and a key is one, so the message does not repeat them.
      const value = /_(URLS?|ENDPOINT|KEYS?)$/.test(name) ? '' : ` (it is '${setVariables[name]}')`
      return `${name} ${issue.message}${value}`
    }),
  )
}
