import type { IncomingMessage } from 'node:http'
import type { JsonObject } from '../../../../src/platform/json.ts'
import type { Key, Organization, Project, User } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { badKey, noKey, notFound, permissionDenied } from './errors.ts'
import type { Route } from './router.ts'
import { hasScope } from './scopes.ts'

/** The header is tried first, then the body, then the query. Only the first found is tried. */
export function authenticate(state: State, request: IncomingMessage, body: JsonObject, query: URLSearchParams): { key: Key; viewer: User } {
  const header = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const token = header ?? body.personal_api_key ?? query.get('personal_api_key')
  if (typeof token !== 'string') throw noKey()
  const key = state.keys.get(token)
  const viewer = state.users.get(key?.user ?? null)
  if (key === undefined || key.revoked || viewer === undefined || !viewer.is_active) throw badKey()
  return { key, viewer }
}

/** The project and organization of a path, if the key may reach them. */
export function findPlace(
  state: State,
  key: Key,
  viewer: User,
  params: Record<string, string>,
): { project: Project; organization: Organization } {
  const current = state.projects.get(viewer.current_project)
  const { project: projectId, organization: organizationId } = params
  if (organizationId !== undefined && organizationId !== '@current') {
    const organization = state.organizations.get(organizationId)
    assertOrganization(state, key, viewer, organizationId, organization)
    const [project] = [...state.projects.values()].filter((each) => each.organization === organizationId)
    if (project === undefined || organization === undefined) throw notFound('Organization not found.')
    return { project, organization }
  }
  const id = projectId === undefined || projectId === '@current' ? viewer.current_project : Number(projectId)
  const project = projectId === undefined || projectId === '@current' ? current : state.projects.get(id)
  const teams = key.scoped_teams
  if (projectId !== undefined && teams.length > 0 && !teams.includes(id)) {
    throw permissionDenied(`API key does not have access to the requested project: ID ${projectId}.`)
  }
  if (project === undefined) throw notFound('Project not found.')
  const organization = state.organizationOf(project)
  assertOrganization(state, key, viewer, organization.id, organization)
  if (viewer.hidden.has(`project:${project.id}`)) throw permissionDenied("You don't have access to the project.")
  return { project, organization }
}

function assertOrganization(state: State, key: Key, viewer: User, id: string, organization: Organization | undefined): void {
  const scoped = key.scoped_organizations
  if (scoped.length > 0 && !scoped.includes(id))
    throw permissionDenied(`API key does not have access to the requested organization: ID ${id}.`)
  if (organization === undefined) throw notFound('Organization not found.')
  if (state.memberOf(id, viewer.id) === undefined) throw permissionDenied("You don't have access to the project.")
}

/** The project is checked before the scopes. */
export function assertScope(state: State, key: Key, { scope }: Route): void {
  if (scope === null) throw permissionDenied('This action does not support personal API key access')
  const needed = typeof scope === 'function' ? scope(state) : scope
  if (!hasScope(key.scopes, needed)) throw permissionDenied(`API key missing required scope '${needed}'`)
}
