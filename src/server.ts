import { createRequire } from 'node:module'
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { createYoga, type Plugin, useReadinessCheck, type YogaServerInstance } from 'graphql-yoga'
import { authenticate, noteKeyUse } from './auth/viewer.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Context } from './context.ts'
import type { Db } from './db/database.ts'
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

/** `endSubscriptions` ends those that are open, so that their connections can close. */
export type Server = YogaServerInstance<object, Context> & { endSubscriptions(): Promise<void> }

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
    batching: config.maxBatchSize > 1 && { limit: config.maxBatchSize },
    extraParamNames: ['documentId'],
    maskedErrors: { maskError },
    context: async ({ request, waitUntil }) => {
      const authenticateAgain = async () => ({
        now: clock(),
        authentication: await authenticate({ db, log }, request.headers.get('authorization')),
      })
      const { now, authentication } = await authenticateAgain()
      if (authentication.viewer !== null) {
        await countRequest(authentication.viewer.keyHash)
        waitUntil(noteKeyUse(db, authentication.viewer, now).catch((err: unknown) => log.error({ err }, 'The use of a key was not noted.')))
      }
      return { db, now, config, log, authentication, authenticateAgain, followers: following }
    },
    plugins: [
      ...(config.graphiql ? [useGraphiql(demoKey)] : []),
      useCrossSiteGuard(),
      useBatches(),
      useAcceptedParts(),
      useBody(config.maxBodyBytes),
      ...usePersistedDocuments(trusted, config.trustedDocumentsOnly),
      useDeferStream(),
      useTokenLimit(config.maxOperationTokens),
      useOperationCost(config),
      ...(config.compiledExecutor ? [useCompiledExecutor()] : []),
      useErrorCodes(maskError),
      // It wraps every resolver, so that it is there only where it is wanted.
      ...(config.federatedTracing ? [inlineTrace()] : []),
      useReadinessCheck({ check: async () => (await db.$queryRaw`SELECT 1`) !== null }),
      useRequestId(),
    ],
  })
  return Object.assign(yoga, { endSubscriptions: following.close })
}

/** Loaded only there too: it brings a library for its format. */
function inlineTrace(): Plugin {
  const { useApolloInlineTrace } = createRequire(import.meta.url)('@graphql-yoga/plugin-apollo-inline-trace')
  return useApolloInlineTrace()
}
