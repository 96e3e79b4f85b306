import { hasScope } from '../../../auth/scopes.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/answerExperiment.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, unarchiveBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  name: 'unarchiveExperiment',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Takes an experiment back from the archive; it stays ended. A flag that was archived along with it comes back too, switched ' +
    'off, where the key also holds `feature_flag:write`.',
  errors: ['invalidState'],
  inputDescription: 'Which experiment.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The archived experiment') }),
  toCommand: (context, { id }) => ({ id, mayWriteFlags: hasScope(requireViewer(context).scopes, 'feature_flag:write') }),
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
  reload: reloadExperiment,
})
