import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planUnfreeze } from '../data/exposure/planFreeze.ts'
import { lockForAction } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { unfreezeBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'unfreezeExposure',
  description:
    'Lets new people enter an experiment again. Takes away exactly what freezing added to the condition sets of the flag. The cohort stays. An ' +
    '`EXPERIMENT_UPDATE` policy guards this.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment to unfreeze.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The experiment') }),
  plan: async (tx, actor, { id }) => planUnfreeze(actor, await lockForAction(tx, actor, id, unfreezeBlocker)),
})
