import type { ReadClient } from '../database/client.ts'
import type { ProjectLink } from '../database/generated/client.ts'
import { DomainError } from '../platform/domainErrors.ts'
import type { ActivityResourceType } from './recordActivity.ts'

/** What a write must know of the link of its project. */
export type LinkedProject = Pick<ProjectLink, 'projectId' | 'mode' | 'localApprovals' | 'host' | 'upstreamProjectId'>

/** The link of a project. Null for a project of its own. Read it in the transaction of the write, so that it is true. */
export function findLink(tx: ReadClient, projectId: number): Promise<LinkedProject | null> {
  return tx.projectLink.findUnique({
    where: { projectId },
    select: { projectId: true, mode: true, localApprovals: true, host: true, upstreamProjectId: true },
  })
}

/** A thing that a write is about. The id is null if it is yet to be created. */
export interface LinkedThing {
  type: ActivityResourceType
  id: number | null
}

/** Why a linked project refuses a write. */
export type ReadOnlyReason = 'MIRROR' | 'NOT_POSSIBLE'

/** The project is linked to PostHog, and the change can only be made there. */
export class LinkedReadOnlyError extends DomainError {
  readonly code = 'LINKED_READ_ONLY'
  readonly reason: ReadOnlyReason
  /** The page of PostHog where it can be changed. */
  readonly url: string
  constructor(message: string, reason: ReadOnlyReason, url: string) {
    super(message)
    this.reason = reason
    this.url = url
  }

  /** What would let this service make the change. Null if nothing would. */
  get remedy(): string | null {
    return this.reason === 'MIRROR'
      ? 'An admin can switch write-through on: `updateProjectLink(input: { projectId: …, mode: WRITE_THROUGH })`.'
      : null
  }
}

/**
 * Makes the error for a write that PostHog must make itself.
 *
 * @param why a sentence, if write-through cannot make the change. Null if the project only mirrors.
 */
export async function readOnlyError(
  tx: ReadClient,
  link: LinkedProject,
  thing: LinkedThing | null,
  why: string | null,
): Promise<LinkedReadOnlyError> {
  const url = pageOf(link, thing, thing?.id == null ? null : await upstreamIdOf(tx, thing.type, thing.id))
  const first = 'The project is a mirror of a project of PostHog, so that it can only be read here.'
  const reason = why === null ? 'MIRROR' : 'NOT_POSSIBLE'
  return new LinkedReadOnlyError(`${why ?? first} Change it in PostHog: ${url}`, reason, url)
}

/** The id of a stored row in PostHog. Null if it is not from there. */
export async function upstreamIdOf(tx: ReadClient, type: ActivityResourceType, id: number): Promise<string | null> {
  const args = { where: { id }, select: { importedId: true } } as const
  const find: Record<ActivityResourceType, () => Promise<{ importedId: number | string | null } | null>> = {
    FEATURE_FLAG: () => tx.featureFlag.findUnique(args),
    EXPERIMENT: () => tx.experiment.findUnique(args),
    HOLDOUT: () => tx.holdout.findUnique(args),
    SAVED_METRIC: () => tx.savedMetric.findUnique(args),
    CHANGE_REQUEST: () => tx.changeRequest.findUnique(args),
    APPROVAL_POLICY: () => tx.approvalPolicy.findUnique(args),
    PROJECT_SETTINGS: async () => null,
  }
  const importedId = (await find[type]())?.importedId ?? null
  return importedId === null ? null : String(importedId)
}

const pages: Readonly<Record<ActivityResourceType, string>> = {
  FEATURE_FLAG: 'feature_flags',
  EXPERIMENT: 'experiments',
  HOLDOUT: 'experiments?tab=holdouts',
  SAVED_METRIC: 'experiments/shared-metrics',
  CHANGE_REQUEST: 'approvals',
  APPROVAL_POLICY: 'settings/environment-approvals',
  PROJECT_SETTINGS: 'settings/project',
}
/** Pages that show one thing. The others show all of a kind. */
const ownPages: readonly ActivityResourceType[] = ['FEATURE_FLAG', 'EXPERIMENT', 'SAVED_METRIC', 'CHANGE_REQUEST']

function pageOf({ host, upstreamProjectId }: LinkedProject, thing: LinkedThing | null, upstreamId: string | null): string {
  const page = thing === null ? '' : `/${pages[thing.type]}`
  const own = thing !== null && upstreamId !== null && ownPages.includes(thing.type) ? `/${upstreamId}` : ''
  return `${host}/project/${upstreamProjectId}${page}${own}`
}
