import type { Project as ProjectRow } from '../../database/generated/client.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import type { Context } from '../../graphql/context.ts'
import { ForbiddenError, NotFoundError } from '../../graphql/errors.ts'
import { parseDatabaseId } from '../../graphql/nodeIds.ts'
import { loadProject } from './data/projectLoader.ts'
import { Project } from './Project.ts'

/**
 * The project that an argument names, by global id or number (experiments.md 11.3).
 *
 * @throws UnauthenticatedError
 * @throws BadUserInputError when the argument is neither form.
 * @throws ForbiddenError with the reference's texts, when the key is restricted to other projects or organizations, or the
 *   organization does not let its members use keys.
 * @throws NotFoundError when there is no such project, or the viewer is not a member of its organization. Both look the same.
 */
export async function requireProject(context: Context, argument: string, name: string): Promise<ProjectRow> {
  const viewer = requireViewer(context)
  const id = parseDatabaseId('Project', argument, name)
  const project = await loadProject(context, id)

  const organization = viewer.organizations.find(({ id: organizationId }) => organizationId === project?.organizationId)
  if (organization?.allowsApiKeys === false) {
    throw new ForbiddenError(
      `Organization '${organization.name}' does not allow using personal API keys. ` +
        'Contact an admin to enable personal API keys for this organization.',
    )
  }
  // Compares only the number, so that the error does not reveal whether a project exists.
  if (viewer.scopedProjects.length > 0 && !viewer.scopedProjects.includes(id)) {
    throw new ForbiddenError(`API key does not have access to the requested project: ID ${id}.`)
  }
  if (project === null || organization === undefined) throw new NotFoundError('Project')
  if (viewer.scopedOrganizations.length > 0 && !viewer.scopedOrganizations.includes(organization.id)) {
    throw new ForbiddenError(`API key does not have access to the requested organization: ID ${organization.id}.`)
  }
  Project.getDataloader(context).prime(id, project)
  return project
}
