import { expect, it } from 'vitest'
import { InvalidConfigError, readConfig } from '../../src/platform/config.ts'

it('fills in every default, for a bare machine', () => {
  expect(readConfig({})).toEqual({
    production: false,
    host: '127.0.0.1',
    port: 4000,
    databaseUrl: null,
    databasePoolSize: 10,
    preparedStatements: true,
    dataDir: '.data',
    demoData: true,
    graphiql: true,
    jobsInterval: 300,
    logLevel: 'info',
    rateLimitPerMinute: 480,
    rateLimitPerHour: 4800,
    costLimitPerMinute: 250_000,
    mutationLimitPerMinute: 240,
    anonymousLimitPerMinute: 60,
    trustedProxies: null,
    redisUrl: null,
    redisChannel: 'experiments_graph',
    maxSubscriptions: 20,
    subscriptionCheck: 30,
    accessCacheSeconds: 5,
    trustedDocuments: null,
    trustedDocumentsOnly: false,
    compression: true,
    compiledExecutor: true,
    federatedNode: 'hidden',
    federatedTracing: false,
    maxBatchSize: 10,
    maxBodyBytes: 1_000_000,
    maxOperationDepth: 16,
    maxOperationCost: 25_000,
    maxOperationTokens: 5_000,
  })
})

it('shows neither demo nor GraphiQL in production, unless asked', () => {
  const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://localhost/graph' }
  expect(readConfig(production)).toMatchObject({ production: true, demoData: false, graphiql: false })
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
])('refuses %s=%s and says what would be right', (name, value, right) => {
  const read = () => readConfig({ [name]: value })
  expect(read).toThrow(InvalidConfigError)
  expect(read).toThrow(new RegExp(`${name} must be .*${right}`))
})

it('keeps the password in a URL to itself', () => {
  expect(() => readConfig({ REDIS_URL: 'http://:secret@localhost' })).toThrow(/^(?![\s\S]*secret)[\s\S]*REDIS_URL must be a redis:\/\//)
})

it('refuses to answer trusted documents only where there are none', () => {
  expect(() => readConfig({ TRUSTED_DOCUMENTS_ONLY: 'true' })).toThrow(/TRUSTED_DOCUMENTS_ONLY needs TRUSTED_DOCUMENTS/)
})

it('names every wrong setting at once', () => {
  expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'x' })).toThrow(/PORT[\s\S]*LOG_LEVEL/)
})
