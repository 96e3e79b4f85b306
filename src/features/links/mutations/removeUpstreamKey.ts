import { findWritableProject } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Project } from '../../projects/Project.ts'

defineMutation({
  name: 'removeUpstreamKey',
  type: Project,
  scope: 'project:read',
  description:
    "Removes the viewer's own key of PostHog for a project. Their mutations are sent with the key of the project from then on. It stays valid " +
    'in PostHog: delete it there too.',
  errors: [],
  inputDescription: 'The linked project.',
  input: (t) => ({ projectId: projectInput(t, 'The project') }),
  act: async ({ tx }, actor, { projectId }) => {
    const project = await findWritableProject(tx, actor, projectId)
    const { count } = await tx.upstreamKey.deleteMany({ where: { projectId, userId: actor.user.id } })
    if (count === 0) throw new ResourceNotFoundError('You have stored no key of PostHog for the project.')
    return project
  },
})
