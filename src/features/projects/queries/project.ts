import { builder } from '../../../graphql/builder.ts'
import { Project } from '../Project.ts'
import { requireProject } from '../requireProject.ts'

builder.queryField('project', (t) =>
  t.field({
    type: Project,
    nullable: true,
    description:
      'One project. Needs any valid key that is not restricted to other projects or organizations (`FORBIDDEN` otherwise). `NOT_FOUND` ' +
      'when there is no such project, or the viewer is not a member of its organization.',
    args: { id: t.arg.id({ required: true, description: "The project's global id, or its number as in the URLs of the REST API." }) },
    authScopes: { authenticated: true },
    resolve: (_root, { id }, context) => requireProject(context, id, 'id'),
  }),
)
