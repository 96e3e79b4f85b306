import { requireViewer } from '../auth/require.ts'
import { holdsScope } from '../auth/scopes.ts'
import { builder } from '../builder.ts'
import { planFlag } from '../featureFlags/flagChange.ts'
import { needs } from '../projects/projectField.ts'
import { addressed } from '../writes/ids.ts'
import { lockExperiment } from '../writes/lock.ts'
import { operation } from '../writes/registry.ts'
import { refusalsOf, write } from '../writes/write.ts'
import { answerExperiment } from './answerExperiment.ts'
import { Experiment } from './Experiment.ts'
import { refusalToUnarchive, refuseState } from './lifeCycle.ts'
import { planExperiment } from './planExperiment.ts'

const unarchiveExperiment = operation<{ id: number; mayWriteFlags: boolean }>({
  name: 'unarchiveExperiment',
  plan: async (tx, actor, { id, mayWriteFlags }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    refuseState(refusalToUnarchive(experiment), experiment, flag)
    const restoresFlag = mayWriteFlags && experiment.featureFlagAutoArchived && flag.archived && !flag.deleted
    // The mark stays where the flag does, so that a later caller may still bring it back.
    const mark = mayWriteFlags ? { featureFlagAutoArchived: false } : {}
    return planExperiment(actor, experiment, { archived: false, ...mark }, restoresFlag ? planFlag(actor, flag, { archived: false }) : null)
  },
})

const UnarchiveExperimentInput = builder.inputType('UnarchiveExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The archived experiment: its global id, or its number.' }) }),
})

builder.mutationField('unarchiveExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Takes an experiment back from the archive; it stays ended. A flag that was archived along with it comes back too, switched off, where the key also holds \`feature_flag:write\`.\n\n${needs('experiment:write')}`,
    args: { input: t.arg({ type: UnarchiveExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('unarchiveExperiment', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      answerExperiment(
        context,
        await write(context, unarchiveExperiment, {
          id: addressed('Experiment', input.id),
          mayWriteFlags: holdsScope(requireViewer(context).scopes, 'feature_flag:write'),
        }),
      ),
  }),
)
