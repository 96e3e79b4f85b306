import { lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertNoDependentFlags } from '../../featureFlags/data/dependentFlags.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, pauseBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  name: 'pauseExperiment',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Pauses a running experiment: its flag is switched off, also for other experiments that share it. The dates stay as they are.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment to pause.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The running experiment') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(pauseBlocker(experiment, flag), experiment, flag)
    await assertNoDependentFlags(tx, flag)
    return planUpdate(actor, experiment, {}, planFlagUpdate(actor, flag, { active: false }))
  },
  reload: reloadExperiment,
})
