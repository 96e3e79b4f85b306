import { type LockedExperiment, lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Holdout, Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject, canonicalJson, toJsonValue } from '../../../platform/json.ts'
import { nameExperiments } from '../../featureFlags/data/nameExperiments.ts'
import { validateRemovedVariants } from '../../featureFlags/data/removedVariants.ts'
import { validateFilters } from '../../featureFlags/rules/validateFilters.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { idInput } from '../../projects/inputIds.ts'
import { findHoldout, holdoutState, validateHoldout } from '../data/holdouts.ts'
import { findLinks } from '../data/metricLinks.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { readDefinition, uuidsOf } from '../data/readDefinition.ts'
import { validateMetricNames } from '../data/unknownNames.ts'
import {
  columnsPatch,
  copiedFlagState,
  filtersPatch,
  metricsPatch,
  parametersPatch,
  resolveBaseline,
  type UpdateValues,
} from '../data/updatePatch.ts'
import { validateExperimentFlag } from '../data/validateExperimentFlag.ts'
import { definitionInput } from '../definitionInputs.ts'
import { ExperimentConclusion, ExperimentType, experimentMutation } from '../Experiment.ts'
import { experimentInput } from '../experimentInput.ts'
import { baselineKeyOf, baselinePath, excludedKeysOf, namedBaseline, validateBaselineKey, validateExcludedKeys } from '../rules/baseline.ts'
import { type DefinitionInput, findDoubleInputs } from '../rules/definitionInput.ts'
import { flagHoldout } from '../rules/flagForExperiment.ts'
import { assertState, launchBlocker } from '../rules/lifeCycle.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import { validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { missingBaseline, toWebVariants, validateVariants } from '../rules/variantInputs.ts'

/** The fields that null clears. Null leaves all others as they are. */
const clearableFields = new Set(['description', 'baselineVariantKey', 'endDate', 'conclusion', 'conclusionComment'])

/** The fields that also change the flag. */
const flagFields = ['variants', 'rolloutPercentage', 'holdoutId', 'removeHoldout'] as const

/** The only fields that can be updated on an experiment with legacy metrics (experiments.md 8.2). */
const legacyFields = new Set(['name', 'description', 'endDate', 'deleted'])

defineMutation({
  ...experimentMutation,
  name: 'updateExperiment',
  description:
    'Changes an experiment. `variants`, `rolloutPercentage`, `holdoutId` and `removeHoldout` also change its flag; an ' +
    '`EXPERIMENT_UPDATE` policy guards those. ' +
    'Deleting an experiment does not change its flag.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The changes to an experiment. Missing fields stay as they are.',
  argumentDescription: 'The changes.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The experiment'),
    name: t.string({ description: 'The name: 1 to 400 characters. Null changes nothing.' }),
    description: t.string({ description: 'What the experiment is about: at most 3,000 characters. Null clears it.' }),
    baselineVariantKey: t.string({
      description:
        'The key of the variant that the others are compared to: one of the variants of its flag. Null clears it: then `control` is the ' +
        'baseline. It is also the `baseline_variant_key` of `statsConfig`; give only one of them.',
    }),
    excludedVariantKeys: t.stringList({
      description:
        'The keys of all variants that results leave out: at most 18. Replaces the list. The baseline and a test variant must remain. Null changes ' +
        'nothing. A variant that `variants` removes is removed here too.',
    }),
    type: t.field({ type: ExperimentType, description: 'How the experiment changes what people see. Null changes nothing.' }),
    holdoutId: t.id({
      description:
        'The holdout whose people do not enter the experiment: its global id, or its number. Only for a draft, and only if no other ' +
        'experiment runs on the flag. Null changes nothing.',
    }),
    removeHoldout: t.boolean({
      description: 'True takes the draft out of its holdout. Not together with `holdoutId`. False and null change nothing.',
    }),
    ...experimentInput(t, {
      variants:
        'All variants of its flag: 2 to 20, one of them the baseline. Replaces the list. After the launch, the keys must stay the same. A ' +
        'variant without a payload keeps its stored payload. Null changes nothing.',
      rolloutPercentage: 'The percentage of the first condition set of its flag: 0 to 100. Null changes nothing.',
      metrics: 'All primary metrics, as in `createExperiment`, but on any events: at most 100. Replaces the list. Null changes nothing.',
      metricsSecondary: 'All secondary metrics: at most 100. Replaces the list. Null changes nothing.',
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
    ...definitionInput(t, {
      primaryMetrics: 'On any events. Replaces the list. Null changes nothing, and an empty list removes all.',
      savedMetrics: 'Replaces the list. Null changes nothing, and an empty list removes all.',
      exposure: 'Null changes nothing.',
      statistics: 'Null changes nothing.',
      onlyCountMaturedPersons: 'Null changes nothing.',
      tags: 'Replaces the list. Null changes nothing, and an empty list removes all.',
    }),
  }),
  toCommand: (_context, { id, ...fields }): UpdateValues & DefinitionInput & { id: number } => {
    assertValid(findDoubleInputs(fields))
    const values = Object.entries(fields).filter(([key, value]) => value !== undefined && (value !== null || clearableFields.has(key)))
    // Dates become JSON text, because a change request stores the input as JSON.
    return { id, ...(toJsonValue(Object.fromEntries(values)) as UpdateValues & DefinitionInput) }
  },
  plan: async (tx, actor, { id, ...given }, newUuid) => {
    const experiment = await lockExperiment(tx, actor, id, { deleted: given.deleted === false })
    const links = await findLinks(tx, id)
    const definition = await readDefinition(tx, experiment.projectId, given, { ...experiment, links }, given, null, newUuid)
    const { metrics, metricsSecondary, links: newLinks, ...columns } = definition.values
    const flag = experiment.featureFlag
    const values: UpdateValues = resolveBaseline(experiment.statsConfig, { ...given, ...columns })
    const statsConfig = values.statsConfig ?? experiment.statsConfig
    const baselineKey = baselineKeyOf(statsConfig)
    const leavesHoldout = given.removeHoldout === true
    const holdout = given.holdoutId === undefined ? null : await findHoldout(tx, experiment.projectId, given.holdoutId)
    // On a draft, a given holdout is always written, so that its flag has the percentage of today.
    const changesHoldout =
      experiment.startDate === null && (given.holdoutId !== undefined || (leavesHoldout && experiment.holdoutId !== null))
    const dates = {
      startDate: values.startDate === undefined ? experiment.startDate : new Date(values.startDate),
      endDate: values.endDate === undefined ? experiment.endDate : values.endDate === null ? null : new Date(values.endDate),
    }
    const isLaunch = experiment.startDate === null && dates.startDate !== null
    // A baseline that the input names is checked where it is named.
    const requiredKey = (given.baselineVariantKey ?? namedBaseline(given.statsConfig)) === null ? baselineKey : null
    const keys = (values.variants ?? getVariants(flag.filters)).map(({ key }) => key)
    const storedExclusions = excludedKeysOf(experiment.parameters)
    const keptExclusions = values.variants === undefined ? storedExclusions : storedExclusions.filter((key) => keys.includes(key))
    const excluded = [...new Set(given.excludedVariantKeys ?? keptExclusions)]
    const { filters, changedKeys: filterKeys } = filtersPatch(flag.filters, values, changesHoldout ? flagHoldout(holdout) : undefined)
    assertValid([
      ...validateExperiment(given),
      ...validateLegacyUpdate(experiment, given),
      ...definition.fieldErrors,
      ...(values.variants === undefined ? [] : validateVariants(values.variants, requiredKey)),
      ...validateBaselineUpdate(experiment.statsConfig, given, keys, baselineKey),
      ...validateExclusionUpdate(experiment.statsConfig, given, excluded, keys, baselineKey),
      ...validateRunningVariants(experiment, keys),
      ...errorIf(
        flag.deleted && filterKeys.length > 0,
        [flagFields.find((field) => given[field] !== undefined) ?? 'rolloutPercentage'],
        'The feature flag of this experiment has been deleted.',
      ),
      ...(given.statsConfig === undefined ? [] : validateStatsConfig(given.statsConfig, keys)),
      ...(values.startDate === undefined && values.endDate === undefined ? [] : validateDates(dates.startDate, dates.endDate)),
      ...errorIf(
        values.deleted === false && experiment.deleted && flag.deleted,
        ['deleted'],
        'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
      ),
      ...errorIf(
        experiment.endDate !== null && dates.endDate === null && flag.deleted,
        ['endDate'],
        'Cannot reopen experiment: the linked feature flag has been deleted. Restore the feature flag first, then reopen the experiment.',
      ),
    ])
    assertValid([
      ...(isLaunch ? await validateExperimentFlag(tx, filters, requiredKey, ['startDate']) : []),
      ...(await validateHoldoutUpdate(tx, experiment, given, holdout, filters)),
      ...(await validateMetricNames(tx, experiment.projectId, given, null)),
      ...(values.variants === undefined ? [] : validateVariantOverrides(filters)),
      ...(values.variants === undefined ? [] : await validateRemovedVariants(tx, flag, filters, ['variants'])),
    ])
    if (isLaunch) assertState(launchBlocker(experiment, flag), experiment, flag)

    const patch = {
      ...columnsPatch(values),
      ...parametersPatch(experiment.parameters, values, filters, excluded),
      ...(values.type === 'web' && experiment.type !== 'web' ? { variants: toWebVariants(getVariants(filters)) } : {}),
      ...(changesHoldout ? { holdoutId: holdout?.id ?? null } : {}),
      ...metricsPatch(experiment, values, dates.startDate, new Set(uuidsOf(newLinks ?? links)), newUuid, { metrics, metricsSecondary }),
      ...dates,
    }
    const flagPatch = { ...(isLaunch ? { active: true } : {}), ...(filterKeys.length > 0 ? { filters } : {}) }
    const linkChange = newLinks === undefined ? null : { before: links, after: newLinks }
    const plan = planUpdate(actor, experiment, patch, flagPatch, { givenFilterKeys: filterKeys }, linkChange)
    const copiesFlag = values.variants !== undefined || values.rolloutPercentage !== undefined || patch.variants !== undefined
    const rows = [
      ...plan.rows,
      ...(holdout === null ? [] : [holdoutState(holdout)]),
      ...(copiesFlag ? [copiedFlagState(flag, experiment.parameters, filterKeys)] : []),
    ]
    return { ...plan, rows }
  },
})

/** A baseline that is no longer named gives its place to `control`. The flag must have it, if `variants` does not say so already. */
function validateBaselineUpdate(stored: unknown, given: UpdateValues, keys: readonly string[], baselineKey: string): FieldError[] {
  const fieldErrors = validateBaselineKey(given, keys)
  const path = baselinePath(given)
  const isCleared = path !== null && (given.baselineVariantKey ?? namedBaseline(given.statsConfig)) === null
  if (fieldErrors.length > 0 || !isCleared || given.variants !== undefined || baselineKey === baselineKeyOf(stored)) return fieldErrors
  const message = missingBaseline(keys, baselineKey)
  return message === null ? [] : [fieldError(path, message)]
}

/** The excluded variants are judged when they, the variants or the baseline change. */
function validateExclusionUpdate(
  stored: unknown,
  given: UpdateValues,
  excluded: readonly string[],
  keys: readonly string[],
  baselineKey: string,
): FieldError[] {
  const ownPath = ['excludedVariantKeys']
  if (given.excludedVariantKeys !== undefined) return validateExcludedKeys(ownPath, excluded, keys, baselineKey)
  const path = given.variants !== undefined ? ['variants'] : baselineKey === baselineKeyOf(stored) ? null : baselinePath(given)
  if (path === null) return []
  return validateExcludedKeys(ownPath, excluded, keys, baselineKey).map(({ message }) => fieldError(path, message))
}

/** The holdout cannot change after a launch, of this experiment or of another one on the flag, so that people keep their variant. */
async function validateHoldoutUpdate(
  tx: Transaction,
  experiment: LockedExperiment,
  given: UpdateValues,
  holdout: Holdout | null,
  filters: Prisma.InputJsonObject,
): Promise<FieldError[]> {
  const { startDate, featureFlag: flag } = experiment
  if (given.holdoutId === undefined && given.removeHoldout !== true) return []
  const path = [given.holdoutId === undefined ? 'removeHoldout' : 'holdoutId']
  const fieldErrors = [
    ...errorIf(given.holdoutId !== undefined && given.removeHoldout === true, ['removeHoldout'], 'Not together with `holdoutId`.'),
    ...validateHoldout(given.holdoutId, holdout, startDate === null),
  ]
  if (fieldErrors.length > 0) return fieldErrors
  const changes = (holdout?.id ?? null) !== experiment.holdoutId
  if (startDate !== null) return errorIf(changes, path, "Can't update holdout on running Experiment")
  if (canonicalJson(filters.holdout) === canonicalJson(asObject(flag.filters)?.holdout)) return []
  const running = await nameExperiments(tx, flag, { id: { not: experiment.id }, startDate: { not: null }, endDate: null })
  return errorIf(running !== null, path, `Cannot change the holdout of a feature flag that is linked to running experiment(s): ${running}.`)
}

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
