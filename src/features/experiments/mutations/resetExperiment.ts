import { lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, resetBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  name: 'resetExperiment',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Makes a launched experiment a draft again. Clears its dates, conclusion and comment, and takes it out of the archive. The flag ' +
    'stays as it is: if it is on, it keeps serving variants. See `featureFlag { active }`.',
  errors: ['invalidState'],
  inputDescription: 'The experiment to reset.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The experiment') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    assertState(resetBlocker(experiment), experiment, experiment.featureFlag)
    return planUpdate(actor, experiment, {
      startDate: null,
      endDate: null,
      conclusion: null,
      conclusionComment: null,
      archived: false,
      featureFlagAutoArchived: false,
    })
  },
  reload: reloadExperiment,
})
