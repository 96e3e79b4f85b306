import type { Db } from '../../../database/client.ts'
import type { ProjectLink } from '../../../database/generated/client.ts'
import type { Config } from '../../../platform/config.ts'
import { createSecretBox, hashSecret, type SecretBox } from '../../../platform/secrets/secretBox.ts'
import { type Connections, createConnections } from '../../client/connections.ts'
import { createPostHogClient, type PostHogClient } from '../../client/postHogClient.ts'
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
  close(): Promise<void>
}

export function createLinkClients(db: Db, settings: LinkSettings, timing: Timing): LinkClients {
  const secretBox = createSecretBox(settings.linkEncryptionKey, settings.previousLinkEncryptionKeys ?? [])
  const connections: Connections = createConnections({
    timeoutSeconds: settings.linkTimeoutSeconds,
    allowPrivateHosts: settings.linkAllowPrivateHosts,
  })
  const limits = { perMinute: settings.linkRequestsPerMinute, perHour: settings.linkRequestsPerHour }
  const ofKey = (host: string, key: string, signal?: AbortSignal) =>
    createPostHogClient({
      ...{ connections, host: connections.originOf(host), key, timing, signal },
      budget: createBudget(db, hashSecret(key), limits, timing),
      timeoutSeconds: settings.linkTimeoutSeconds,
    })
  return {
    secretBox,
    timing,
    originOf: connections.originOf,
    ofKey,
    ofLink: ({ projectId, host, encryptedKey }, signal) => ofKey(host, secretBox.open(projectId, encryptedKey), signal),
    close: connections.close,
  }
}
