import { cleanContexts } from '../flags/write.ts'
import { notFound } from '../server/errors.ts'
import { page } from '../server/pages.ts'
import { type Call, ok, route } from '../server/router.ts'
import type { Cohort } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

function projectView({ state, project }: Call) {
  const { default_evaluation_contexts: _, hidden_contexts: __, local_evaluation_requests: ___, ...shown } = project
  const types = state.groupTypes.get(project.id) ?? []
  return { ...shown, has_group_types: types.length > 0 }
}

function me({ state, viewer, organization }: Call) {
  const { id: _, ...basic } = userView(state, viewer.id) ?? {}
  const { id, name } = organization
  const level = state.memberOf(id, viewer.id)?.level ?? null
  const team = state.projects.get(viewer.current_project)
  const organizations = [...state.organizations.values()].filter((each) => state.memberOf(each.id, viewer.id) !== undefined)
  return {
    ...{ id: viewer.id, ...basic },
    organization: { id, name, membership_level: level },
    organizations: organizations.map((each) => ({ id: each.id, name: each.name })),
    team:
      team === undefined
        ? null
        : { id: team.id, uuid: team.uuid, organization: team.organization, name: team.name, timezone: team.timezone },
  }
}

/** The names, which have no collection of their own for keys. */
function contexts({ state, project }: Call) {
  const used = state.flags.where((flag) => flag.team_id === project.id).flatMap((flag) => flag.evaluation_contexts)
  const ids = project.default_evaluation_contexts.map((name, at) => ({
    id: `0192f7c1-0000-7000-9000-${String(at + 1).padStart(12, '0')}`,
    name,
  }))
  return {
    default_evaluation_contexts: ids,
    available_contexts: cleanContexts([...used, ...project.default_evaluation_contexts]).sort(),
    hidden_contexts: project.hidden_contexts,
    enabled: project.default_evaluation_contexts_enabled,
  }
}

function cohortView(state: State, row: Cohort) {
  const { id, name, description, filters, is_static, deleted, count, created_by, created_at } = row
  return {
    id,
    name,
    description,
    filters,
    is_static,
    deleted,
    count,
    created_by: userView(state, created_by),
    created_at: formatTime(created_at),
  }
}

export const projectRoutes = [
  route('GET', '/api/users/@me/', 'user:read', (call) => ok(me(call))),
  route('GET', '/api/projects/:project/', 'project:read', (call) => ok(projectView(call))),
  // A key needs more than the right to read: the scope for reading is given to browser sessions only.
  route('GET', 'default_evaluation_contexts/', 'project:write', (call) => ok(contexts(call))),
  // A bare list, without pages.
  route('GET', 'groups_types/', 'group:read', ({ state, project }) => ok(state.groupTypes.get(project.id) ?? [])),
  route('GET', 'cohorts/', 'cohort:read', (call) => {
    const rows = call.state.cohorts.where((row) => row.team_id === call.project.id && !row.deleted)
    return ok(page(call, rows.reverse(), (row) => cohortView(call.state, row)))
  }),
  route('GET', 'cohorts/:id/', 'cohort:read', ({ state, project, params }) => {
    const row = state.cohorts.get(Number(params.id))
    if (row?.team_id !== project.id) throw notFound()
    return ok(cohortView(state, row))
  }),
]
