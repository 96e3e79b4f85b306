import { findWritableProject } from '../../../commands/rowLocks.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Project } from '../../projects/Project.ts'
import { notLinked, toLinkError, validateUpstreamKey } from '../data/changeLink.ts'

defineMutation({
  name: 'storeUpstreamKey',
  type: Project,
  scope: 'project:read',
  description:
    "Stores a key of PostHog of the viewer's own for a linked project. Their mutations are then sent with it, so that PostHog names them, and " +
    'counts their votes as theirs. It replaces the one that is stored, and is encrypted and shown nowhere. The key is checked first.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The project, and the key.',
  input: (t) => ({
    projectId: projectInput(t, 'The linked project'),
    key: t.string({ required: true, description: 'A personal API key of PostHog, made by the viewer there.' }),
  }),
  outside: async ({ database, upstream, now }, actor, { projectId, key }) => {
    const project = await withTransaction(database, ({ tx }) => findWritableProject(tx, actor, projectId))
    const link = await database.db.projectLink.findUnique({ where: { projectId } })
    if (link === null) throw notLinked()
    assertValid(validateUpstreamKey(key))
    try {
      await upstream.check({ host: link.host, upstreamProjectId: link.upstreamProjectId, key: key.trim() })
      const encryptedKey = upstream.encryptKey(projectId, key)
      const userId = actor.user.id
      await database.db.upstreamKey.upsert({
        where: { userId_projectId: { userId, projectId } },
        create: { userId, projectId, encryptedKey, createdAt: now },
        update: { encryptedKey, createdAt: now },
      })
      return project
    } catch (error) {
      throw toLinkError(error)
    }
  },
})
