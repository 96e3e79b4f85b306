import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/open.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { type FlagPatch, planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { validateRemovedVariants } from '../../featureFlags/data/removedVariants.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { validateKnownNames } from '../data/unknownNames.ts'
import { columnsPatch, datesPatch, filtersPatch, metricsPatch, parametersPatch } from '../data/updatePatch.ts'
import type { LockedExperiment, UpdateExperimentData, UpdateValues } from '../data/updateValues.ts'
import { validateLegacyUpdate, validateRestore, validateRunningVariants, validateVariantOverrides } from '../data/validateUpdate.ts'
import { Experiment, ExperimentConclusion } from '../Experiment.ts'
import { validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { assertState, launchBlocker } from '../rules/lifeCycle.ts'
import { validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { normalizeVariants, validateVariants } from '../rules/variantInputs.ts'
import { VariantInputType } from '../VariantInput.ts'

const updateExperiment = defineCommand<UpdateExperimentData>({
  name: 'updateExperiment',
  plan: async (tx, actor, { id, ...values }) => {
    const experiment = await lockExperiment(tx, actor, id, { deleted: values.deleted === false })
    const flag = experiment.featureFlag
    const dates = {
      startDate: values.startDate === undefined ? experiment.startDate : new Date(values.startDate),
      endDate: values.endDate === undefined ? experiment.endDate : values.endDate === null ? null : new Date(values.endDate),
    }
    const isLaunch = experiment.startDate === null && dates.startDate !== null
    const keys = (values.variants === undefined ? getVariants(flag.filters) : normalizeVariants(values.variants)).map(({ key }) => key)
    const { filters, changedKeys: filterKeys } = filtersPatch(flag.filters, values)
    const fieldErrors = [
      ...validateExperiment(values),
      ...validateLegacyUpdate(experiment, values),
      ...(values.variants === undefined ? [] : validateVariants(values.variants)),
      ...validateRunningVariants(experiment, keys),
      ...(flag.deleted && (values.variants !== undefined || values.rolloutPercentage !== undefined)
        ? [
            fieldError(
              [values.variants === undefined ? 'rolloutPercentage' : 'variants'],
              'The feature flag of this experiment has been deleted.',
            ),
          ]
        : []),
      ...(values.statsConfig === undefined ? [] : validateStatsConfig(values.statsConfig, keys)),
      ...(values.startDate === undefined && values.endDate === undefined ? [] : validateDates(dates.startDate, dates.endDate)),
      ...validateRestore(experiment, values),
      ...(isLaunch ? validateExperimentFlag(filters).map((message) => fieldError(['startDate'], message)) : []),
    ]
    assertValid([
      ...fieldErrors,
      ...(fieldErrors.length > 0 ? [] : await validateMetricNames(tx, experiment, values)),
      ...(fieldErrors.length > 0 || values.variants === undefined ? [] : validateVariantOverrides(filters)),
      ...(fieldErrors.length > 0 || values.variants === undefined ? [] : await validateRemovedVariants(tx, flag, filters, ['variants'])),
    ])
    if (isLaunch) assertState(launchBlocker(experiment, flag), experiment, flag)

    const patch = {
      ...columnsPatch(values),
      ...parametersPatch(experiment, values, filters),
      ...metricsPatch(experiment, values, dates.startDate),
      ...datesPatch(experiment, dates),
    }
    const flagPatch: FlagPatch = { ...(isLaunch ? { active: true } : {}), ...(filterKeys.length > 0 ? { filters } : {}) }
    const flagPlan = Object.keys(flagPatch).length === 0 ? null : planFlagUpdate(actor, flag, flagPatch, { givenFilterKeys: filterKeys })
    return planUpdate(actor, experiment, patch, flagPlan)
  },
})

async function validateMetricNames(tx: Transaction, { projectId }: LockedExperiment, values: UpdateValues): Promise<FieldError[]> {
  const options = { allowUnknownEvents: true }
  return [
    ...(await validateKnownNames(tx, projectId, 'metrics', values.metrics ?? [], options)),
    ...(await validateKnownNames(tx, projectId, 'metricsSecondary', values.metricsSecondary ?? [], options)),
  ]
}

const UpdateExperimentInput = builder.inputType('UpdateExperimentInput', {
  description: 'What is to be changed of an experiment. What is not given stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The experiment: its global id, or its number.' }),
    name: t.string({ required: false, description: 'Its name: 1 to 400 characters. Null stays.' }),
    description: t.string({ required: false, description: 'What it is about: at most 3,000 characters; null clears it.' }),
    variants: t.field({
      type: [VariantInputType],
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
const clearableFields = new Set(['description', 'endDate', 'conclusion', 'conclusionComment'])

builder.mutationField('updateExperiment', (t) =>
  t.field({
    type: Experiment,
    description:
      'Changes an experiment, and its flag where variants or the percentage are given: `EXPERIMENT_UPDATE` guards those. Deleting one leaves its ' +
      `flag as it is.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: UpdateExperimentInput, required: true, description: 'What is to be changed.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('updateExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { id, ...fields } = input
      const values = Object.fromEntries(
        Object.entries(fields).filter(([key, value]) => value !== undefined && (value !== null || clearableFields.has(key))),
      )
      // Dates as JSON writes them, so that a stored request reads as the input does.
      const asJson = JSON.parse(JSON.stringify(values)) as UpdateValues
      return reloadExperiment(context, await runCommand(context, updateExperiment, { id: parseInputId('Experiment', id), ...asJson }))
    },
  }),
)
