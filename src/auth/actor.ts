import type { Viewer } from './viewer.ts'

/** In whose name something is written: the viewer of a request, or the requester of a change that others consented to. */
export interface Actor extends Pick<Viewer, 'user' | 'organizations' | 'scopedProjects' | 'scopedOrganizations'> {
  /** What may be shown of the key it is done with; null when it is done without one. */
  keyMask: string | null
  /** The instant it is done at. */
  now: Date
}
