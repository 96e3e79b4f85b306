import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { ExperimentConclusion, experimentMutation } from '../Experiment.ts'
import { endBlocker } from '../rules/lifeCycle.ts'
import { validateEndNow, validateExperiment } from '../rules/validateExperiment.ts'

defineMutation({
  ...experimentMutation,
  name: 'endExperiment',
  description:
    'Ends a running or paused experiment: `endDate` becomes now. `conclusion` and `conclusionComment` replace the stored ones, or clear ' +
    'them if missing. The flag stays as it is: if it is on, it keeps serving variants.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The experiment to end, and its conclusion.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The running or paused experiment'),
    conclusion: t.field({ type: ExperimentConclusion, description: 'The conclusion. Default: none.' }),
    conclusionComment: t.string({ description: 'The reasons for the conclusion: at most 4,000 characters. Default: none.' }),
  }),
  toCommand: (_context, { id, conclusion = null, conclusionComment = null }) => ({ id, conclusion, conclusionComment }),
  plan: async (tx, actor, { id, conclusion, conclusionComment }) => {
    const experiment = await lockForAction(tx, actor, id, endBlocker)
    assertValid([...validateEndNow(experiment.startDate, actor.now), ...validateExperiment({ conclusionComment })])
    return planUpdate(actor, experiment, { endDate: actor.now, conclusion, conclusionComment })
  },
})
