import type { Upstream } from '../../commands/upstream.ts'
import type { Database } from '../../database/database.ts'
import type { Observer } from '../../platform/activity.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import { maskSecret } from '../../platform/secrets/secretBox.ts'
import { systemTiming } from '../client/retries.ts'
import { createLinkClients, type LinkSettings } from './connect/linkClients.ts'
import { createLinks } from './createLinks.ts'
import { postHogEvents } from './events/postHogEvents.ts'
import { createQueries } from './events/queries.ts'
import { createUpstreamWriter } from './write/createUpstreamWriter.ts'
import { impatient } from './write/impatience.ts'
import { settleOperations } from './write/resolve.ts'

interface UpstreamOptions {
  database: Database
  settings: LinkSettings
  clock: Clock
  log: Logger
  observer?: Observer | undefined
}

/** What mutations use, and what their server does with it. */
export interface WritingUpstream extends Upstream {
  /** Clears up the writes whose outcome is unknown. A job of the server. */
  settleOperations(): ReturnType<typeof settleOperations>
  close(): Promise<void>
}

/** All that mutations need of PostHog: linking, and the writes of linked projects. Following is apart from it. */
export function createUpstream({ database, settings, clock, log, observer }: UpstreamOptions): WritingUpstream {
  const timing = { ...systemTiming, clock }
  // Somebody waits for what mutations ask.
  const clients = createLinkClients(database.db, settings, impatient(timing), observer)
  const parts = { database, clients, timing, timeoutSeconds: settings.linkTimeoutSeconds, log }
  const writer = createUpstreamWriter(parts)
  const queries = createQueries(database.db, clients)
  const keyMask: Upstream['keyMask'] = ({ projectId, encryptedKey }) => {
    try {
      return maskSecret(clients.secretBox.open(projectId, encryptedKey))
    } catch {
      return null
    }
  }
  return {
    ...createLinks({ database, clients, publicUrl: settings.publicUrl, log }),
    ...writer,
    keyMask,
    eventsOf: (projectId) => postHogEvents(queries, projectId, clock),
    settleOperations: () => settleOperations(parts),
    close: clients.close,
  }
}
