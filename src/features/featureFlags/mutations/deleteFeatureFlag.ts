import { defineMutation } from '../../../graphql/mutation.ts'
import { InUseError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planFlagChange } from '../data/planFlagChange.ts'
import { flagMutation, versionInput } from '../flagMutation.ts'

defineMutation({
  ...flagMutation,
  name: 'deleteFeatureFlag',
  description:
    'Deletes a flag and frees its key. It can be restored. What `FeatureFlag.deletionBlockers` lists is an `InUseError`. A ' +
    '`FEATURE_FLAG_DELETE` policy guards a flag that is on. A flag that is deleted already stays as it is.',
  errors: ['gate', 'validation', 'invalidState', InUseError],
  inputDescription: 'The flag to delete.',
  input: (t) => ({ id: idInput(t, 'FeatureFlag', 'The flag'), version: versionInput(t) }),
  toCommand: (_context, { id, version }) => ({ id, ...(version == null ? {} : { version }) }),
  plan: (tx, actor, { id, ...expected }) =>
    planFlagChange(
      tx,
      actor,
      { id, ...expected, deleted: true },
      { inUse: (uses) => new InUseError('Cannot delete a feature flag that is in use.', uses) },
    ),
})
