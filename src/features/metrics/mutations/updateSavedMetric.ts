import { randomUUID } from 'node:crypto'
import { diffValues } from '../../../commands/diff.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { findLinkedMetric, lockSavedMetric } from '../data/lockSavedMetric.ts'
import { reloadSavedMetric } from '../data/savedMetricLoader.ts'
import { readSavedMetric, shownValues } from '../data/writeSavedMetric.ts'
import { ExperimentMetricInput } from '../metricInputs.ts'
import { SavedMetric } from '../SavedMetric.ts'

defineMutation({
  name: 'updateSavedMetric',
  type: SavedMetric,
  scope: 'experiment:write',
  description: 'Changes a saved metric, for all experiments that use it.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The changes to a saved metric. Missing fields stay as they are.',
  argumentDescription: 'The changes.',
  input: (t) => ({
    id: idInput(t, 'SavedMetric', 'The metric'),
    name: t.string({
      description: 'The display name: 1 to 400 characters. Unique in the project, without regard to case. Null changes nothing.',
    }),
    description: t.string({ description: 'What it measures: at most 400 characters. Null clears it.' }),
    metric: t.field({
      type: ExperimentMetricInput,
      description:
        'The metric, as in `createSavedMetric`. It keeps its UUID, and what types cannot say, unless its type changes. Null changes nothing.',
    }),
    tags: t.stringList({
      description: 'All labels: at most 100, of at most 255 characters each. Null changes nothing, and an empty list removes all.',
    }),
  }),
  linked: { find: (tx, _actor, { id }) => findLinkedMetric(tx, id), reload: reloadSavedMetric },
  act: async (unit, actor, { id, ...input }, { name: activity }) => {
    const { tx } = unit
    const { project, ...stored } = await lockSavedMetric(tx, actor, id)
    const { fieldErrors, values } = await readSavedMetric(tx, project.id, input, stored, randomUUID)
    assertValid(fieldErrors)
    const changes = diffValues(shownValues(stored), shownValues({ ...stored, ...values } as typeof stored))
    if (Object.keys(changes.after).length === 0) return stored
    const updated = await tx.savedMetric.update({ where: { id }, data: { ...values, updatedAt: actor.now } })
    const { id: projectId, organizationId } = project
    const resource = { type: 'SAVED_METRIC', id, name: updated.name } as const
    await recordActivity(unit, { activity, actor, organizationId, projectId, resource, ...changes })
    return updated
  },
})
