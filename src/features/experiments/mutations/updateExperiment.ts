import { lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, fieldError } from '../../../platform/fieldError.ts'
import { toJsonValue } from '../../../platform/json.ts'
import { validateRemovedVariants } from '../../featureFlags/data/removedVariants.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { validateMetricNames } from '../data/unknownNames.ts'
import { columnsPatch, datesPatch, filtersPatch, metricsPatch, parametersPatch, type UpdateValues } from '../data/updatePatch.ts'
import { validateLegacyUpdate, validateRestore, validateRunningVariants, validateVariantOverrides } from '../data/validateUpdate.ts'
import { ExperimentConclusion, experimentMutation } from '../Experiment.ts'
import { validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { assertState, launchBlocker } from '../rules/lifeCycle.ts'
import { validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { normalizeVariants, validateVariants } from '../rules/variantInputs.ts'
import { VariantInputType } from '../VariantInput.ts'

/** The fields that null clears. Null leaves all others as they are. */
const clearableFields = new Set(['description', 'endDate', 'conclusion', 'conclusionComment'])

defineMutation({
  ...experimentMutation,
  name: 'updateExperiment',
  description:
    'Changes an experiment. `variants` and `rolloutPercentage` also change its flag; an `EXPERIMENT_UPDATE` policy guards those. ' +
    'Deleting an experiment does not change its flag.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The changes to an experiment. Missing fields stay as they are.',
  argumentDescription: 'The changes.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The experiment'),
    name: t.string({ description: 'The name: 1 to 400 characters. Null changes nothing.' }),
    description: t.string({ description: 'What the experiment is about: at most 3,000 characters. Null clears it.' }),
    variants: t.field({
      type: [VariantInputType],
      description:
        'All variants of its flag: 2 to 20, one of them `control`. Replaces the list. After the launch, the keys must stay the same. A ' +
        'variant without a payload keeps its stored payload. Null changes nothing.',
    }),
    rolloutPercentage: t.float({ description: 'The percentage of the first condition set of its flag: 0 to 100. Null changes nothing.' }),
    metrics: t.field({
      type: ['JSON'],
      description: 'All primary metrics, as in `createExperiment`, but on any events. Replaces the list. Null changes nothing.',
    }),
    metricsSecondary: t.field({ type: ['JSON'], description: 'All secondary metrics. Replaces the list. Null changes nothing.' }),
    statsConfig: t.field({ type: 'JSON', description: 'How the results are computed. Replaces the whole object. Null changes nothing.' }),
    exposureCriteria: t.field({
      type: 'JSON',
      description: 'Which people count as exposed. Replaces the whole object. Null changes nothing.',
    }),
    startDate: t.field({
      type: 'DateTime',
      description: 'When the experiment started. On a draft, this launches it and switches its flag on. Null changes nothing.',
    }),
    endDate: t.field({
      type: 'DateTime',
      description: 'When the experiment ended. Must be after the start. Null clears it: the experiment has not ended.',
    }),
    conclusion: t.field({ type: ExperimentConclusion, description: 'The conclusion. Null clears it.' }),
    conclusionComment: t.string({ description: 'The reasons for the conclusion: at most 4,000 characters. Null clears them.' }),
    deleted: t.boolean({ description: 'True deletes the experiment, false restores it. The flag stays as it is. Null changes nothing.' }),
  }),
  toCommand: (_context, { id, ...fields }): UpdateValues & { id: number } => {
    const values = Object.entries(fields).filter(([key, value]) => value !== undefined && (value !== null || clearableFields.has(key)))
    // Dates become JSON text, because a change request stores the input as JSON.
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
    assertValid([
      ...validateExperiment(values),
      ...validateLegacyUpdate(experiment, values),
      ...(values.variants === undefined ? [] : validateVariants(values.variants)),
      ...validateRunningVariants(experiment, keys),
      ...errorIf(
        flag.deleted && filterKeys.length > 0,
        [values.variants === undefined ? 'rolloutPercentage' : 'variants'],
        'The feature flag of this experiment has been deleted.',
      ),
      ...(values.statsConfig === undefined ? [] : validateStatsConfig(values.statsConfig, keys)),
      ...(values.startDate === undefined && values.endDate === undefined ? [] : validateDates(dates.startDate, dates.endDate)),
      ...validateRestore(experiment, values),
      ...(isLaunch ? validateExperimentFlag(filters).map((message) => fieldError(['startDate'], message)) : []),
    ])
    assertValid([
      ...(await validateMetricNames(tx, experiment.projectId, values, true)),
      ...(values.variants === undefined ? [] : validateVariantOverrides(filters)),
      ...(values.variants === undefined ? [] : await validateRemovedVariants(tx, flag, filters, ['variants'])),
    ])
    if (isLaunch) assertState(launchBlocker(experiment, flag), experiment, flag)

    const patch = {
      ...columnsPatch(values),
      ...parametersPatch(experiment, values, filters),
      ...metricsPatch(experiment, values, dates.startDate),
      ...datesPatch(experiment, dates),
    }
    const flagPatch = { ...(isLaunch ? { active: true } : {}), ...(filterKeys.length > 0 ? { filters } : {}) }
    return planUpdate(actor, experiment, patch, flagPatch, { givenFilterKeys: filterKeys })
  },
})
