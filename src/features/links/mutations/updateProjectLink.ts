import { diffValues } from '../../../commands/diff.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { hashSecret } from '../../../platform/secrets/secretBox.ts'
import { validateRequiredText } from '../../../platform/textValidation.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Project } from '../../projects/Project.ts'
import { findAdminProject, notLinked, recordLinkActivity, toLinkError } from '../data/changeLink.ts'
import { LinkMode } from '../enums.ts'

defineMutation({
  name: 'updateProjectLink',
  type: Project,
  scope: 'project:write',
  description:
    'Changes the link of a project: switches write-through on or off, or stores another key. A new key is checked first. Only for admins and ' +
    'owners of the organization.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The changes to a link. A field that is missing or null stays as it is.',
  input: (t) => ({
    projectId: projectInput(t, 'The linked project'),
    mode: t.field({ type: LinkMode, description: 'Whether mutations are sent to PostHog.' }),
    localApprovals: t.boolean({ description: 'Whether the approval policies of this service guard the project too.' }),
    key: t.string({ description: 'Another personal API key of PostHog. It also starts a stopped link again.' }),
  }),
  outside: async ({ database, upstream, now }, actor, { projectId, mode, localApprovals, key }) => {
    const project = await withTransaction(database, ({ tx }) => findAdminProject(tx, actor, projectId))
    const link = await database.db.projectLink.findUnique({ where: { projectId } })
    if (link === null) throw notLinked()
    if (key != null) assertValid(validateRequiredText(['key'], key, 400))
    try {
      if (key != null) await upstream.check({ host: link.host, upstreamProjectId: link.upstreamProjectId, key: key.trim() })
      const newKey =
        key == null
          ? {}
          : { encryptedKey: upstream.encryptKey(projectId, key), keyHash: hashSecret(key.trim()), failures: 0, nextRoundAt: now }
      const settings = { ...(mode == null ? {} : { mode }), ...(localApprovals == null ? {} : { localApprovals }) }
      await withTransaction(database, async (unit) => {
        const { count } = await unit.tx.projectLink.updateMany({ where: { projectId }, data: { ...settings, ...newKey, updatedAt: now } })
        if (count === 0) throw notLinked()
        const { before, after } = diffValues(
          { mode: link.mode, localApprovals: link.localApprovals },
          { ...pickSettings(link), ...settings },
        )
        const values = key == null ? { before, after } : { before, after: { ...after, key: 'changed' } }
        if (Object.keys(values.after).length > 0) await recordLinkActivity(unit, actor, 'updateProjectLink', project, values)
      })
      return project
    } catch (error) {
      throw toLinkError(error)
    }
  },
})

function pickSettings({ mode, localApprovals }: { mode: string; localApprovals: boolean }) {
  return { mode, localApprovals }
}
