import { createRequire } from 'node:module'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { authenticate, noteKeyUse } from './auth/authenticate.ts'
import { type Access, keptAccess, readAccess } from './auth/keptAccess.ts'
import { useFreshAccess } from './auth/useFreshAccess.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Context } from './context.ts'
import type { Db } from './db/database.ts'
import { UserMistake } from './errors/UserMistake.ts'
import { useCompiledExecutor } from './execution/useCompiledExecutor.ts'
import { errorMask } from './http/maskError.ts'
import { rateLimiter } from './http/rateLimit.ts'
import { readTrustedDocuments } from './http/trustedDocuments.ts'
import { useAcceptedParts } from './http/useAcceptedParts.ts'
import { useBatches } from './http/useBatches.ts'
import { useBody } from './http/useBody.ts'
import { useCrossSiteGuard } from './http/useCrossSiteGuard.ts'
import { useErrorCodes } from './http/useErrorCodes.ts'
import { useGraphiql } from './http/useGraphiql.ts'
import { useOperationCost } from './http/useOperationCost.ts'
import { usePersistedDocuments } from './http/usePersistedDocuments.ts'
import { useRequestId } from './http/useRequestId.ts'
import { useTokenLimit } from './http/useTokenLimit.ts'
import { useDefer, useReadiness, useValidationCache } from './http/whereNeeded.ts'
import type { Logger } from './log.ts'
import { schema } from './schema.ts'
import { signalsOf } from './signals/signals.ts'
import { followers } from './updates/followers.ts'

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
 * @throws UserMistake when the trusted documents cannot be read, or the package that a setting needs is not installed.
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

/** An optional package, because few need it and it brings a library for its format. */
function inlineTrace(): Plugin {
  try {
    const { useApolloInlineTrace } = createRequire(import.meta.url)('@graphql-yoga/plugin-apollo-inline-trace')
    return useApolloInlineTrace()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new UserMistake(
      'FEDERATED_TRACING needs a package that is not installed: run ' +
        '`npm install --no-save --save-prod @graphql-yoga/plugin-apollo-inline-trace@3.24.1`.',
    )
  }
}
