import { withTransaction } from '../../../database/transaction.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Project } from '../../projects/Project.ts'
import { findAdminProject, notLinked, recordLinkActivity } from '../data/changeLink.ts'

defineMutation({
  name: 'unlinkProject',
  type: Project,
  scope: 'project:write',
  description:
    'Ends the link of a project. Its rows stay, and are its own from then on. The stored keys are removed. Only for admins and owners of the ' +
    'organization.',
  errors: [],
  inputDescription: 'The linked project.',
  input: (t) => ({ projectId: projectInput(t, 'The project') }),
  outside: async ({ database, upstream }, actor, { projectId }) => {
    const project = await withTransaction(database, ({ tx }) => findAdminProject(tx, actor, projectId))
    const link = await database.db.projectLink.findUnique({ where: { projectId } })
    if (link === null || !(await upstream.unlink(projectId))) throw notLinked()
    const { mode, host, upstreamProjectId, localApprovals } = link
    const before = { mode, host, upstreamProjectId, localApprovals }
    await withTransaction(database, (unit) => recordLinkActivity(unit, actor, 'unlinkProject', project, { before, after: {} }))
    return project
  },
})
