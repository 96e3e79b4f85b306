import { recordActivities } from '../../../commands/recordActivity.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { experimentBlocker, InUseError, InvalidStateError } from '../../../platform/domainErrors.ts'
import { encodeGlobalId } from '../../../platform/globalId.ts'
import { findLinkedMetric, lockSavedMetric } from '../../metrics/data/lockSavedMetric.ts'
import { shownValues } from '../../metrics/data/writeSavedMetric.ts'
import { DeleteSuccess } from '../../projects/DeleteSuccess.ts'
import { idInput } from '../../projects/inputIds.ts'
import { detachMetric, lockUsers, type MetricUser, maxDetached } from '../data/detachMetric.ts'

/** How many experiments an error names. */
const maxNamed = 100

defineMutation({
  name: 'deleteSavedMetric',
  type: DeleteSuccess,
  scope: 'experiment:write',
  description:
    'Deletes a saved metric for good. One that experiments use is an `InUseError`, unless `detach` is true: then each of them keeps the ' +
    'metric as its own, with its UUID. At most 1,000 experiments can be changed at once.',
  errors: ['validation', 'invalidState', InUseError],
  inputDescription: 'The saved metric to delete.',
  input: (t) => ({
    id: idInput(t, 'SavedMetric', 'The metric'),
    detach: t.boolean({ description: 'Whether to take it out of the experiments that use it first. Default, also for null: false.' }),
  }),
  linked: {
    find: (tx, _actor, { id }) => findLinkedMetric(tx, id),
    reload: async (_context, id) => ({ deletedId: encodeGlobalId('SavedMetric', id) }),
  },
  act: async (unit, actor, { id, detach }, { name: activity }) => {
    const { tx } = unit
    // Experiments are locked first, as by all that change their links.
    await lockUsers(tx, id)
    const { project, ...metric } = await lockSavedMetric(tx, actor, id)
    const users = await lockUsers(tx, id)
    const live = users.filter(({ experiment }) => !experiment.deleted)
    if (detach !== true && live.length > 0) throw new InUseError('Cannot delete a saved metric that is in use.', toBlockers(live))
    if (users.length > maxDetached) {
      throw new InvalidStateError(`More than ${maxDetached} experiments use the metric. Unlink it from some of them first.`, 'IN_USE')
    }
    // A deleted experiment keeps it too: it may be restored.
    const changes = await detachMetric(tx, metric, users, actor.now)
    await tx.savedMetric.delete({ where: { id }, select: { id: true } })
    const entry = { activity, actor, organizationId: project.organizationId, projectId: project.id }
    const resource = { type: 'SAVED_METRIC', id, name: metric.name } as const
    await recordActivities(unit, [
      { ...entry, resource, before: shownValues(metric), after: {} },
      ...changes.map(({ experimentId, column, before, after }) => ({
        ...entry,
        resource,
        experimentId,
        before: { [column]: before } as Prisma.InputJsonObject,
        after: { [column]: after } as Prisma.InputJsonObject,
      })),
    ])
    return { deletedId: encodeGlobalId('SavedMetric', id) }
  },
})

function toBlockers(users: readonly MetricUser[]) {
  return users
    .slice(0, maxNamed)
    .map(({ experiment }) => experimentBlocker(experiment, (called) => `${called} uses it. Unlink it there, or send detach: true.`))
}
