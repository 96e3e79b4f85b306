import { expect, it } from 'vitest'
import { InvalidConfigError, readConfig } from '../../src/platform/config.ts'

it('fills in every default, for a bare machine', () => {
  expect(readConfig({})).toEqual({
    production: false,
    host: '127.0.0.1',
    port: 4000,
    databaseUrl: null,
    databaseReplicaUrls: null,
    replicaMaxLagSeconds: 5,
    databasePoolSize: 10,
    connectionTimeoutMs: 2_000,
    statementTimeoutMs: 5_000,
    lockTimeoutMs: 2_000,
    transactionTimeoutMs: 10_000,
    preparedStatements: true,
    previousLinkEncryptionKeys: null,
    publicUrl: null,
    eventsUrl: null,
    eventsTable: 'events',
    eventsColumns: {
      ...{ team_id: 'team_id', uuid: 'uuid', event: 'event', timestamp: 'timestamp', distinct_id: 'distinct_id', properties: 'properties' },
    },
    eventsProjects: null,
    eventsTimeoutMs: 5_000,
    eventsMaxMemoryBytes: 2_000_000_000,
    dataDir: '.data',
    demoData: true,
    demoDataOnNetwork: false,
    graphiql: true,
    webPage: true,
    introspection: true,
    corsOrigins: ['*'],
    jobsInterval: 300,
    linkAllowPrivateHosts: false,
    linkEncryptionKey: null,
    linkPollSeconds: 10,
    linkQueriesPerHour: 120,
    linkRequestsPerHour: 4_800,
    linkRequestsPerMinute: 480,
    linkTimeoutSeconds: 30,
    logLevel: 'info',
    requestTimeoutMs: 10_000,
    startupTimeoutSeconds: 60,
    drainSeconds: 0,
    shutdownSeconds: 10,
    accessLog: false,
    metricsHost: '127.0.0.1',
    metricsPort: null,
    otlpEndpoint: null,
    rateLimitPerMinute: 480,
    rateLimitPerHour: 4800,
    costLimitPerMinute: 250_000,
    mutationLimitPerMinute: 240,
    anonymousLimitPerMinute: 60,
    trustedProxies: null,
    redisUrl: null,
    redisChannel: 'experiments_graph',
    maxSubscriptions: 20,
    maxExposureCohortSize: 100_000,
    subscriptionCheck: 30,
    accessCacheSeconds: 5,
    trustedDocuments: null,
    trustedDocumentsOnly: false,
    compression: true,
    compiledExecutor: true,
    federatedNode: 'hidden',
    federatedTracing: false,
    maxBatchSize: 10,
    maxConnections: 1_000,
    maxConnectionsPerAddress: null,
    receiveTimeoutSeconds: 30,
    keepAliveSeconds: 65,
    maxBodyBytes: 1_000_000,
    maxOperationDepth: 16,
    maxOperationCost: 25_000,
    maxOperationTokens: 5_000,
    maxAliases: 250,
    maxRootFields: 100,
    maxDirectives: 100,
    maxAnswerBytes: 10_000_000,
    maxErrors: 20,
    documentCacheBytes: 50_000_000,
  })
})

it('shows neither demo nor GraphiQL in production, unless asked', () => {
  const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://localhost/graph' }
  expect(readConfig(production)).toMatchObject({ production: true, demoData: false, graphiql: false, accessLog: true })
  expect(readConfig({ ...production, GRAPHIQL: 'true', DEMO_DATA: 'yes' })).toMatchObject({ demoData: true, graphiql: true })
})

it('takes an empty variable for one that is not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 4000, databaseUrl: null })
})

it.each([
  ['PORT', '65536', 'at most 65535'],
  ['PORT', '-1', 'at least 0'],
  ['PORT', '80.5', 'a whole number'],
  ['PORT', '4000; rm -rf', 'a number'],
  ['DATABASE_URL', 'localhost', 'postgres://'],
  ['DEMO_DATA', 'perhaps', 'true or false'],
  ['NODE_ENV', 'prod', 'development, production or test'],
  ['LOG_LEVEL', 'verbose', 'fatal, error'],
  ['MAX_OPERATION_DEPTH', '0', 'at least 1'],
])('rejects %s=%s and says what would be right', (name, value, right) => {
  const read = () => readConfig({ [name]: value })
  expect(read).toThrow(InvalidConfigError)
  expect(read).toThrow(new RegExp(`${name} must be .*${right}`))
})

it('keeps the password in a URL to itself', () => {
  expect(() => readConfig({ REDIS_URL: 'http://:secret@localhost' })).toThrow(/^(?![\s\S]*secret)[\s\S]*REDIS_URL must be a redis:\/\//)
})

it('reads the URLs of replicas, and needs their primary', () => {
  const urls = 'postgres://one/graph, postgresql://two:5433/graph'
  expect(readConfig({ DATABASE_URL: 'postgres://primary/graph', DATABASE_REPLICA_URLS: urls })).toMatchObject({
    databaseReplicaUrls: ['postgres://one/graph', 'postgresql://two:5433/graph'],
  })
  expect(() => readConfig({ DATABASE_REPLICA_URLS: urls })).toThrow(
    'DATABASE_REPLICA_URLS needs DATABASE_URL, the primary of the replicas. The embedded database has no replicas: set both, or neither',
  )
})

it.each(['mysql://user:secret@one/graph', 'postgres://user:secret@one/graph,', 'postgres://user:secret@one/graph postgres://two/graph'])(
  'refuses %s as replicas, and keeps the password to itself',
  (urls) => {
    const read = () => readConfig({ DATABASE_URL: 'postgres://primary/graph', DATABASE_REPLICA_URLS: urls })
    expect(read).toThrow(/^(?![\s\S]*secret)[\s\S]*DATABASE_REPLICA_URLS must be postgres:\/\//)
  },
)

it('rejects to answer trusted documents only where there are none', () => {
  expect(() => readConfig({ TRUSTED_DOCUMENTS_ONLY: 'true' })).toThrow(/TRUSTED_DOCUMENTS_ONLY needs TRUSTED_DOCUMENTS/)
})

it('names every wrong setting at once', () => {
  expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'x' })).toThrow(/PORT[\s\S]*LOG_LEVEL/)
})

it('gives demo data to the network only where that was said', () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.com']) {
    expect(() => readConfig({ HOST: host })).toThrow(
      `HOST would give the network a key to the demo data: set DEMO_DATA=false, or allow it by DEMO_DATA_ON_NETWORK=true (it is '${host}')`,
    )
    expect(() => readConfig({ HOST: host, DATABASE_URL: 'postgres://localhost/db', DEMO_DATA: 'true' })).toThrow(InvalidConfigError)
    expect(readConfig({ HOST: host, DATABASE_URL: 'postgres://localhost/db' })).toMatchObject({ host, demoData: false })
    expect(readConfig({ HOST: host, DEMO_DATA: 'false' })).toMatchObject({ host, demoData: false })
    expect(readConfig({ HOST: host, DEMO_DATA_ON_NETWORK: 'true' })).toMatchObject({ host, demoData: true })
  }
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
    expect(readConfig({ HOST: host })).toMatchObject({ host, demoData: true })
})

it.each([
  ['*', ['*']],
  ['none', []],
  ['https://app.example.com', ['https://app.example.com']],
  ['https://app.example.com, http://localhost:3000', ['https://app.example.com', 'http://localhost:3000']],
])('reads CORS_ORIGINS %s', (value, origins) => {
  expect(readConfig({ CORS_ORIGINS: value }).corsOrigins).toEqual(origins)
})

it.each([
  'https://app.example.com/',
  'https://app.example.com/path',
  'app.example.com',
  'null',
  '*, https://app.example.com',
  'https://a.example,',
])('refuses CORS_ORIGINS %s', (value) => {
  expect(() => readConfig({ CORS_ORIGINS: value })).toThrow('CORS_ORIGINS must be *, none, or origins')
})
