import { projectSubscription } from '../../projects/projectSubscription.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { changeRequestLoader } from '../data/loaders.ts'

projectSubscription('changeRequestUpdated', {
  type: ChangeRequest,
  kind: 'changeRequest',
  scope: 'approvals:read',
  description: 'A change request of a project each time that it was made, voted on, decided, applied, expired or found stale.',
  load: (context, id) => changeRequestLoader(context).load(id),
})
