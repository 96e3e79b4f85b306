import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/open.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { refuseFaults } from '../../../platform/domainErrors.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { type FlagPatch, planFlag } from '../../featureFlags/data/planFlagUpdate.ts'
import { removedVariantFaults } from '../../featureFlags/data/removedVariants.ts'
import { variantsOf } from '../../featureFlags/rules/variants.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { unknownNameFaults } from '../data/unknownNames.ts'
import { changedDates, columnsOf, filtersAfter, metricsOf, mirrored } from '../data/updatePatch.ts'
import type { Row, UpdateExperiment, UpdateValues } from '../data/updateValues.ts'
import { legacyFaults, overrideFaults, restoreFaults, runningFaults } from '../data/validateUpdate.ts'
import { Experiment, ExperimentConclusion } from '../Experiment.ts'
import { experimentFlagFaults } from '../rules/flagForExperiment.ts'
import { refusalToLaunch, refuseState } from '../rules/lifeCycle.ts'
import { statsConfigFaults } from '../rules/statsConfig.ts'
import { dateFaults, experimentFaults } from '../rules/validateExperiment.ts'
import { normalisedVariants, variantFaults } from '../rules/variantInputs.ts'
import { VariantInput } from '../VariantInput.ts'

const updateExperiment = operation<UpdateExperiment>({
  name: 'updateExperiment',
  plan: async (tx, actor, { id, ...given }) => {
    const experiment = await lockExperiment(tx, actor, id, { deleted: given.deleted === false })
    const flag = experiment.featureFlag
    const dates = {
      startDate: given.startDate === undefined ? experiment.startDate : new Date(given.startDate),
      endDate: given.endDate === undefined ? experiment.endDate : given.endDate === null ? null : new Date(given.endDate),
    }
    const launches = experiment.startDate === null && dates.startDate !== null
    const keys = (given.variants === undefined ? variantsOf(flag.filters) : normalisedVariants(given.variants)).map(({ key }) => key)
    const { filters, given: filterKeys } = filtersAfter(flag.filters, given)
    const faults = [
      ...experimentFaults(given),
      ...legacyFaults(experiment, given),
      ...(given.variants === undefined ? [] : variantFaults(given.variants)),
      ...runningFaults(experiment, keys),
      ...(flag.deleted && (given.variants !== undefined || given.rolloutPercentage !== undefined)
        ? [
            fault(
              [given.variants === undefined ? 'rolloutPercentage' : 'variants'],
              'The feature flag of this experiment has been deleted.',
            ),
          ]
        : []),
      ...(given.statsConfig === undefined ? [] : statsConfigFaults(given.statsConfig, keys)),
      ...(given.startDate === undefined && given.endDate === undefined ? [] : dateFaults(dates.startDate, dates.endDate)),
      ...restoreFaults(experiment, given),
      ...(launches ? experimentFlagFaults(filters).map((message) => fault(['startDate'], message)) : []),
    ]
    refuseFaults([
      ...faults,
      ...(faults.length > 0 ? [] : await unknownNames(tx, experiment, given)),
      ...(faults.length > 0 || given.variants === undefined ? [] : overrideFaults(filters)),
      ...(faults.length > 0 || given.variants === undefined ? [] : await removedVariantFaults(tx, flag, filters, ['variants'])),
    ])
    if (launches) refuseState(refusalToLaunch(experiment, flag), experiment, flag)

    const patch = {
      ...columnsOf(given),
      ...mirrored(experiment, given, filters),
      ...metricsOf(experiment, given, dates.startDate),
      ...changedDates(experiment, dates),
    }
    const flagPatch: FlagPatch = { ...(launches ? { active: true } : {}), ...(filterKeys.length > 0 ? { filters } : {}) }
    const planned = Object.keys(flagPatch).length === 0 ? null : planFlag(actor, flag, flagPatch, { given: filterKeys })
    return planExperiment(actor, experiment, patch, planned)
  },
})

async function unknownNames(tx: Transaction, { projectId }: Row, given: UpdateValues): Promise<Fault[]> {
  const options = { allowUnknownEvents: true }
  return [
    ...(await unknownNameFaults(tx, projectId, 'metrics', given.metrics ?? [], options)),
    ...(await unknownNameFaults(tx, projectId, 'metricsSecondary', given.metricsSecondary ?? [], options)),
  ]
}

const UpdateExperimentInput = builder.inputType('UpdateExperimentInput', {
  description: 'What is to be changed of an experiment. What is not given stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The experiment: its global id, or its number.' }),
    name: t.string({ required: false, description: 'Its name: 1 to 400 characters. Null stays.' }),
    description: t.string({ required: false, description: 'What it is about: at most 3,000 characters; null clears it.' }),
    variants: t.field({
      type: [VariantInput],
      required: false,
      description:
        'All variants of its flag from now on: 2 to 20, one of them `control`. Once launched, the same keys as before. A payload that is not given stays. Null stays.',
    }),
    rolloutPercentage: t.float({
      required: false,
      description: 'The percentage of the first condition set of its flag: 0 to 100. Null stays.',
    }),
    metrics: t.field({
      type: ['JSON'],
      required: false,
      description: 'All its primary metrics from now on, as in `createExperiment`; any events. Null stays.',
    }),
    metricsSecondary: t.field({ type: ['JSON'], required: false, description: 'All its secondary metrics from now on. Null stays.' }),
    statsConfig: t.field({ type: 'JSON', required: false, description: 'How it is evaluated, as a whole. Null stays.' }),
    exposureCriteria: t.field({ type: 'JSON', required: false, description: 'Which people count as exposed, as a whole. Null stays.' }),
    startDate: t.field({
      type: 'DateTime',
      required: false,
      description: 'When it started. Given for a draft, it is a launch: the flag is switched on. Null stays.',
    }),
    endDate: t.field({ type: 'DateTime', required: false, description: 'When it ended: after the start; null takes the end back.' }),
    conclusion: t.field({ type: ExperimentConclusion, required: false, description: 'What came out of it; null clears it.' }),
    conclusionComment: t.string({ required: false, description: 'Why that is the conclusion: at most 4,000 characters; null clears it.' }),
    deleted: t.boolean({ required: false, description: 'True deletes it, false restores it; the flag stays. Null stays.' }),
  }),
})

/** What an explicit null clears. */
const clearable = new Set(['description', 'endDate', 'conclusion', 'conclusionComment'])

builder.mutationField('updateExperiment', (t) =>
  t.field({
    type: Experiment,
    description:
      'Changes an experiment, and its flag where variants or the percentage are given: `EXPERIMENT_UPDATE` guards those. Deleting one leaves its ' +
      `flag as it is.\n\n${needs('experiment:write')}`,
    args: { input: t.arg({ type: UpdateExperimentInput, required: true, description: 'What is to be changed.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('updateExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { id, ...fields } = input
      const given = Object.fromEntries(
        Object.entries(fields).filter(([key, value]) => value !== undefined && (value !== null || clearable.has(key))),
      )
      // Dates as JSON writes them, so that a stored request reads as the input does.
      const asJson = JSON.parse(JSON.stringify(given)) as UpdateValues
      return answerExperiment(context, await write(context, updateExperiment, { id: addressed('Experiment', id), ...asJson }))
    },
  }),
)
