import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf } from '../../../platform/fieldError.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { copiedFlagState, copiedParameters } from '../data/updatePatch.ts'
import { ExperimentConclusion, experimentMutation } from '../Experiment.ts'
import { shipBlocker } from '../rules/lifeCycle.ts'
import { shippedFilters } from '../rules/shippedFilters.ts'
import { validateEndNow, validateExperiment } from '../rules/validateExperiment.ts'

defineMutation({
  ...experimentMutation,
  name: 'shipExperimentVariant',
  description:
    'Gives one variant to everybody in the experiment: its share becomes 100 percent, and the others become 0. Ends the experiment if it has not ended. ' +
    'Does not switch the flag on or off.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment, the variant to ship, and the conclusion.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The launched experiment'),
    variantKey: t.string({ required: true, description: 'The key of the variant that everybody in the experiment gets.' }),
    releaseToEveryone: t.boolean({
      description: 'Whether to add a first condition set that matches everybody. Default: false, the condition sets stay as they are.',
    }),
    conclusion: t.field({ type: ExperimentConclusion, description: 'The conclusion. Without it, the stored one stays.' }),
    conclusionComment: t.string({
      description: 'The reasons for the conclusion: at most 4,000 characters. Without it, the stored comment stays.',
    }),
  }),
  toCommand: (_context, input) => ({
    ...input,
    releaseToEveryone: input.releaseToEveryone ?? false,
    conclusion: input.conclusion ?? null,
    conclusionComment: input.conclusionComment ?? null,
  }),
  plan: async (tx, actor, { id, variantKey, releaseToEveryone, conclusion, conclusionComment }) => {
    const experiment = await lockForAction(tx, actor, id, shipBlocker)
    const flag = experiment.featureFlag
    const variantExists = getVariants(flag.filters).some(({ key }) => key === variantKey)
    assertValid([
      ...errorIf(!variantExists, ['variantKey'], `Variant '${variantKey}' not found on feature flag.`),
      ...(experiment.endDate === null ? validateEndNow(experiment.startDate, actor.now) : []),
      ...validateExperiment({ conclusionComment }),
    ])
    const filters = shippedFilters(flag.filters, variantKey, releaseToEveryone)
    const patch = {
      ...(experiment.endDate === null ? { endDate: actor.now } : {}),
      ...(conclusion === null ? {} : { conclusion }),
      ...(conclusionComment === null ? {} : { conclusionComment }),
      parameters: copiedParameters(experiment.parameters, filters),
    }
    const givenFilterKeys = ['multivariate', ...(releaseToEveryone ? ['groups'] : [])]
    const plan = planUpdate(actor, experiment, patch, { filters }, { givenFilterKeys })
    return { ...plan, rows: [...plan.rows, copiedFlagState(flag, experiment.parameters, givenFilterKeys)] }
  },
})
