import { defineMutation } from '../../../graphql/mutation.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planFlagChange } from '../data/planFlagChange.ts'
import { flagMutation } from '../flagMutation.ts'

defineMutation({
  ...flagMutation,
  name: 'restoreFeatureFlag',
  description:
    'Restores a deleted flag as it was, on or off. Policies guard a flag that was on, like switching one on. A flag that is not deleted ' +
    'stays as it is.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The flag to restore, and its key.',
  input: (t) => ({
    id: idInput(t, 'FeatureFlag', 'The flag'),
    key: t.string({
      description:
        'The key: 1 to 400 letters, digits, hyphens and underscores. Default, also for null: the key from before the deletion. If another ' +
        'flag has that key now, choose another one.',
    }),
  }),
  toCommand: (_context, { id, key }) => ({ id, ...(key == null ? {} : { key }) }),
  plan: (tx, actor, { id, ...given }) =>
    planFlagChange(
      tx,
      actor,
      { id, ...given, deleted: false },
      {
        keyField: 'key',
        precondition: ({ deleted, key }) => {
          if (!deleted && given.key !== undefined && given.key !== key) throw new InvalidStateError('The flag is not deleted.', 'LIVE')
        },
      },
    ),
})
