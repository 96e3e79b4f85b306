import { hasScope } from '../../../auth/scopes.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, unarchiveBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  name: 'unarchiveExperiment',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Takes an experiment out of the archive. It stays ended. If its flag was archived with it and the key holds `feature_flag:write`, ' +
    'the flag comes back too, switched off.',
  errors: ['invalidState'],
  inputDescription: 'The experiment to take out of the archive.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The archived experiment') }),
  toCommand: (context, { id }) => ({ id, mayWriteFlags: hasScope(requireViewer(context).scopes, 'feature_flag:write') }),
  plan: async (tx, actor, { id, mayWriteFlags }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(unarchiveBlocker(experiment), experiment, flag)
    const restoresFlag = mayWriteFlags && experiment.featureFlagAutoArchived && flag.archived && !flag.deleted
    // Without the scope, the mark stays, so that a later call can still restore the flag.
    const autoArchivedPatch = mayWriteFlags ? { featureFlagAutoArchived: false } : {}
    return planUpdate(
      actor,
      experiment,
      { archived: false, ...autoArchivedPatch },
      restoresFlag ? planFlagUpdate(actor, flag, { archived: false }) : null,
    )
  },
  reload: reloadExperiment,
})
