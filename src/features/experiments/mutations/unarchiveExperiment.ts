import { hasScope } from '../../../auth/scopes.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { unarchiveBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'unarchiveExperiment',
  description:
    'Takes an experiment out of the archive. It stays ended. If its flag was archived with it and the key holds `feature_flag:write`, ' +
    'the flag comes back too, switched off.',
  errors: ['invalidState'],
  inputDescription: 'The experiment to take out of the archive.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The archived experiment') }),
  toCommand: (context, { id }) => ({ id, mayWriteFlags: hasScope(requireViewer(context).scopes, 'feature_flag:write') }),
  plan: async (tx, actor, { id, mayWriteFlags }) => {
    const experiment = await lockForAction(tx, actor, id, unarchiveBlocker)
    // Without the scope, the mark stays, so that a later call can still restore the flag.
    if (!mayWriteFlags) return planUpdate(actor, experiment, { archived: false })
    const { archived, deleted } = experiment.featureFlag
    const restoresFlag = experiment.featureFlagAutoArchived && archived && !deleted
    const patch = { archived: false, featureFlagAutoArchived: false }
    return planUpdate(actor, experiment, patch, restoresFlag ? { archived: false } : {})
  },
})
