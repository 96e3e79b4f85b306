import { defineMutation } from '../../../graphql/mutation.ts'
import { ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planLinks } from '../data/planLinks.ts'
import { experimentMutation } from '../Experiment.ts'

defineMutation({
  ...experimentMutation,
  name: 'unlinkSavedMetric',
  description:
    'Takes a saved metric out of an experiment. The metric itself stays. One that the experiment does not use is a `NotFoundError`.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The saved metric to take out, and the experiment.',
  input: (t) => ({
    experimentId: idInput(t, 'Experiment', 'The experiment', 'experimentId'),
    savedMetricId: idInput(t, 'SavedMetric', 'The saved metric', 'savedMetricId'),
  }),
  plan: (tx, actor, { experimentId, savedMetricId }) =>
    planLinks(tx, actor, experimentId, async (_experiment, links) => {
      const others = links.filter(({ savedMetric }) => savedMetric.id !== savedMetricId)
      if (others.length === links.length) throw new ResourceNotFoundError('Saved metric not found.')
      return { links: others }
    }),
})
