import { lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, resumeBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  name: 'resumeExperiment',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Resumes a paused experiment: its flag is switched on, also for other experiments that share it. The dates stay as they are.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment to resume.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The paused experiment') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(resumeBlocker(experiment, flag), experiment, flag)
    return planUpdate(actor, experiment, {}, planFlagUpdate(actor, flag, { active: true }))
  },
  reload: reloadExperiment,
})
