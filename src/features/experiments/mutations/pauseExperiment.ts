import { defineMutation } from '../../../graphql/mutation.ts'
import { assertNoDependentFlags } from '../../featureFlags/data/dependentFlags.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { flagPatches } from '../rules/experimentActions.ts'
import { pauseBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'pauseExperiment',
  description:
    'Pauses a running experiment: its flag is switched off, also for other experiments that share it. The dates stay as they are.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment to pause.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The running experiment') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockForAction(tx, actor, id, pauseBlocker)
    await assertNoDependentFlags(tx, experiment.featureFlag)
    return planUpdate(actor, experiment, {}, flagPatches.PAUSE)
  },
})
