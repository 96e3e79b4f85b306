import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject, isObject } from '../../../platform/json.ts'
import { planningEvents } from '../../events/planningEvents.ts'
import { lockFlagByKey } from '../../featureFlags/data/createFlag.ts'
import { completeFlag } from '../../featureFlags/data/newFlagRules.ts'
import type { VariantInput } from '../../featureFlags/rules/typedFilters.ts'
import { validateFlagKey } from '../../featureFlags/rules/validateFlag.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { metricUuid } from '../../metrics/rules/parseMetric.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { findHoldout, holdoutState, validateHoldout } from '../data/holdouts.ts'
import { linkMetadata } from '../data/metricLinks.ts'
import { planCreate, projectDefaults } from '../data/planCreate.ts'
import { noDefinition, readDefinition, uuidsOf } from '../data/readDefinition.ts'
import { validateMetricNames } from '../data/unknownNames.ts'
import { validateExperimentFlag } from '../data/validateExperimentFlag.ts'
import { definitionInput } from '../definitionInputs.ts'
import { ExperimentType, experimentMutation } from '../Experiment.ts'
import { experimentInput } from '../experimentInput.ts'
import { baselineKeyOf, namedBaseline, validateBaselineKey, validateExcludedKeys, withBaseline } from '../rules/baseline.ts'
import { findDoubleInputs } from '../rules/definitionInput.ts'
import { firstPercentage, flagForExperiment } from '../rules/flagForExperiment.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { applyExposureDefaults, applyStatsDefaults, validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { normalizeVariants, toFilterVariants, toWebVariants, validateVariants } from '../rules/variantInputs.ts'

defineMutation({
  ...experimentMutation,
  name: 'createExperiment',
  description:
    'Creates an experiment, and its flag if the project has none with that key: both or neither. A `FEATURE_FLAG_UPDATE` policy guards ' +
    'the percentages of a new flag. If the new flag starts on, an `EXPERIMENT_LAUNCH` policy guards that. Without such a policy, a ' +
    '`FEATURE_FLAG_ENABLE` policy does.',
  errors: ['gate', 'validation'],
  inputDescription: 'A new experiment.',
  argumentDescription: 'The experiment.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the experiment'),
    name: t.string({ required: true, description: 'The name of the experiment: 1 to 400 characters. It need not be unique.' }),
    featureFlagKey: t.string({
      required: true,
      description:
        'The key of its flag: 1 to 400 letters, digits, hyphens and underscores. If the project has a flag with this key, it is used as ' +
        'it is: then `variants` and `rolloutPercentage` are errors, and `holdoutId` is one unless the flag has that holdout. The flag must ' +
        'have two variants or more, one of them the baseline. Otherwise a flag is created, switched off for a draft.',
    }),
    description: t.string({ description: 'What the experiment is about: at most 3,000 characters.' }),
    baselineVariantKey: t.string({
      description:
        'The key of the variant that the others are compared to: one of the variants of the flag. Default, also for null: the ' +
        '`baseline_variant_key` of `statsConfig`, or `control`.',
    }),
    excludedVariantKeys: t.stringList({
      description:
        'The keys of the variants that results leave out: at most 18. The baseline and a test variant must remain. Default, also for null: none.',
    }),
    type: t.field({ type: ExperimentType, description: 'How the experiment changes what people see. Default: `PRODUCT`.' }),
    ...experimentInput(t, {
      variants:
        'The variants of a new flag: 2 to 20, one of them the baseline. Default, also for null and an empty list: `control` and `test`, ' +
        'half each.',
      rolloutPercentage: 'The share of people who enter the experiment, in percent, for a new flag: 0 to 100. Default, also for null: 100.',
      metrics:
        'Its primary metrics, in the form of the REST API: at most 100 objects of kind `ExperimentMetric` and type mean, funnel, ratio ' +
        'or retention. A metric with a missing or repeated `uuid` gets a new one.',
      metricsSecondary: 'Its secondary metrics, in the same form: at most 100.',
      statsConfig:
        'How the results are computed: `method` (bayesian or frequentist), `baseline_variant_key` and more. Missing keys get the ' +
        'defaults of the project.',
      exposureCriteria: 'Which people count as exposed. `filterTestAccounts` is true by default.',
    }),
    holdoutId: t.id({
      description: 'The holdout whose people do not enter the experiment: its global id or number. Default, also for null: no holdout.',
    }),
    startDate: t.field({
      type: 'DateTime',
      description: 'When the experiment started. Without it, the experiment is a draft. With it, a new flag is switched on.',
    }),
    endDate: t.field({ type: 'DateTime', description: 'When the experiment ended. Must be after the start.' }),
    allowUnknownEvents: t.boolean({ description: 'Whether metrics may use events that the project never sent. Default: false.' }),
    ...definitionInput(t, {
      primaryMetrics: 'Default, also for null: none.',
      savedMetrics: 'Default, also for null: none.',
      exposure: 'Default, also for null: `{}`.',
      statistics: 'Default, also for null: `{}`. The settings that the project has then are stored.',
      onlyCountMaturedPersons: 'Default, also for null: the setting of the project.',
      tags: 'Default, also for null: none.',
    }),
  }),
  toCommand: (_context, input) => ({
    ...checkedOnce(input),
    description: input.description ?? '',
    baselineVariantKey: input.baselineVariantKey ?? null,
    excludedVariantKeys: input.excludedVariantKeys ?? null,
    type: input.type ?? 'product',
    variants: (input.variants ?? null) as VariantInput[] | null,
    rolloutPercentage: input.rolloutPercentage ?? null,
    metrics: (input.metrics ?? []) as Prisma.JsonValue[],
    metricsSecondary: (input.metricsSecondary ?? []) as Prisma.JsonValue[],
    statsConfig: (input.statsConfig ?? null) as Prisma.JsonValue,
    exposureCriteria: (input.exposureCriteria ?? null) as Prisma.JsonValue,
    holdoutId: input.holdoutId ?? null,
    // RFC 3339 text, because a change request stores the input as JSON.
    startDate: input.startDate?.toISOString() ?? null,
    endDate: input.endDate?.toISOString() ?? null,
    allowUnknownEvents: input.allowUnknownEvents ?? false,
  }),
  plan: async (tx, actor, input, newUuid, eventsElsewhere) => {
    const project = await findWritableProject(tx, actor, input.projectId)
    const startDate = input.startDate === null ? null : new Date(input.startDate)
    const endDate = input.endDate === null ? null : new Date(input.endDate)
    const holdout = input.holdoutId === null ? null : await findHoldout(tx, project.id, input.holdoutId)
    const existing = await lockFlagByKey(tx, project.id, input.featureFlagKey)
    const { rolloutPercentage } = input
    const baselineVariantKey = input.baselineVariantKey ?? undefined
    const statsConfig = withBaseline(input.statsConfig, baselineVariantKey)
    const baselineKey = baselineKeyOf(statsConfig)
    // A baseline that the input names is checked where it is named.
    const requiredKey = namedBaseline(statsConfig) === null ? baselineKey : null
    // An empty list stands for the default.
    const variants = input.variants?.length ? normalizeVariants(input.variants, baselineKey) : null
    const excluded = [...new Set(input.excludedVariantKeys ?? [])]
    const newFlag = flagForExperiment({ experimentName: input.name, variants, rolloutPercentage: rolloutPercentage ?? 100, holdout })
    const { filters } = existing ?? newFlag
    const servedVariants = getVariants(filters)
    const servedKeys = servedVariants.map(({ key }) => key)
    assertValid([
      ...validateExperiment({ ...input, rolloutPercentage: rolloutPercentage ?? undefined }),
      ...(existing === null ? validateFlagKey(['featureFlagKey'], input.featureFlagKey) : []),
      ...(variants === null ? [] : validateVariants(variants, requiredKey)),
      ...(existing === null ? [] : await validateExperimentFlag(tx, existing.filters, requiredKey, ['featureFlagKey'])),
      ...(existing === null ? [] : findUnusedInputs(existing, { variants, rolloutPercentage, holdoutId: holdout?.id ?? null })),
      ...validateBaselineKey({ baselineVariantKey, statsConfig: input.statsConfig }, servedKeys),
      ...validateExcludedKeys(['excludedVariantKeys'], excluded, servedKeys, baselineKey),
      ...validateStatsConfig(input.statsConfig, servedKeys),
      ...validateDates(startDate, endDate),
      ...validateHoldout(input.holdoutId, holdout, existing === null),
    ])
    const events = input.allowUnknownEvents ? null : planningEvents(tx, project, eventsElsewhere)
    const { fieldErrors, values } = await readDefinition(tx, project.id, input, noDefinition, input, events, newUuid)
    assertValid([...fieldErrors, ...(await validateMetricNames(tx, project.id, input, events))])

    const { links = [], primaryMetricsOrderedUuids, secondaryMetricsOrderedUuids, tags } = values
    const typed = { metrics: values.metrics?.filter(isObject), metricsSecondary: values.metricsSecondary?.filter(isObject) }
    const reserved = [...uuidsOf(links), ...(typed.metrics ?? []).map(metricUuid), ...(typed.metricsSecondary ?? []).map(metricUuid)]
    const [metrics, metricsSecondary] = assignMetricIds(input.metrics, input.metricsSecondary, new Set(reserved), newUuid)
    return planCreate(actor, {
      project,
      needsLabels: true,
      flag:
        existing ??
        (await completeFlag(tx, project, { projectId: project.id, key: input.featureFlagKey, active: startDate !== null, ...newFlag }, [
          'featureFlagKey',
        ])),
      columns: {
        name: input.name,
        description: input.description,
        type: input.type,
        startDate,
        endDate,
        holdoutId: holdout?.id ?? null,
        parameters: {
          feature_flag_variants: toFilterVariants(servedVariants),
          rollout_percentage: firstPercentage(asObject(filters)?.groups),
          ...(excluded.length === 0 ? {} : { excluded_variants: excluded }),
        },
        ...(input.type === 'web' ? { variants: toWebVariants(servedVariants) } : {}),
        metrics: (typed.metrics as Prisma.InputJsonObject[] | undefined) ?? metrics,
        metricsSecondary: (typed.metricsSecondary as Prisma.InputJsonObject[] | undefined) ?? metricsSecondary,
        ...(primaryMetricsOrderedUuids === undefined ? {} : { primaryMetricsOrderedUuids }),
        ...(secondaryMetricsOrderedUuids === undefined ? {} : { secondaryMetricsOrderedUuids }),
        statsConfig: applyStatsDefaults(
          values.statsConfig === undefined ? statsConfig : withBaseline(values.statsConfig, baselineVariantKey),
          project,
        ),
        exposureCriteria: applyExposureDefaults(values.exposureCriteria ?? input.exposureCriteria),
        onlyCountMaturedUsers: values.onlyCountMaturedUsers ?? project.defaultOnlyCountMaturedUsers,
        ...(tags === undefined ? {} : { tags }),
      },
      savedMetrics: links.map((link) => ({ savedMetric: link.savedMetric, metadata: linkMetadata(link) })),
      rows: [projectDefaults(project), ...(holdout === null ? [] : [holdoutState(holdout)])],
    })
  },
})

/** @throws ValidationError when the input says something twice */
function checkedOnce<Input extends object>(input: Input): Input {
  assertValid(findDoubleInputs(input))
  return input
}

/** The flag is used as it is, so what would change it is an error. */
function findUnusedInputs(
  { filters }: FeatureFlag,
  { variants, rolloutPercentage, holdoutId }: { variants: unknown; rolloutPercentage: number | null; holdoutId: number | null },
): FieldError[] {
  const unused = (field: string) =>
    fieldError([field], 'The project has a flag with this key, which is used as it is. Leave this field out, or pick a different key.')
  return [
    ...(variants === null ? [] : [unused('variants')]),
    ...(rolloutPercentage === null ? [] : [unused('rolloutPercentage')]),
    ...(holdoutId === null || asObject(asObject(filters)?.holdout)?.id === holdoutId ? [] : [unused('holdoutId')]),
  ]
}
