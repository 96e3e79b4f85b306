import type { ReadClient } from '../database/client.ts'
import type { EventSource, LinkMode, ProjectLink } from '../database/generated/client.ts'
import type { UpstreamWriter } from './upstreamWriter.ts'

/** A project of PostHog, and the key to read it with. */
export interface LinkTarget {
  /** An origin, such as `https://eu.posthog.com`. */
  host: string
  upstreamProjectId: number
  /** A personal API key of PostHog. It is stored encrypted, and shown nowhere. */
  key: string
}

/** What a key may do with one kind of rows. */
export interface LinkPermission {
  /** The kind, as people call it: `feature flags`. */
  kind: string
  canRead: boolean
  /** The scope that the key lacks. Null if it lacks none, or if something else is in the way: `readProblem` says what. */
  missingReadScope: string | null
  readProblem: string | null
  /** Null if it cannot be known without a write, or if nothing of this kind is written. */
  canWrite: boolean | null
  missingWriteScope: string | null
}

/** What a link could do. Nothing was written, neither here nor there. */
export interface LinkCheck {
  upstreamProject: { id: number; name: string; organizationId: string | null; timezone: string | null }
  /** The e-mail address of the key's owner. Null if the key may not read it. */
  keyOwner: string | null
  permissions: readonly LinkPermission[]
}

export interface LinkRequest extends LinkTarget {
  projectId: number
  mode: LinkMode
  /** Whether the policies of this service guard the project too. */
  localApprovals?: boolean
  /** Where events are read. Null and undefined: here if the project has any, else in PostHog if the key may. */
  events?: EventSource | null
  /** Who links. Null at the command line. */
  userId?: number | null
}

/** The link that gets another key. */
export type KeyedLink = Pick<ProjectLink, 'projectId' | 'host' | 'upstreamProjectId'>

/** What a link stores of a key. */
export type NewKey = Pick<ProjectLink, 'encryptedKey' | 'keyHash' | 'unreadable' | 'failures' | 'nextRoundAt' | 'resyncRequestedAt'>

/**
 * The PostHog projects that projects are linked to. Everything that talks to PostHog is behind this interface, so that `commands/` and
 * `features/` need not know it.
 */
export interface Upstream extends UpstreamWriter {
  /** How a project is run. Null: standalone. Read from the database in the transaction of the write, so that it is true. */
  modeOf(tx: ReadClient, projectId: number): Promise<LinkMode | null>

  /**
   * Asks PostHog what a key may do with a project.
   *
   * @throws UpstreamError if the host, the key or the project is wrong.
   */
  check(target: LinkTarget): Promise<LinkCheck>

  /**
   * Checks and stores a link. The first copy begins with the next round of a server.
   *
   * @throws UpstreamError if the host, the key or the project is wrong, or the key may not read flags or experiments.
   * @throws OperatorError if the project is linked already, or LINK_ENCRYPTION_KEY is not set.
   */
  link(request: LinkRequest): Promise<{ link: ProjectLink; check: LinkCheck }>

  /** Ends a link. The copied rows stay, and are the project's own from then on. Returns false if there was none. */
  unlink(projectId: number): Promise<boolean>

  /** Asks for a full comparison at the next round. Also starts a stopped link again. Returns null if there is none. */
  resync(projectId: number): Promise<ProjectLink | null>

  /** The part of the stored key that people may see. Null if it cannot be decrypted any more. */
  keyMask(link: Pick<ProjectLink, 'projectId' | 'encryptedKey'>): string | null

  /**
   * Checks another key for a link, and returns what the link stores of it. Everything is compared again with it, because it may see other rows.
   *
   * @throws UpstreamError as `check`, and if the key may not read flags, experiments, or events that are read in PostHog.
   */
  anotherKey(link: KeyedLink, key: string, events: EventSource): Promise<NewKey>

  /**
   * Asks PostHog whether the stored key of a link may read events.
   *
   * @throws UpstreamError if it may not.
   */
  assertReadsEvents(link: KeyedLink & Pick<ProjectLink, 'encryptedKey'>): Promise<void>

  /** Encrypts a key for a project. The text is useless without LINK_ENCRYPTION_KEY. */
  encryptKey(projectId: number, key: string): string
}
