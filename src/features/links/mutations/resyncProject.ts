import { withTransaction } from '../../../database/transaction.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Project } from '../../projects/Project.ts'
import { findAdminProject, notLinked } from '../data/changeLink.ts'

defineMutation({
  name: 'resyncProject',
  type: Project,
  scope: 'project:write',
  description:
    'Asks for a full comparison of a linked project with PostHog, as each night. It begins within seconds, and mends what was missed. Also ' +
    'starts a stopped link again. Only for admins and owners of the organization.',
  errors: [],
  inputDescription: 'The linked project.',
  input: (t) => ({ projectId: projectInput(t, 'The project') }),
  outside: async ({ database, upstream }, actor, { projectId }) => {
    const project = await withTransaction(database, ({ tx }) => findAdminProject(tx, actor, projectId))
    if ((await upstream.resync(projectId)) === null) throw notLinked()
    return project
  },
})
