import { type LockedExperiment, lockExperiment } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { toJsonValue } from '../../../platform/json.ts'
import { validateRemovedVariants } from '../../featureFlags/data/removedVariants.ts'
import { validateFilters } from '../../featureFlags/rules/validateFilters.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { validateMetricNames } from '../data/unknownNames.ts'
import { columnsPatch, filtersPatch, metricsPatch, parametersPatch, type UpdateValues } from '../data/updatePatch.ts'
import { ExperimentConclusion, experimentMutation } from '../Experiment.ts'
import { experimentInput } from '../experimentInput.ts'
import { validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { assertState, launchBlocker } from '../rules/lifeCycle.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import { validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { normalizeVariants, validateVariants } from '../rules/variantInputs.ts'

/** The fields that null clears. Null leaves all others as they are. */
const clearableFields = new Set(['description', 'endDate', 'conclusion', 'conclusionComment'])

/** The only fields that can be updated on an experiment with legacy metrics (experiments.md 8.2). */
const legacyFields = new Set(['name', 'description', 'endDate', 'deleted'])

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
    ...experimentInput(t, {
      variants:
        'All variants of its flag: 2 to 20, one of them `control`. Replaces the list. After the launch, the keys must stay the same. A ' +
        'variant without a payload keeps its stored payload. Null changes nothing.',
      rolloutPercentage: 'The percentage of the first condition set of its flag: 0 to 100. Null changes nothing.',
      metrics: 'All primary metrics, as in `createExperiment`, but on any events. Replaces the list. Null changes nothing.',
      metricsSecondary: 'All secondary metrics. Replaces the list. Null changes nothing.',
      statsConfig: 'How the results are computed. Replaces the whole object. Null changes nothing.',
      exposureCriteria: 'Which people count as exposed. Replaces the whole object. Null changes nothing.',
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
      ...errorIf(
        values.deleted === false && experiment.deleted && flag.deleted,
        ['deleted'],
        'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
      ),
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
      ...parametersPatch(experiment.parameters, values, filters),
      ...metricsPatch(experiment, values, dates.startDate),
      ...dates,
    }
    const flagPatch = { ...(isLaunch ? { active: true } : {}), ...(filterKeys.length > 0 ? { filters } : {}) }
    return planUpdate(actor, experiment, patch, flagPatch, { givenFilterKeys: filterKeys })
  },
})

function validateLegacyUpdate(experiment: LockedExperiment, values: object): FieldError[] {
  if (!hasLegacyMetrics(experiment)) return []
  return Object.keys(values).flatMap((key) =>
    errorIf(!legacyFields.has(key), [key], 'Experiments with legacy metrics take only name, description, endDate and deleted.'),
  )
}

/** The set of variants cannot change after the launch, so that people keep their variant. */
function validateRunningVariants(experiment: LockedExperiment, keys: readonly string[]): FieldError[] {
  if (experiment.startDate === null) return []
  const stored = getVariants(experiment.featureFlag.filters).map(({ key }) => key)
  const same = stored.length === keys.length && stored.every((key) => keys.includes(key))
  return errorIf(!same, ['variants'], "Can't update feature_flag_variants on Experiment")
}

/** Returns errors for condition sets that force a variant that no longer exists. */
function validateVariantOverrides(filters: Prisma.InputJsonObject): FieldError[] {
  const { multivariate, groups } = filters
  return validateFilters({ multivariate, groups }, {})
    .filter(({ path }) => path.at(-1) === 'variant')
    .map(({ message }) => fieldError(['variants'], message))
}
