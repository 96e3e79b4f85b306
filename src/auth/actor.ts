import type { Viewer } from './viewer.ts'

/** The user in whose name a command runs: the viewer, or the requester of a change request. */
export interface Actor extends Pick<Viewer, 'user' | 'organizations' | 'scopedProjects' | 'scopedOrganizations'> {
  /** The id of the API key; null without a key. */
  keyId: string | null
  /** The mask of the API key; null without a key. */
  keyMask: string | null
  /** The time of the write. */
  now: Date
}
