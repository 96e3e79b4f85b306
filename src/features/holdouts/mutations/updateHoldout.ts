import { lockHoldout } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planHoldoutUpdate } from '../data/planHoldout.ts'
import { holdoutMutation } from '../Holdout.ts'
import { validateHoldout } from '../rules/validateHoldout.ts'

defineMutation({
  ...holdoutMutation,
  name: 'updateHoldout',
  description:
    'Changes a holdout. Another percentage is written into the flags of its experiments and all others that carry it, together: the version ' +
    'of each grows by 1. An `EXPERIMENT_HOLDOUT_UPDATE` policy guards that as one change. Without such a policy, one for ' +
    '`EXPERIMENT_UPDATE` does if there are such flags, then one for `FEATURE_FLAG_UPDATE`. Nothing guards the name and the description.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The changes to a holdout. Missing fields stay as they are.',
  argumentDescription: 'The changes.',
  input: (t) => ({
    id: idInput(t, 'Holdout', 'The holdout'),
    name: t.string({ description: 'The name: 1 to 400 characters. Null changes nothing.' }),
    description: t.string({ description: 'What the holdout is for: at most 400 characters. Null clears it.' }),
    exclusionPercentage: t.float({ description: 'The share of people who are kept out, in percent: 0 to 100. Null changes nothing.' }),
  }),
  plan: async (tx, actor, { id, name, description, exclusionPercentage }) => {
    const values = {
      ...(name == null ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(exclusionPercentage == null ? {} : { exclusionPercentage }),
    }
    const holdout = await lockHoldout(tx, actor, id)
    assertValid(validateHoldout(values))
    return planHoldoutUpdate(tx, actor, holdout, values)
  },
})
