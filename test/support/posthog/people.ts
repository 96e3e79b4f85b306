import type { Key, Member, Organization, Project, Role, User } from './state/rows.ts'
import type { State } from './state/state.ts'

export interface NewUser extends Partial<Omit<User, 'id'>> {
  organization: string
  project: number
  /** 1 member, 8 admin, 15 owner. */
  level?: number
  is_guest?: boolean
}

export function addOrganization(state: State, row: Partial<Organization> = {}): Organization {
  const organization = { id: state.uuid(), name: 'Sample organization', approvals: true, auditLogs: true, evaluationContexts: true, ...row }
  state.organizations.set(organization.id, organization)
  return organization
}

export function addProject(state: State, organization: string, row: Partial<Project> = {}): Project {
  const id = row.id ?? Math.max(0, ...state.projects.keys()) + 1
  const project = {
    ...{ id, uuid: state.uuid(), organization, name: `Project ${id}`, timezone: 'UTC', local_evaluation_requests: 0 },
    ...{ flags_persistence_default: false, require_evaluation_contexts: false, default_evaluation_contexts_enabled: false },
    ...{ default_evaluation_contexts: [], hidden_contexts: [] },
    ...row,
  }
  state.projects.set(id, project)
  return project
}

/** A user, who is a member of the organization. */
export function addUser(state: State, { organization, project, level = 1, is_guest = false, ...row }: NewUser): User {
  const id = state.users.nextId()
  const user = state.users.add({
    ...{
      id,
      uuid: state.uuid(),
      distinct_id: `person-${id}`,
      first_name: `Sample ${id}`,
      last_name: 'User',
      email: `user${id}@example.com`,
    },
    ...{ is_email_verified: true, role_at_organization: 'engineering', is_active: true, is_bot: false, current_project: project },
    ...{ hidden: new Set<string>(), readOnly: new Set<string>() },
    ...row,
  })
  addMember(state, organization, id, { level, is_guest })
  return user
}

export function addMember(state: State, organization: string, user: number, row: Partial<Member> = {}): Member {
  const now = state.now()
  const dates = { joined_at: now, updated_at: now, last_login: null }
  return state.members.add({ id: state.uuid(), organization, user, level: 1, is_guest: false, ...dates, ...row })
}

export function addRole(state: State, organization: string, name: string, users: readonly number[] = []): Role {
  const now = state.now()
  const members = users.map((user) => ({ id: state.uuid(), user, joined_at: now, updated_at: now }))
  return state.roles.add({ id: state.uuid(), organization, name, created_at: now, created_by: null, is_default: false, members })
}

/** A key of a user, by default with all scopes. */
export function addKey(state: State, user: number, row: Partial<Omit<Key, 'user'>> = {}): Key {
  const token = row.token ?? `phx_standin${String(state.keys.size + 1).padStart(36, '0')}`
  const key = { user, scopes: ['*'], scoped_teams: [], scoped_organizations: [], revoked: false, ...row, token }
  state.keys.set(token, key)
  return key
}
