import { projectSubscription } from '../../projects/projectSubscription.ts'
import { experimentLoader } from '../data/experimentLoaders.ts'
import { Experiment } from '../Experiment.ts'

projectSubscription('experimentUpdated', {
  type: Experiment,
  kind: 'experiment',
  scope: 'experiment:read',
  description:
    'An experiment of a project each time that it was made or changed, or its flag was, on which its status depends, or a change request ' +
    'for it was. A deleted experiment cannot be read, and is not told of.',
  load: (context, id) => experimentLoader(context).load(id),
})
