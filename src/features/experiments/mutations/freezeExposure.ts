import { defineMutation } from '../../../graphql/mutation.ts'
import { planningEvents } from '../../events/planningEvents.ts'
import { idInput } from '../../projects/inputIds.ts'
import { loadFreezeBlockers } from '../data/exposure/exposedPeople.ts'
import { planFreeze } from '../data/exposure/planFreeze.ts'
import { lockForAction } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { freezeProblem } from '../rules/experimentActions.ts'
import { assertState } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'freezeExposure',
  description:
    'Stops new people from entering a running experiment. The people who were exposed so far become a static cohort, which is added to each ' +
    'condition set of the flag. They keep their variant, and the metrics go on. Events tell who was exposed, by distinct id, with the exposure ' +
    'criteria and without the test accounts of the project. What an event does not say of a person counts as absent. An `EXPERIMENT_UPDATE` ' +
    'policy guards this. `Experiment.freezeBlockers` says what is in the way.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment to freeze.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The running experiment') }),
  toCommand: ({ config }, { id }) => ({ id, max: config.maxExposureCohortSize }),
  plan: async (tx, actor, { id, max }, _newUuid, eventsElsewhere) => {
    const experiment = await lockForAction(tx, actor, id, () => null)
    const events = planningEvents(tx, { ...experiment.project, id: experiment.projectId }, eventsElsewhere)
    const [blockers = []] = await loadFreezeBlockers(tx, [experiment], { now: actor.now, max }, () => events)
    assertState(freezeProblem(blockers), experiment, experiment.featureFlag)
    return planFreeze(actor, experiment, max, events)
  },
})
