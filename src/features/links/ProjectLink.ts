import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { Project } from '../projects/Project.ts'
import { type LinkRow, linkLoader } from './data/linkLoader.ts'
import { EventPlace, LinkMode, LinkState } from './enums.ts'
import { type CopyProgress, copyProgress, lagSeconds } from './rules/progress.ts'

const CopyProgressType = builder.objectRef<CopyProgress>('CopyProgress').implement({
  description: 'How far the first copy of a link is. Needs a key with the scope `project:read`.',
  authScopes: { scope: 'project:read' },
  fields: (t) => ({
    rows: t.exposeInt('rows', { description: 'The rows that are read.' }),
    total: t.exposeInt('total', {
      nullable: true,
      description: 'The rows that the lists are known to have. It grows while lists are read. Null until the first list says it.',
    }),
  }),
})

export const ProjectLink = nodeRef<LinkRow>('ProjectLink', (context, ids) => {
  // The scope is checked first, so that a key without it cannot find out which projects are linked.
  requireScope(context, 'project:read')
  return Promise.all(ids.map((id) => linkLoader(context).load(id)))
})

ProjectLink.implement({
  description:
    'The link of a project to a project of PostHog, which is then the truth. Needs a key with the scope `project:read`. `Project.link` has it.',
  authScopes: { scope: 'project:read' },
  fields: (t) => ({
    mode: t.expose('mode', { type: LinkMode, description: 'Whether the project is only read, or mutations are sent to PostHog.' }),
    host: t.exposeString('host', { description: 'The host of PostHog, such as `https://eu.posthog.com`.' }),
    upstreamProjectId: t.exposeInt('upstreamProjectId', { description: 'The number of the project there.' }),
    state: t.expose('state', { type: LinkState, description: 'How the link does.' }),
    localApprovals: t.exposeBoolean('localApprovals', {
      description:
        'Whether the approval policies of this service guard the project too. In write-through, a change is sent when they let it.',
    }),
    events: t.expose('eventSource', { type: EventPlace, description: 'Where the events of the project are read.' }),
    keyMask: t.string({
      nullable: true,
      description: 'The first and last characters of the key that is stored for following. Null when it can no longer be decrypted.',
      resolve: (link, _args, context) => context.upstream.keyMask(link),
    }),
    viewerHasKey: t.exposeBoolean('viewerHasKey', {
      description: 'Whether the viewer has stored a key of their own, so that PostHog names them: `storeUpstreamKey`.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the project was linked.' }),
    lastSyncAt: t.expose('lastSyncAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When everything that PostHog had was last stored here. Null until the first copy is complete.',
    }),
    lag: t.int({
      nullable: true,
      description: 'The seconds since `lastSyncAt`. Normally less than the polling interval and two seconds.',
      resolve: ({ lastSyncAt }, _args, { now }) => lagSeconds(lastSyncAt, now),
    }),
    behindBy: t.exposeInt('behindBy', { description: 'The rows that are known to have changed in PostHog and are not stored yet.' }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'Why the last attempt failed, for people. Null when it did not.',
    }),
    lastErrorAt: t.expose('lastErrorAt', { type: 'DateTime', nullable: true, description: 'When that was.' }),
    reconciledAt: t.expose('reconciledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When all rows were last compared with those of PostHog. Null before the first time.',
    }),
    lastRepairs: t.exposeInt('lastRepairs', {
      nullable: true,
      description: 'How many rows that comparison had to mend. It should be near zero.',
    }),
    progress: t.field({
      type: CopyProgressType,
      nullable: true,
      description: 'How far the first copy is. Null when it is complete.',
      resolve: ({ copy, copiedAt }) => (copiedAt === null ? (copyProgress(copy) ?? { rows: 0, total: null }) : null),
    }),
  }),
})

builder.objectField(Project, 'link', (t) =>
  t.field({
    type: ProjectLink,
    nullable: true,
    description:
      'The link to PostHog. Null for a project of its own, whose truth is this service. Needs a key with the scope `project:read`. Without it, ' +
      'the field is null, with an error.',
    authScopes: { scope: 'project:read' },
    resolve: (project, _args, context) => linkLoader(context).load(project.id),
  }),
)
