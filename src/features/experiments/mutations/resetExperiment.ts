import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { ownUnfreezePatch } from '../rules/exposure/frozenFilters.ts'
import { resetBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'resetExperiment',
  description:
    'Makes a launched experiment a draft again. Clears its dates, conclusion and comment, and takes it out of the archive. The flag ' +
    'stays as it is, without what `freezeExposure` added: if it is on, it keeps serving variants. See `featureFlag { active }`. An ' +
    '`EXPERIMENT_UPDATE` policy guards a reset that unfreezes.',
  errors: ['gate', 'invalidState'],
  inputDescription: 'The experiment to reset.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The experiment') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockForAction(tx, actor, id, resetBlocker)
    const patch = {
      startDate: null,
      endDate: null,
      conclusion: null,
      conclusionComment: null,
      archived: false,
      featureFlagAutoArchived: false,
      exposureFrozenAt: null,
      exposureCohortId: null,
    }
    return planUpdate(actor, experiment, patch, ownUnfreezePatch(experiment), { givenFilterKeys: ['groups'], guardsConditions: true })
  },
})
