import { lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planCopy } from '../data/planCopy.ts'
import { experimentMutation } from '../Experiment.ts'
import { duplicateBlocker } from '../rules/experimentActions.ts'

defineMutation({
  ...experimentMutation,
  name: 'duplicateExperiment',
  description:
    'Copies an experiment as a new draft of the same project. The copy has no dates, conclusion, holdout and exposure cohort. If the ' +
    'copy needs a new flag, a `FEATURE_FLAG_UPDATE` policy guards its percentages.',
  errors: ['gate', 'validation'],
  inputDescription: 'The experiment to copy, and the name and flag of the copy.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The experiment'),
    name: t.string({
      description: 'The name of the copy: at most 400 characters. Default: `<name> (Copy)`, with a number if that name is taken.',
    }),
    featureFlagKey: t.string({
      description:
        "The key of the copy's flag. Default: the copy shares the source's flag. If the project has a flag with this key, it is used. " +
        "Otherwise a flag is created, switched off, with the source's variants.",
    }),
  }),
  toCommand: (_context, { id, name, featureFlagKey = null }) => ({ id, name: name ?? '', featureFlagKey }),
  plan: async (tx, actor, { id, ...copyOptions }, newUuid) => {
    const source = await lockExperiment(tx, actor, id)
    const blocker = duplicateBlocker(source)
    assertValid(blocker === null ? [] : [fieldError(['id'], blocker)])
    return planCopy(tx, actor, source, source.project, copyOptions, newUuid)
  },
})
