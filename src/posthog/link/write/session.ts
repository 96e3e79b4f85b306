import type { LinkedProject } from '../../../commands/linkedProject.ts'
import type { Database } from '../../../database/database.ts'
import type { Project, ProjectLink } from '../../../database/generated/client.ts'
import { InvalidStateError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { PostHogClient } from '../../client/postHogClient.ts'
import type { Timing } from '../../client/retries.ts'
import type { LinkClients } from '../connect/linkClients.ts'

/** What writing to PostHog needs. */
export interface WriterParts {
  database: Database
  clients: LinkClients
  timing: Timing
  /** How long PostHog may take to answer one request. */
  timeoutSeconds: number
  log: Logger
}

/** One write of one person to one project. */
export interface Session extends WriterParts {
  link: ProjectLink
  project: Project
  client: PostHogClient
  /** Whether the key is that of the person who writes. Otherwise PostHog names the owner of the project's key. */
  hasOwnKey: boolean
}

/**
 * @param userId who writes. Null if only what is known is cleared up.
 * @throws InvalidStateError if the first copy is not complete.
 */
export async function openSession(
  parts: WriterParts,
  { projectId }: Pick<LinkedProject, 'projectId'>,
  userId: number | null,
): Promise<Session> {
  const { db } = parts.database
  const row = await db.projectLink.findUnique({ where: { projectId }, include: { project: true } })
  if (row === null) throw new ResourceNotFoundError('The project is no longer linked.')
  const { project, ...link } = row
  if (link.copiedAt === null) {
    throw new InvalidStateError('The first copy of the project is not complete. Wait until `link { state }` is `FOLLOWING`.', 'COPYING')
  }
  const own = userId === null ? null : await db.upstreamKey.findUnique({ where: { userId_projectId: { userId, projectId } } })
  const encryptedKey = own?.encryptedKey ?? link.encryptedKey
  const client = parts.clients.ofLink({ ...link, encryptedKey }).with({ purpose: 'write' })
  return { ...parts, link, project, client, hasOwnKey: own !== null }
}

/** What an activity entry says of a write with the key of the project. */
export function keyNote({ hasOwnKey }: Session): string {
  return hasOwnKey ? 'Made in PostHog.' : "Made in PostHog with the key of the project: PostHog names that key's owner."
}
