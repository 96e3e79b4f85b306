import { requiresScopeText, requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { BadUserInputError, NotFoundError } from '../../../graphql/errors.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { requireProject } from '../../projects/requireProject.ts'
import { experimentLoader } from '../data/experimentLoaders.ts'
import { Experiment } from '../Experiment.ts'

interface Named {
  id?: string | null | undefined
  projectId?: string | null | undefined
  databaseId?: number | null | undefined
}

builder.queryField('experiment', (t) =>
  t.field({
    type: Experiment,
    nullable: true,
    description:
      'One experiment, archived or not. Name it by `id`, or by `projectId` and `databaseId`. A deleted one is not found. `NOT_FOUND` when ' +
      'the viewer can see no such experiment or project, `FORBIDDEN` when the key is restricted to other projects than `projectId`. ' +
      `\`BAD_USER_INPUT\` names the argument that is missing, wrong or too much.\n\n${requiresScopeText('experiment:read')}`,
    args: {
      id: t.arg.id({ description: "The experiment's global id, or its number as in the URLs of the REST API." }),
      projectId: t.arg.id({ description: "The project's global id, or its number. Needs `databaseId`." }),
      databaseId: t.arg.int({ description: "The experiment's number. Needs `projectId`." }),
    },
    authScopes: async (_root, named, context) => {
      requireViewer(context)
      const { projectId } = readName(named)
      if (projectId !== null) await requireProject(context, projectId, 'projectId')
      return { scope: 'experiment:read' }
    },
    resolve: async (_root, named, context) => {
      const { id, projectId } = readName(named)
      const project = projectId === null ? null : await requireProject(context, projectId, 'projectId')
      const experiment = await experimentLoader(context).load(id)
      if (experiment === null || (project !== null && experiment.projectId !== project.id)) throw new NotFoundError('Experiment')
      return experiment
    },
  }),
)

/** @throws BadUserInputError unless the arguments name an experiment in exactly one way */
function readName({ id, projectId, databaseId }: Named): { id: number; projectId: string | null } {
  if (id != null) {
    const extra = projectId != null ? 'projectId' : databaseId != null ? 'databaseId' : null
    if (extra !== null) throw new BadUserInputError(extra, `Argument '${extra}' must be left out when 'id' is given.`)
    return { id: parseDatabaseId('Experiment', id, 'id'), projectId: null }
  }
  if (projectId == null && databaseId == null) {
    throw new BadUserInputError('id', "Argument 'id' is needed, or 'projectId' and 'databaseId'.")
  }
  if (projectId == null) throw new BadUserInputError('projectId', "Argument 'projectId' is needed with 'databaseId'.")
  if (databaseId == null) throw new BadUserInputError('databaseId', "Argument 'databaseId' is needed with 'projectId'.")
  return { id: databaseId, projectId }
}
