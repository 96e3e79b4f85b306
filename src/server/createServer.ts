import { createRequire } from 'node:module'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { type Access, keptAccess, readAccess } from '../auth/accessCache.ts'
import { authenticate, noteKeyUse } from '../auth/authenticate.ts'
import type { Db } from '../database/open.ts'
import { followers } from '../database/pubsub/changeFeed.ts'
import { signalsOf } from '../database/pubsub/pubSub.ts'
import type { Context } from '../graphql/context.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { schema } from '../schema/schema.ts'
import { useCompiledExecutor } from './executor/useCompiledExecutor.ts'
import { useGraphiql } from './graphiql/staticFiles.ts'
import { rateLimiter } from './limits/rateLimit.ts'
import { useOperationCost } from './limits/useOperationCost.ts'
import { useTokenLimit } from './limits/useTokenLimit.ts'
import { useDefer, useReadiness, useValidationCache } from './plugins/conditionalPlugins.ts'
import { errorMask } from './plugins/maskError.ts'
import { readTrustedDocuments } from './plugins/trustedDocuments.ts'
import { useBatches } from './plugins/useBatches.ts'
import { useCrossSiteGuard } from './plugins/useCsrfPrevention.ts'
import { useErrorCodes } from './plugins/useErrorCodes.ts'
import { useFreshAccess } from './plugins/useFreshViewer.ts'
import { useAcceptedParts } from './plugins/useIncrementalAccept.ts'
import { usePersistedDocuments } from './plugins/usePersistedDocuments.ts'
import { useBody } from './plugins/useRequestBody.ts'
import { useRequestId } from './plugins/useRequestId.ts'

interface ServerOptions {
  /** Filled into GraphiQL, where the demo data is there. */
  demoKey: string | null
  db: Db
  config: Config
  clock: Clock
  log: Logger
}

/** `stopListening` ends the subscriptions that are open, so that their connections can close, and keeps nothing between requests any more. */
export type Server = YogaServerInstance<object, Context> & { stopListening(): Promise<void> }

/**
 * The service as a function from requests to responses: `fetch` for tests, a listener for Node. It opens no port.
 *
 * @throws UserMistake when the trusted documents cannot be read.
 */
export function createServer({ db, config, clock, log, demoKey }: ServerOptions): Server {
  const countRequest = rateLimiter(config)
  const maskError = errorMask(log)
  const trusted = config.trustedDocuments === null ? new Map() : readTrustedDocuments(config.trustedDocuments)

  const following = followers(signalsOf(db), log)
  // Through Redis servers tell each other of updates; who may do what changes without them.
  const keeps = config.accessCacheSeconds > 0 && config.redisUrl === null
  const kept = keeps ? keptAccess(db, signalsOf(db), config.accessCacheSeconds, log) : null

  const yoga = createYoga<object, Context>({
    schema,
    // What goes wrong is logged once, where it is masked.
    logging: false,
    graphiql: false,
    landingPage: false,
    // Keys come in a header that browsers do not send by themselves, so every origin may ask.
    cors: { origin: '*', credentials: false },
    multipart: false,
    maxRequestBodySize: false,
    parserAndValidationCache: { validationCache: false },
    batching: config.maxBatchSize > 1 && { limit: config.maxBatchSize },
    extraParamNames: ['documentId'],
    maskedErrors: { maskError },
    context: async ({ request, waitUntil }) => {
      const authenticated = async (access: Access) => ({
        now: clock(),
        access,
        authentication: await authenticate({ db, log }, access, request.headers.get('authorization')),
      })
      const authenticateAgain = () => authenticated(readAccess)
      const { now, access, authentication } = await authenticated(kept ?? readAccess)
      if (authentication.viewer !== null) {
        await countRequest(authentication.viewer.keyHash)
        waitUntil(noteKeyUse(db, authentication.viewer, now).catch((err: unknown) => log.error({ err }, 'The use of a key was not noted.')))
      }
      return { db, now, config, log, authentication, access, authenticateAgain, followers: following }
    },
    plugins: [
      ...(config.graphiql ? [useGraphiql(demoKey)] : []),
      useCrossSiteGuard(),
      useBatches(),
      useAcceptedParts(),
      useBody(config.maxBodyBytes),
      ...usePersistedDocuments(trusted, config.trustedDocumentsOnly),
      useValidationCache(),
      useDefer(),
      useTokenLimit(config.maxOperationTokens),
      useOperationCost(config),
      ...(keeps ? [useFreshAccess()] : []),
      ...(config.compiledExecutor ? [useCompiledExecutor()] : []),
      useErrorCodes(maskError),
      // It wraps every resolver, so that it is there only where it is wanted.
      ...(config.federatedTracing ? [inlineTrace()] : []),
      useReadiness(async () => (await db.$queryRaw`SELECT 1`) !== null),
      useRequestId(),
    ],
  })
  return Object.assign(yoga, { stopListening: async () => void (await Promise.all([following.close(), kept?.close()])) })
}

/** Loaded only there too: it brings a library for its format. */
function inlineTrace(): Plugin {
  const { useApolloInlineTrace } = createRequire(import.meta.url)('@graphql-yoga/plugin-apollo-inline-trace')
  return useApolloInlineTrace()
}
