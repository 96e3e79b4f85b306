import { createRequire } from 'node:module'
import type { GraphQLError } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { type AccessLookup, createAccessCache, uncachedAccess } from '../auth/accessCache.ts'
import { authenticate, recordKeyUsage } from '../auth/authenticate.ts'
import type { Database } from '../database/database.ts'
import { createChangeFeed } from '../database/pubsub/changeFeed.ts'
import { createRecentWriters } from '../database/replicas/recentWriters.ts'
import { approvalGate } from '../features/approvals/data/gate.ts'
import type { Context } from '../graphql/context.ts'
import type { Observer } from '../platform/activity.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { OperatorError } from '../platform/operatorError.ts'
import { createUpstream, type WritingUpstream } from '../posthog/link/createUpstream.ts'
import { schema } from '../schema/schema.ts'
import { createCorsOptions } from './corsOptions.ts'
import { useMultipartSubscriptions } from './delivery/useMultipartSubscriptions.ts'
import { useSocketOperations } from './delivery/useSocketOperations.ts'
import { useCompiledExecutor } from './executor/useCompiledExecutor.ts'
import { createFaultLog } from './faultLog.ts'
import { usePrivatePages } from './files/usePrivatePages.ts'
import { useGraphiql } from './graphiql/useGraphiql.ts'
import { createAnswerBudgets } from './limits/answerBudget.ts'
import { createDocumentCache } from './limits/documentCache.ts'
import { createRateLimits } from './limits/rateLimits.ts'
import { useAnswerLimit } from './limits/useAnswerLimit.ts'
import { useDocumentLimits } from './limits/useDocumentLimits.ts'
import { useOperationCost } from './limits/useOperationCost.ts'
import { useRateLimits } from './limits/useRateLimits.ts'
import { useLinkHooks } from './links/useLinkHooks.ts'
import { createErrorMasker } from './maskError.ts'
import { hasMap, useWebPage } from './page/useWebPage.ts'
import { useDefer, useValidationCache } from './plugins/conditionalPlugins.ts'
import { readTrustedDocuments } from './plugins/trustedDocuments.ts'
import { useBatches } from './plugins/useBatches.ts'
import { useCsrfPrevention } from './plugins/useCsrfPrevention.ts'
import { useErrorCodes } from './plugins/useErrorCodes.ts'
import { useExplainedStatuses } from './plugins/useExplainedStatuses.ts'
import { useFaultStatus } from './plugins/useFaultStatus.ts'
import { useHealthChecks } from './plugins/useHealthChecks.ts'
import { useHiddenSchema } from './plugins/useHiddenSchema.ts'
import { useIncrementalAccept } from './plugins/useIncrementalAccept.ts'
import { useIndexPage } from './plugins/useIndexPage.ts'
import { useMutationChecks } from './plugins/useMutationChecks.ts'
import { usePersistedDocuments } from './plugins/usePersistedDocuments.ts'
import { useReadReplicas } from './plugins/useReadReplicas.ts'
import { recordCost, useRequestActivity } from './plugins/useRequestActivity.ts'
import { useRequestBody } from './plugins/useRequestBody.ts'
import { useRequestId } from './plugins/useRequestId.ts'
import { useRequestTimeout } from './plugins/useRequestTimeout.ts'
import { useStreamArguments } from './plugins/useStreamArguments.ts'
import { useSubscriptionRules } from './plugins/useSubscriptionRules.ts'

interface ServerOptions {
  /** The API key of the demo data, which GraphiQL and the web page fill in; null without demo data. */
  demoKey: string | null
  database: Database
  config: Config
  clock: Clock
  log: Logger
  /** Is told of each request. Nothing is recorded without one. */
  observer?: Observer | undefined
}

export type Server = YogaServerInstance<object, Context> & {
  /** From now on `/ready` fails, so that load balancers send requests elsewhere. */
  announceStop(): void
  /** Ends all subscriptions, so that their connections can close, stops the access cache, and closes the connections to PostHog. */
  stopListening(): Promise<void>
  /** How many subscriptions are open on this server. */
  openSubscriptions(): number
  /** Clears up writes to PostHog whose outcome is unknown. */
  settleOperations: WritingUpstream['settleOperations']
  /** Logs an error that is not of an operation, and returns what callers may see of it. */
  maskError(error: unknown): GraphQLError
}

/**
 * Creates the service: a function from requests to responses. Tests call its `fetch`, Node uses it as a listener. It opens no port.
 *
 * @throws OperatorError if the trusted documents or the files of the web page cannot be read.
 */
export function createServer({ database, config, clock, log, demoKey, observer }: ServerOptions): Server {
  const { db, pubSub, replicas } = database
  let stopping = false
  const limits = createRateLimits(config, clock, log)
  const faults = createFaultLog(log, clock)
  const maskError = createErrorMasker(log, faults)
  const upstream = createUpstream({ database, settings: config, clock, log, observer })
  const answerBudgetOf = createAnswerBudgets(config.maxAnswerBytes)
  const trustedDocuments = config.trustedDocuments === null ? new Map() : readTrustedDocuments(config.trustedDocuments)

  const changeFeed = createChangeFeed(pubSub, log)
  // The triggers that invalidate the access cache use NOTIFY, which does not reach servers that listen to Redis.
  const cachesAccess = config.accessCacheSeconds > 0 && config.redisUrl === null
  const accessCache = cachesAccess ? createAccessCache(db, pubSub, config.accessCacheSeconds, log) : null
  const recentWriters =
    replicas === undefined
      ? null
      : createRecentWriters({
          database,
          memoryMs: config.requestTimeoutMs + config.replicaMaxLagSeconds * 1_000,
          now: () => clock().getTime(),
          log,
        })

  const yoga = createYoga<object, Context>({
    schema,
    // `maskError` logs each error once.
    logging: false,
    graphiql: false,
    landingPage: false,
    // No URL ends in a space. `useHealthChecks` answers instead.
    healthCheckEndpoint: ' ',
    cors: createCorsOptions(config.corsOrigins),
    multipart: false,
    maxRequestBodySize: false,
    parserAndValidationCache: { ...createDocumentCache(config.documentCacheBytes), validationCache: false },
    batching: config.maxBatchSize > 1 && { limit: config.maxBatchSize },
    extraParamNames: ['documentId'],
    maskedErrors: { maskError },
    context: async ({ request, waitUntil }) => {
      const authenticateRequest = async (access: AccessLookup) => ({
        now: clock(),
        access,
        authentication: await authenticate({ db, log }, access, request.headers.get('authorization')),
      })
      const reauthenticate = () => authenticateRequest(uncachedAccess)
      const { now, access, authentication } = await authenticateRequest(accessCache ?? uncachedAccess)
      if (authentication.viewer !== null) {
        waitUntil(
          recordKeyUsage(db, authentication.viewer, now).catch((err: unknown) => {
            if (faults.logIfFault(err) === null) log.error({ err }, 'API key usage was not recorded.')
          }),
        )
      }
      const services = { db, database, approvalGate, upstream }
      return { ...services, now, config, log, authentication, access, reauthenticate, rateLimit: null, work: request, changeFeed }
    },
    plugins: [
      useHealthChecks(db, () => stopping),
      ...(config.graphiql ? [useGraphiql(demoKey, hasMap(config))] : []),
      ...(config.webPage ? [useWebPage(demoKey, config)] : []),
      usePrivatePages(),
      useIndexPage(config),
      useLinkHooks({ db, limits, trustedProxies: config.trustedProxies }),
      useRateLimits({
        limits,
        config,
        authenticate: ({ headers }) => authenticate({ db, log }, accessCache ?? uncachedAccess, headers.get('authorization')),
      }),
      useCsrfPrevention(),
      useBatches(),
      useIncrementalAccept(),
      useRequestBody(config.maxBodyBytes),
      ...usePersistedDocuments(trustedDocuments, config.trustedDocumentsOnly),
      useValidationCache(),
      useDefer(),
      ...(config.introspection ? [] : [useHiddenSchema()]),
      useSubscriptionRules(),
      useStreamArguments(),
      useDocumentLimits(config),
      useOperationCost(config, observer === undefined ? undefined : recordCost),
      useMutationChecks(cachesAccess),
      ...(replicas === undefined || recentWriters === null ? [] : [useReadReplicas(replicas, recentWriters)]),
      useAnswerLimit(config.maxAnswerBytes, answerBudgetOf),
      ...(config.compiledExecutor ? [useCompiledExecutor(answerBudgetOf)] : []),
      useErrorCodes(maskError, config.maxErrors),
      useFaultStatus(),
      useRequestTimeout(config.requestTimeoutMs, (error) => faults.log('timeout REQUEST', error)),
      // Only on request, because it wraps every resolver.
      ...(config.federatedTracing ? [loadInlineTrace()] : []),
      useExplainedStatuses(),
      useMultipartSubscriptions(),
      useSocketOperations(),
      ...(observer === undefined ? [] : [useRequestActivity(observer)]),
      useRequestId(observer !== undefined),
    ],
  })
  return Object.assign(yoga, {
    announceStop: () => {
      stopping = true
    },
    stopListening: async () => {
      await Promise.all([changeFeed.close(), accessCache?.close(), recentWriters?.close(), upstream.close()])
    },
    openSubscriptions: () => changeFeed.size(),
    settleOperations: upstream.settleOperations,
    maskError,
  })
}

/** An optional package, because few need it and it brings a library for its format. */
function loadInlineTrace(): Plugin {
  try {
    const { useApolloInlineTrace } = createRequire(import.meta.url)('@graphql-yoga/plugin-apollo-inline-trace')
    return useApolloInlineTrace()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new OperatorError(
      'FEDERATED_TRACING needs a package that is not installed. Run `npm install --no-save --save-prod @graphql-yoga/plugin-apollo-inline-trace@3.24.1`.',
    )
  }
}
