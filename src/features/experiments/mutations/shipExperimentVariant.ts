import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { validateText } from '../../../platform/textValidation.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment, ExperimentConclusion } from '../Experiment.ts'
import { assertState, shipBlocker } from '../rules/lifeCycle.ts'
import { shippedFilters } from '../rules/shippedFilters.ts'
import { maxConclusionCommentLength } from '../rules/validateExperiment.ts'

interface ShipVariantData {
  id: number
  variantKey: string
  releaseToEveryone: boolean
  conclusion: typeof ExperimentConclusion.$inferType | null
  conclusionComment: string | null
}

const shipExperimentVariant = defineCommand<ShipVariantData>({
  name: 'shipExperimentVariant',
  plan: async (tx, actor, { id, variantKey, releaseToEveryone, conclusion, conclusionComment }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(shipBlocker(experiment, flag), experiment, flag)
    const variantExists = getVariants(flag.filters).some(({ key }) => key === variantKey)
    assertValid([
      ...(variantExists ? [] : [fieldError(['variantKey'], `Variant '${variantKey}' not found on feature flag.`)]),
      ...validateText(['conclusionComment'], conclusionComment, maxConclusionCommentLength),
    ])
    return planUpdate(
      actor,
      experiment,
      {
        ...(experiment.endDate === null ? { endDate: actor.now } : {}),
        ...(conclusion === null ? {} : { conclusion }),
        ...(conclusionComment === null ? {} : { conclusionComment }),
      },
      planFlagUpdate(actor, flag, { filters: shippedFilters(flag.filters, variantKey, releaseToEveryone) }),
    )
  },
})

const ShipExperimentVariantInput = builder.inputType('ShipExperimentVariantInput', {
  description: 'Which variant of which experiment, and to whom.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The launched experiment: its global id, or its number.' }),
    variantKey: t.string({ required: true, description: 'The variant that everybody in the experiment gets from now on.' }),
    releaseToEveryone: t.boolean({
      required: false,
      description: 'Whether a condition set that lets in everybody is put first; false when not given: the condition sets stay.',
    }),
    conclusion: t.field({ type: ExperimentConclusion, required: false, description: 'What came out of it; stays when not given.' }),
    conclusionComment: t.string({
      required: false,
      description: 'Why that is the conclusion: at most 4,000 characters; stays when not given.',
    }),
  }),
})

builder.mutationField('shipExperimentVariant', (t) =>
  t.field({
    type: Experiment,
    description:
      'Gives one variant to everybody: its share becomes 100 %, that of the others 0. A running experiment is ended by it. Whether the flag is ' +
      `on stays as it is.\n\n${requiresScopeText('experiment:write')}`,
    args: {
      input: t.arg({ type: ShipExperimentVariantInput, required: true, description: 'Which variant of which experiment, and to whom.' }),
    },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('shipExperimentVariant', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { variantKey, conclusion = null, conclusionComment = null } = input
      const releaseToEveryone = input.releaseToEveryone ?? false
      const id = parseInputId('Experiment', input.id)
      return reloadExperiment(
        context,
        await runCommand(context, shipExperimentVariant, { id, variantKey, releaseToEveryone, conclusion, conclusionComment }),
      )
    },
  }),
)
