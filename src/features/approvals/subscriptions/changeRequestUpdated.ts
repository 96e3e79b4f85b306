import { updatesField } from '../../projects/projectSubscription.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { changeRequestRows } from '../data/loaders.ts'

updatesField('changeRequestUpdated', {
  type: ChangeRequest,
  kind: 'changeRequest',
  scope: 'approvals:read',
  description: 'A change request of a project each time that it was made, voted on, decided, applied, expired or found stale.',
  read: (context, id) => changeRequestRows(context).load(id),
})
