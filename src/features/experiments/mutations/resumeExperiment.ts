import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { flagPatches } from '../rules/experimentActions.ts'
import { resumeBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'resumeExperiment',
  description:
    'Resumes a paused experiment: its flag is switched on, also for other experiments that share it. The dates stay as they are.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment to resume.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The paused experiment') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockForAction(tx, actor, id, resumeBlocker)
    return planUpdate(actor, experiment, {}, flagPatches.RESUME)
  },
})
