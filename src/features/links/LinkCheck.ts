import type { LinkCheck as Check, LinkPermission as Permission } from '../../commands/upstream.ts'
import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { Project } from '../projects/Project.ts'

const LinkPermission = builder.objectRef<Permission>('LinkPermission').implement({
  description: 'What a key of PostHog may do with one kind of rows. Needs a key of this service with the scope `project:read`.',
  authScopes: { scope: 'project:read' },
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'The kind of rows, such as `feature flags`.' }),
    canRead: t.exposeBoolean('canRead', { description: 'Whether the key may read them.' }),
    missingReadScope: t.exposeString('missingReadScope', {
      nullable: true,
      description: 'The scope of PostHog that the key lacks to read them. Null when it lacks none, or something else is in the way.',
    }),
    readProblem: t.exposeString('readProblem', {
      nullable: true,
      description: 'What else is in the way of reading. Null when nothing is.',
    }),
    canWrite: t.exposeBoolean('canWrite', {
      nullable: true,
      description: 'Whether the key may write them. Null when that cannot be known without a write, or nothing of the kind is written.',
    }),
    missingWriteScope: t.exposeString('missingWriteScope', {
      nullable: true,
      description: 'The scope of PostHog that the key lacks to write them.',
    }),
  }),
})

export const LinkCheck = builder.objectRef<Check>('LinkCheck').implement({
  description: 'What a link could read and write. Needs a key with the scope `project:read`.',
  authScopes: { scope: 'project:read' },
  fields: (t) => ({
    upstreamProjectName: t.string({
      description: 'The name of the project in PostHog, to see that it is the right one.',
      resolve: ({ upstreamProject }) => upstreamProject.name,
    }),
    keyOwner: t.exposeString('keyOwner', {
      nullable: true,
      description: 'The e-mail address of the owner of the key, in whose name PostHog acts. Null when the key may not read it.',
    }),
    permissions: t.field({
      type: [LinkPermission],
      listSize: shortListSize,
      description: 'What the key may do, by kind of rows.',
      resolve: ({ permissions }) => [...permissions],
    }),
  }),
})

/** What came of linking. The project is read again, so that it shows its link. */
export interface Linking {
  project: typeof Project.$inferType
  check: Check
  isLinked: boolean
}

export const LinkProjectSuccess = builder.objectRef<Linking>('LinkProjectSuccess').implement({
  description: 'What a link can do, and whether it was made. Needs a key with the scope `project:read`.',
  authScopes: { scope: 'project:read' },
  fields: (t) => ({
    project: t.expose('project', { type: Project, description: 'The project. Its field `link` shows the link.' }),
    linked: t.exposeBoolean('isLinked', { description: 'Whether the project is linked now. False with `checkOnly`.' }),
    check: t.expose('check', { type: LinkCheck, description: 'What the link can read and write.' }),
  }),
})
