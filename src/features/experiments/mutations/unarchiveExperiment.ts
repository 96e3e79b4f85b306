import { holdsScope } from '../../../auth/scopes.ts'
import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { planFlag } from '../../featureFlags/data/planFlagUpdate.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { refusalToUnarchive, refuseState } from '../rules/lifeCycle.ts'

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
