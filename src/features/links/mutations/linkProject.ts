import { withTransaction } from '../../../database/transaction.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf } from '../../../platform/fieldError.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { validateRequiredText } from '../../../platform/textValidation.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { findAdminProject, recordLinkActivity, toLinkError, validateUpstreamKey } from '../data/changeLink.ts'
import { EventPlace, LinkMode } from '../enums.ts'
import { LinkProjectSuccess } from '../LinkCheck.ts'

defineMutation({
  name: 'linkProject',
  type: LinkProjectSuccess,
  scope: 'project:write',
  description:
    'Links a project to a project of PostHog, whose rows are then copied and followed. First it checks the host, the key, its scopes and the ' +
    'project. Only for admins and owners of the organization. The first copy begins within seconds: see `Project.link`.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The project, and what to link it to.',
  input: (t) => ({
    projectId: projectInput(t, 'The project'),
    host: t.string({ required: true, description: 'The host of PostHog, such as `https://eu.posthog.com`. At most 400 characters.' }),
    upstreamProjectId: t.int({ required: true, description: 'The number of the project there, as in its address.' }),
    key: t.string({
      required: true,
      description: 'A personal API key of PostHog. It is stored encrypted, and shown nowhere but for its ends.',
    }),
    mode: t.field({ type: LinkMode, description: 'Default, also for null: `MIRROR`.' }),
    localApprovals: t.boolean({
      description: 'Whether the approval policies of this service guard the project too. Default, also for null: false.',
    }),
    events: t.field({
      type: EventPlace,
      description:
        'Where events are read. Default, also for null: `STORED` if the project has any event, else `POSTHOG` if the key may ask for them.',
    }),
    checkOnly: t.boolean({ description: 'Whether to only check, and link nothing. Default, also for null: false.' }),
  }),
  outside: async (context, actor, { projectId, host, upstreamProjectId, key, mode, localApprovals, events, checkOnly }) => {
    const { database, upstream } = context
    const project = await withTransaction(database, ({ tx }) => findAdminProject(tx, actor, projectId))
    assertValid([
      ...validateRequiredText(['host'], host, 400),
      ...validateUpstreamKey(key),
      ...errorIf(!isInt4(upstreamProjectId), ['upstreamProjectId'], 'Must be the number of a project: at least 1.'),
    ])
    try {
      const target = { host, upstreamProjectId, key }
      if (checkOnly === true) return { project, check: await upstream.check(target), isLinked: false }
      const request = {
        ...target,
        projectId,
        mode: mode ?? 'mirror',
        localApprovals: localApprovals ?? false,
        events: events ?? null,
        userId: actor.user.id,
      }
      const { link, check } = await upstream.link(request)
      const after = { mode: link.mode, host: link.host, upstreamProjectId, localApprovals: link.localApprovals }
      await withTransaction(database, (unit) => recordLinkActivity(unit, actor, 'linkProject', project, { before: {}, after }))
      return { project, check, isLinked: true }
    } catch (error) {
      throw toLinkError(error, true)
    }
  },
})
