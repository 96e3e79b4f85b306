import { projectSubscription } from '../../projects/projectSubscription.ts'
import { experimentLoader } from '../data/experimentLoaders.ts'
import { Experiment } from '../Experiment.ts'

projectSubscription('experimentUpdated', {
  type: Experiment,
  kind: 'experiment',
  scope: 'experiment:read',
  description:
    'Sends an experiment of the project each time the experiment, its flag or one of its change requests is created or changed. The ' +
    'status of an experiment depends on its flag. A deleted experiment cannot be read, so its deletion is not sent.',
  load: (context, id) => experimentLoader(context).load(id),
})
