import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planCopy } from '../data/planCopy.ts'
import { Experiment } from '../Experiment.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'

const duplicateExperiment = defineCommand<{ id: number; name: string; featureFlagKey: string | null }>({
  name: 'duplicateExperiment',
  plan: async (tx, actor, { id, ...copyOptions }) => {
    const source = await lockExperiment(tx, actor, id)
    if (hasLegacyMetrics(source)) assertValid([fieldError(['id'], 'Duplication is not supported for experiments using legacy metrics.')])
    return planCopy(tx, actor, source, source.project, copyOptions)
  },
})

const DuplicateExperimentInput = builder.inputType('DuplicateExperimentInput', {
  description: 'Which experiment, and what its copy is called.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The experiment: its global id, or its number.' }),
    name: t.string({
      required: false,
      description: 'The name of the copy: at most 400 characters; `<name> (Copy)` with a number where that is taken when not given.',
    }),
    featureFlagKey: t.string({
      required: false,
      description: 'The key of its flag: a live flag of this key is used, else one is made. The same flag as the source when not given.',
    }),
  }),
})

builder.mutationField('duplicateExperiment', (t) =>
  t.field({
    type: Experiment,
    description:
      'Copies an experiment as a new draft of the same project: without dates, conclusion, holdout and exposure cohort. A flag that is made for it ' +
      `has percentages, which \`FEATURE_FLAG_UPDATE\` guards.\n\n${requiresScopeText('experiment:write')}`,
    args: {
      input: t.arg({ type: DuplicateExperimentInput, required: true, description: 'Which experiment, and what its copy is called.' }),
    },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('duplicateExperiment', 'gate', 'validation'),
    resolve: async (_root, { input }, context) => {
      const { name, featureFlagKey = null } = input
      const id = parseInputId('Experiment', input.id)
      return reloadExperiment(context, await runCommand(context, duplicateExperiment, { id, name: name ?? '', featureFlagKey }))
    },
  }),
)
