import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, InUseError } from '../../../platform/domainErrors.ts'
import { errorIf } from '../../../platform/fieldError.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planFlagChange } from '../data/planFlagChange.ts'
import { flagMutation } from '../flagMutation.ts'

defineMutation({
  ...flagMutation,
  name: 'archiveFeatureFlag',
  description:
    'Archives a flag. It keeps its key and stays readable. A flag that is on is only archived with `switchOff: true`: policies guard that ' +
    'like switching it off, and active flags that depend on it are an `InUseError`. An archived flag stays as it is.',
  errors: ['gate', 'validation', 'invalidState', InUseError],
  inputDescription: 'The flag to archive, and whether to switch it off.',
  input: (t) => ({
    id: idInput(t, 'FeatureFlag', 'The flag'),
    switchOff: t.boolean({ description: 'Whether to switch off a flag that is on. Default, also for null: false.' }),
  }),
  toCommand: (_context, { id, switchOff }) => ({ id, switchOff: switchOff ?? false }),
  plan: (tx, actor, { id, switchOff }) =>
    planFlagChange(
      tx,
      actor,
      { id, archived: true, ...(switchOff ? { active: false } : {}) },
      {
        precondition: ({ active }) =>
          assertValid(
            errorIf(active && !switchOff, ['switchOff'], 'The flag is on. Send `switchOff: true` to switch it off as well.', 'required'),
          ),
        inUse: (uses) => new InUseError('Cannot switch off a feature flag that other active flags depend on.', uses),
      },
    ),
})
