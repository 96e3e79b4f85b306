import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planFlagChange } from '../data/planFlagChange.ts'
import { flagMutation } from '../flagMutation.ts'

defineMutation({
  ...flagMutation,
  name: 'unarchiveFeatureFlag',
  description: 'Takes a flag out of the archive. It stays off. A flag that is not archived stays as it is.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The archived flag.',
  input: (t) => ({ id: idInput(t, 'FeatureFlag', 'The flag') }),
  plan: (tx, actor, { id }) => planFlagChange(tx, actor, { id, archived: false }),
})
