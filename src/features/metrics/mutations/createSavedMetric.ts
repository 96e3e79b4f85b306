import { randomUUID } from 'node:crypto'
import { recordActivity } from '../../../commands/recordActivity.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { reloadSavedMetric } from '../data/savedMetricLoader.ts'
import { readSavedMetric, shownValues } from '../data/writeSavedMetric.ts'
import { ExperimentMetricInput } from '../metricInputs.ts'
import { SavedMetric } from '../SavedMetric.ts'

defineMutation({
  name: 'createSavedMetric',
  type: SavedMetric,
  scope: 'experiment:write',
  description: 'Creates a metric that several experiments can share. `linkSavedMetric` adds it to an experiment.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'A new saved metric.',
  argumentDescription: 'The metric.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the metric'),
    name: t.string({
      required: true,
      description: 'The display name: 1 to 400 characters. Unique in the project, without regard to case.',
    }),
    description: t.string({ description: 'What it measures: at most 400 characters. Default: null.' }),
    metric: t.field({
      type: ExperimentMetricInput,
      required: true,
      description: 'The metric, on any events, at most 64 KiB. Its actions must be in the project. A UUID is made if none is given.',
    }),
    tags: t.stringList({ description: 'Labels: at most 100, of at most 255 characters each. Default, also for null: none.' }),
  }),
  linked: {
    find: async (_tx, _actor, { projectId }) => ({ projectId, thing: { type: 'SAVED_METRIC', id: null } }),
    reload: reloadSavedMetric,
  },
  act: async (unit, actor, { projectId, ...input }, { name: activity }) => {
    const { tx } = unit
    const project = await findWritableProject(tx, actor, projectId)
    const { fieldErrors, values } = await readSavedMetric(tx, project.id, input, null, randomUUID)
    assertValid(fieldErrors)
    const created = await tx.savedMetric.create({
      data: {
        projectId: project.id,
        name: input.name,
        description: values.description ?? null,
        query: values.query ?? {},
        tags: values.tags ?? [],
        createdById: actor.user.id,
        createdAt: actor.now,
        updatedAt: actor.now,
      },
    })
    const { organizationId } = project
    const entry = { activity, actor, organizationId, projectId: project.id }
    const resource = { type: 'SAVED_METRIC', id: created.id, name: created.name } as const
    await recordActivity(unit, { ...entry, resource, before: {}, after: shownValues(created) })
    return created
  },
})
