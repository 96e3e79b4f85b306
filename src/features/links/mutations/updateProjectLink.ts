import { diffValues } from '../../../commands/diff.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, ValidationError } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Project } from '../../projects/Project.ts'
import { findAdminProject, notLinked, recordLinkActivity, toLinkError, validateUpstreamKey } from '../data/changeLink.ts'
import { EventPlace, LinkMode } from '../enums.ts'

defineMutation({
  name: 'updateProjectLink',
  type: Project,
  scope: 'project:write',
  description:
    'Changes the link of a project: switches write-through on or off, says where events are read, or stores another key. A new key is checked ' +
    'first, and all rows are compared again with it. Only for admins and owners of the organization.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The changes to a link. A field that is missing or null stays as it is.',
  input: (t) => ({
    projectId: projectInput(t, 'The linked project'),
    mode: t.field({ type: LinkMode, description: 'Whether mutations are sent to PostHog.' }),
    localApprovals: t.boolean({ description: 'Whether the approval policies of this service guard the project too.' }),
    events: t.field({
      type: EventPlace,
      description: 'Where events are read. Events in PostHog need a key with the scope `query:read` of PostHog.',
    }),
    key: t.string({ description: 'Another personal API key of PostHog. It also starts a stopped link again.' }),
  }),
  outside: async ({ database, upstream, now }, actor, { projectId, mode, localApprovals, events, key }) => {
    const project = await withTransaction(database, ({ tx }) => findAdminProject(tx, actor, projectId))
    const link = await database.db.projectLink.findUnique({ where: { projectId } })
    if (link === null) throw notLinked()
    if (key != null) assertValid(validateUpstreamKey(key))
    const eventSource = events ?? project.eventSource
    try {
      if (key == null && eventSource === 'posthog' && project.eventSource !== 'posthog') {
        await upstream.assertReadsEvents(link).catch((error: unknown) => {
          const isRefusal = error instanceof UpstreamError && error.kind === 'forbidden'
          throw isRefusal ? new ValidationError([fieldError(['events'], error.message)]) : error
        })
      }
      const newKey = key == null ? {} : await upstream.anotherKey(link, key, eventSource)
      const settings = { ...(mode == null ? {} : { mode }), ...(localApprovals == null ? {} : { localApprovals }) }
      await withTransaction(database, async (unit) => {
        const { count } = await unit.tx.projectLink.updateMany({ where: { projectId }, data: { ...settings, ...newKey, updatedAt: now } })
        if (count === 0) throw notLinked()
        if (eventSource !== project.eventSource) {
          await unit.tx.project.update({ where: { id: projectId }, data: { eventSource }, select: { id: true } })
        }
        const stored = { mode: link.mode, localApprovals: link.localApprovals, events: project.eventSource }
        const { before, after } = diffValues(stored, { ...stored, ...settings, events: eventSource })
        const values = key == null ? { before, after } : { before, after: { ...after, key: 'changed' } }
        if (Object.keys(values.after).length > 0) await recordLinkActivity(unit, actor, 'updateProjectLink', project, values)
      })
      return { ...project, eventSource }
    } catch (error) {
      throw toLinkError(error)
    }
  },
})
