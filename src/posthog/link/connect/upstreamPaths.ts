import type { Kind } from '../store/kinds.ts'

/** The project of PostHog that a link is with. */
export interface UpstreamPlace {
  upstreamProjectId: number
  upstreamOrganizationId: string | null
}

export function projectPath(upstreamProjectId: number, rest = ''): string {
  return `/api/projects/${upstreamProjectId}/${rest}`
}

/** The path of a list. Null if it belongs to the organization, and that is not known. */
export function listPath(kind: Pick<Kind, 'path' | 'owner'>, { upstreamProjectId, upstreamOrganizationId }: UpstreamPlace): string | null {
  if (kind.owner === 'projects') return projectPath(upstreamProjectId, `${kind.path}/`)
  return upstreamOrganizationId === null ? null : `/api/organizations/${encodeURIComponent(upstreamOrganizationId)}/${kind.path}/`
}

/** The path of one row. Ids come from PostHog's answers and webhooks, so they are checked. */
export function rowPath(kind: Pick<Kind, 'path' | 'owner'>, place: UpstreamPlace, id: string): string | null {
  const list = listPath(kind, place)
  return list === null || !/^[\w-]{1,64}$/.test(id) ? null : `${list}${id}/`
}
