import { lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { toJsonValue } from '../../../platform/json.ts'
import { type FlagPatch, planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { validateRemovedVariants } from '../../featureFlags/data/removedVariants.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/answerExperiment.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { validateMetricNames } from '../data/unknownNames.ts'
import {
  columnsPatch,
  datesPatch,
  filtersPatch,
  metricsPatch,
  parametersPatch,
  type UpdateExperimentData,
  type UpdateValues,
} from '../data/updatePatch.ts'
import { validateLegacyUpdate, validateRestore, validateRunningVariants, validateVariantOverrides } from '../data/validateUpdate.ts'
import { Experiment, ExperimentConclusion } from '../Experiment.ts'
import { validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { assertState, launchBlocker } from '../rules/lifeCycle.ts'
import { validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { normalizeVariants, validateVariants } from '../rules/variantInputs.ts'
import { VariantInputType } from '../VariantInput.ts'

/** The fields that null clears. Null leaves all others as they are. */
const clearableFields = new Set(['description', 'endDate', 'conclusion', 'conclusionComment'])

defineMutation({
  name: 'updateExperiment',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Changes an experiment, and its flag where variants or the percentage are given: `EXPERIMENT_UPDATE` guards those. Deleting one leaves its ' +
    'flag as it is.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'What is to be changed of an experiment. What is not given stays.',
  argumentDescription: 'What is to be changed.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The experiment'),
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
  toCommand: (_context, { id, ...fields }): UpdateExperimentData => {
    const values = Object.entries(fields).filter(([key, value]) => value !== undefined && (value !== null || clearableFields.has(key)))
    // Dates as JSON writes them, so that a stored request reads as the input does.
    return { id, ...(toJsonValue(Object.fromEntries(values)) as UpdateValues) }
  },
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
      ...(fieldErrors.length > 0 ? [] : await validateMetricNames(tx, experiment.projectId, values, true)),
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
  reload: reloadExperiment,
})
