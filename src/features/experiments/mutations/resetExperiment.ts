import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { resetBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'resetExperiment',
  description:
    'Makes a launched experiment a draft again. Clears its dates, conclusion and comment, and takes it out of the archive. The flag ' +
    'stays as it is: if it is on, it keeps serving variants. See `featureFlag { active }`.',
  errors: ['invalidState'],
  inputDescription: 'The experiment to reset.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The experiment') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockForAction(tx, actor, id, resetBlocker)
    return planUpdate(actor, experiment, {
      startDate: null,
      endDate: null,
      conclusion: null,
      conclusionComment: null,
      archived: false,
      featureFlagAutoArchived: false,
    })
  },
})
