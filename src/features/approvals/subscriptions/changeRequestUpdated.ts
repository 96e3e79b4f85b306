import { projectSubscription } from '../../projects/projectSubscription.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { changeRequestLoader } from '../data/loaders.ts'

projectSubscription('changeRequestUpdated', {
  type: ChangeRequest,
  kind: 'changeRequest',
  scope: 'approvals:read',
  description:
    'Sends a change request of the project each time it is created, voted on, decided, applied, expired or found stale. An open one is ' +
    'also sent when its flag or experiment changes, because it may be stale or valid now.',
  load: (context, id) => changeRequestLoader(context).load(id),
})
