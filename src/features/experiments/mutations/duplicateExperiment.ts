import { lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/answerExperiment.ts'
import { planCopy } from '../data/planCopy.ts'
import { Experiment } from '../Experiment.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'

defineMutation({
  name: 'duplicateExperiment',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Copies an experiment as a new draft of the same project: without dates, conclusion, holdout and exposure cohort. A flag that is made for it ' +
    'has percentages, which `FEATURE_FLAG_UPDATE` guards.',
  errors: ['gate', 'validation'],
  inputDescription: 'Which experiment, and what its copy is called.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The experiment'),
    name: t.string({
      required: false,
      description: 'The name of the copy: at most 400 characters; `<name> (Copy)` with a number where that is taken when not given.',
    }),
    featureFlagKey: t.string({
      required: false,
      description: 'The key of its flag: a live flag of this key is used, else one is made. The same flag as the source when not given.',
    }),
  }),
  toCommand: (_context, { id, name, featureFlagKey = null }) => ({ id, name: name ?? '', featureFlagKey }),
  plan: async (tx, actor, { id, ...copyOptions }) => {
    const source = await lockExperiment(tx, actor, id)
    if (hasLegacyMetrics(source)) assertValid([fieldError(['id'], 'Duplication is not supported for experiments using legacy metrics.')])
    return planCopy(tx, actor, source, source.project, copyOptions)
  },
  reload: reloadExperiment,
})
