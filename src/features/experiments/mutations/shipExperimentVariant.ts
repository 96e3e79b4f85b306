import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { refuseFaults } from '../../../platform/domainErrors.ts'
import { fault } from '../../../platform/fieldError.ts'
import { textFaults } from '../../../platform/textValidation.ts'
import { planFlag } from '../../featureFlags/data/planFlagUpdate.ts'
import { variantsOf } from '../../featureFlags/rules/variants.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { Experiment, ExperimentConclusion } from '../Experiment.ts'
import { refusalToShip, refuseState } from '../rules/lifeCycle.ts'
import { shippedFilters } from '../rules/shippedFilters.ts'
import { maxConclusionComment } from '../rules/validateExperiment.ts'

interface ShipVariant {
  id: number
  variantKey: string
  releaseToEveryone: boolean
  conclusion: typeof ExperimentConclusion.$inferType | null
  conclusionComment: string | null
}

const shipExperimentVariant = operation<ShipVariant>({
  name: 'shipExperimentVariant',
  plan: async (tx, actor, { id, variantKey, releaseToEveryone, conclusion, conclusionComment }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    refuseState(refusalToShip(experiment, flag), experiment, flag)
    const known = variantsOf(flag.filters).some(({ key }) => key === variantKey)
    refuseFaults([
      ...(known ? [] : [fault(['variantKey'], `Variant '${variantKey}' not found on feature flag.`)]),
      ...textFaults(['conclusionComment'], conclusionComment, maxConclusionComment),
    ])
    return planExperiment(
      actor,
      experiment,
      {
        ...(experiment.endDate === null ? { endDate: actor.now } : {}),
        ...(conclusion === null ? {} : { conclusion }),
        ...(conclusionComment === null ? {} : { conclusionComment }),
      },
      planFlag(actor, flag, { filters: shippedFilters(flag.filters, variantKey, releaseToEveryone) }),
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
      `on stays as it is.\n\n${needs('experiment:write')}`,
    args: {
      input: t.arg({ type: ShipExperimentVariantInput, required: true, description: 'Which variant of which experiment, and to whom.' }),
    },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('shipExperimentVariant', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { variantKey, conclusion = null, conclusionComment = null } = input
      const releaseToEveryone = input.releaseToEveryone ?? false
      const id = addressed('Experiment', input.id)
      return answerExperiment(
        context,
        await write(context, shipExperimentVariant, { id, variantKey, releaseToEveryone, conclusion, conclusionComment }),
      )
    },
  }),
)
