import { hasScope } from '../../../auth/scopes.ts'
import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, unarchiveBlocker } from '../rules/lifeCycle.ts'

const unarchiveExperiment = defineCommand<{ id: number; mayWriteFlags: boolean }>({
  name: 'unarchiveExperiment',
  plan: async (tx, actor, { id, mayWriteFlags }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(unarchiveBlocker(experiment), experiment, flag)
    const restoresFlag = mayWriteFlags && experiment.featureFlagAutoArchived && flag.archived && !flag.deleted
    // The mark stays where the flag does, so that a later caller may still bring it back.
    const autoArchivedPatch = mayWriteFlags ? { featureFlagAutoArchived: false } : {}
    return planUpdate(
      actor,
      experiment,
      { archived: false, ...autoArchivedPatch },
      restoresFlag ? planFlagUpdate(actor, flag, { archived: false }) : null,
    )
  },
})

const UnarchiveExperimentInput = builder.inputType('UnarchiveExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The archived experiment: its global id, or its number.' }) }),
})

builder.mutationField('unarchiveExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Takes an experiment back from the archive; it stays ended. A flag that was archived along with it comes back too, switched off, where the key also holds \`feature_flag:write\`.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: UnarchiveExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('unarchiveExperiment', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      reloadExperiment(
        context,
        await runCommand(context, unarchiveExperiment, {
          id: parseInputId('Experiment', input.id),
          mayWriteFlags: hasScope(requireViewer(context).scopes, 'feature_flag:write'),
        }),
      ),
  }),
)
