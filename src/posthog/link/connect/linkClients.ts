import type { Db } from '../../../database/client.ts'
import type { ProjectLink } from '../../../database/generated/client.ts'
import type { Observer } from '../../../platform/activity.ts'
import type { Config } from '../../../platform/config.ts'
import { createSecretBox, hashSecret, type SecretBox } from '../../../platform/secrets/secretBox.ts'
import { type Connections, createConnections } from '../../client/connections.ts'
import { type Budget, createPostHogClient, type PostHogClient } from '../../client/postHogClient.ts'
import type { Timing } from '../../client/retries.ts'
import { createBudget } from './budget.ts'

export type LinkSettings = Pick<
  Config,
  | 'linkEncryptionKey'
  | 'previousLinkEncryptionKeys'
  | 'linkPollSeconds'
  | 'linkTimeoutSeconds'
  | 'linkRequestsPerMinute'
  | 'linkRequestsPerHour'
  | 'linkQueriesPerHour'
  | 'linkAllowPrivateHosts'
  | 'publicUrl'
>

/** Makes clients of PostHog: of a link, or of a key that is not stored yet. All count their requests. */
export interface LinkClients {
  secretBox: SecretBox
  timing: Timing
  originOf(host: string): string
  /** @throws OperatorError if the stored key cannot be decrypted. */
  ofLink(link: Pick<ProjectLink, 'projectId' | 'host' | 'encryptedKey'>, signal?: AbortSignal): PostHogClient
  ofKey(host: string, key: string, signal?: AbortSignal): PostHogClient
  /** A client for the query endpoint, which PostHog limits apart from all others. */
  queriesOfKey(host: string, key: string): PostHogClient
  queriesOfLink(link: Pick<ProjectLink, 'projectId' | 'host' | 'encryptedKey'>): PostHogClient
  close(): Promise<void>
}

export function createLinkClients(db: Db, settings: LinkSettings, timing: Timing, observer?: Observer): LinkClients {
  const secretBox = createSecretBox(settings.linkEncryptionKey, settings.previousLinkEncryptionKeys ?? [])
  const connections: Connections = createConnections({
    timeoutSeconds: settings.linkTimeoutSeconds,
    allowPrivateHosts: settings.linkAllowPrivateHosts,
  })
  const limits = { perMinute: settings.linkRequestsPerMinute, perHour: settings.linkRequestsPerHour }
  // A tenth of the hour in one minute, so that one page that asks much does not use it up.
  const queryLimits = { perMinute: Math.max(10, Math.ceil(settings.linkQueriesPerHour / 10)), perHour: settings.linkQueriesPerHour }
  const clientOf = (host: string, key: string, budget: Budget, signal?: AbortSignal) =>
    createPostHogClient({
      ...{ connections, host: connections.originOf(host), key, budget, timing, signal, observer },
      timeoutSeconds: settings.linkTimeoutSeconds,
    })
  const ofKey = (host: string, key: string, signal?: AbortSignal) =>
    clientOf(host, key, createBudget(db, hashSecret(key), limits, timing), signal)
  const queriesOfKey = (host: string, key: string) =>
    clientOf(host, key, createBudget(db, hashSecret(`query ${key}`), queryLimits, timing)).with({ purpose: 'query' })
  return {
    secretBox,
    timing,
    originOf: connections.originOf,
    ofKey,
    queriesOfKey,
    queriesOfLink: ({ projectId, host, encryptedKey }) => queriesOfKey(host, secretBox.open(projectId, encryptedKey)),
    ofLink: ({ projectId, host, encryptedKey }, signal) => ofKey(host, secretBox.open(projectId, encryptedKey), signal),
    close: connections.close,
  }
}
