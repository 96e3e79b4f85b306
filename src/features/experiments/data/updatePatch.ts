import { isDeepStrictEqual } from 'node:util'
import type { RowState } from '../../../commands/command.ts'
import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Experiment, FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { firstPercentagePath } from '../../approvals/rules/staleness.ts'
import type { VariantInput } from '../../featureFlags/rules/typedFilters.ts'
import { fingerprintChanged, fingerprintMetrics, type MetricContext } from '../../metrics/rules/fingerprint.ts'
import { metricUuid } from '../../metrics/rules/parseMetric.ts'
import { baselineKeyOf, excludedKeysOf, withBaseline } from '../rules/baseline.ts'
import { firstPercentage, type flagHoldout } from '../rules/flagForExperiment.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import { normalizeVariants, toFilterPayloads, toFilterVariants } from '../rules/variantInputs.ts'
import type { ExperimentPatch } from './planUpdate.ts'
import type { DefinitionValues } from './readDefinition.ts'

// Functions that convert an update to patches of an experiment's columns and of its flag's filters.

/** The values to set. Missing ones stay as they are. Dates are RFC 3339 strings, so that a change request can store them as JSON. */
export interface UpdateValues
  extends Partial<Pick<Experiment, 'name' | 'description' | 'type' | 'conclusion' | 'conclusionComment' | 'deleted'>> {
  /** Null removes the name of the baseline from `statsConfig`. */
  baselineVariantKey?: string | null
  excludedVariantKeys?: string[]
  holdoutId?: string
  removeHoldout?: boolean
  variants?: VariantInput[]
  rolloutPercentage?: number
  metrics?: Prisma.JsonValue[]
  metricsSecondary?: Prisma.JsonValue[]
  statsConfig?: Prisma.InputJsonValue
  exposureCriteria?: Prisma.InputJsonValue
  startDate?: string
  endDate?: string | null
  onlyCountMaturedUsers?: boolean
  tags?: string[]
  primaryMetricsOrderedUuids?: string[]
  secondaryMetricsOrderedUuids?: string[]
}

const plainColumns = [
  ...(['name', 'description', 'type', 'statsConfig', 'exposureCriteria', 'conclusion', 'conclusionComment', 'deleted'] as const),
  ...(['onlyCountMaturedUsers', 'tags', 'primaryMetricsOrderedUuids', 'secondaryMetricsOrderedUuids'] as const),
]

/** Returns the values with the baseline in `statsConfig`, and with the keys of variants as they are stored. */
export function resolveBaseline(stored: unknown, values: UpdateValues): UpdateValues {
  const { baselineVariantKey, variants } = values
  const statsConfig = baselineVariantKey === undefined ? values.statsConfig : withBaseline(values.statsConfig ?? stored, baselineVariantKey)
  return {
    ...values,
    ...(statsConfig === undefined ? {} : { statsConfig }),
    ...(variants === undefined ? {} : { variants: normalizeVariants(variants, baselineKeyOf(statsConfig ?? stored)) }),
  }
}

/** Sets the columns that hold a value as it was sent. */
export function columnsPatch(values: UpdateValues): ExperimentPatch {
  return Object.fromEntries(plainColumns.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])))
}

/**
 * Updates `parameters`: the excluded variants, and the copy of the flag's variants and percentage, which readers of the REST API use.
 *
 * @param excluded the keys of all excluded variants after the update
 */
export function parametersPatch(
  parameters: unknown,
  { variants, rolloutPercentage }: UpdateValues,
  filters: JsonObject,
  excluded: readonly string[],
): ExperimentPatch {
  const copied = variants === undefined && rolloutPercentage === undefined ? parameters : copiedParameters(parameters, filters)
  const stored = excludedKeysOf(parameters)
  if (excluded.length !== stored.length || excluded.some((key, index) => key !== stored[index])) {
    return { parameters: { ...(asObject(copied) ?? {}), excluded_variants: [...excluded] } as Prisma.InputJsonObject }
  }
  return copied === parameters ? {} : { parameters: copied as Prisma.InputJsonObject }
}

/** Returns `parameters` with what the flag's filters say: the variants, the percentage, and the payloads if they hold a copy of those. */
export function copiedParameters(parameters: unknown, filters: JsonObject): Prisma.InputJsonObject {
  const stored = asObject(parameters) ?? {}
  return {
    ...stored,
    feature_flag_variants: asObject(filters.multivariate)?.variants ?? [],
    rollout_percentage: firstPercentage(filters.groups),
    ...(stored.feature_flag_payloads === undefined ? {} : { feature_flag_payloads: asObject(filters.payloads) ?? {} }),
  } as Prisma.InputJsonObject
}

/**
 * What `copiedParameters` read of a stored flag. A change request for it is stale if one of the values changes.
 *
 * @param changedKeys the top-level keys of the filters that the change sets itself
 */
export function copiedFlagState(
  { id, filters, hasEncryptedPayloads }: Pick<FeatureFlag, 'id' | 'filters' | 'hasEncryptedPayloads'>,
  parameters: unknown,
  changedKeys: readonly string[],
): RowState {
  const { groups, multivariate = null, payloads = null } = asObject(filters) ?? {}
  const percentage = asObject(asArray(groups)?.[0])?.rollout_percentage ?? null
  const copiesPayloads = asObject(parameters)?.feature_flag_payloads !== undefined && !hasEncryptedPayloads
  const values: readonly (readonly [key: string, path: string, before: unknown])[] = [
    ['groups', firstPercentagePath, percentage],
    ['multivariate', 'filters.multivariate', multivariate],
    ...(copiesPayloads ? [['payloads', 'filters.payloads', payloads] as const] : []),
  ]
  const read = values.flatMap(([key, path, before]) => (changedKeys.includes(key) ? [] : [[path, { before }]]))
  return { type: 'FEATURE_FLAG', id, values: Object.fromEntries(read) }
}

/** The metrics of both roles that typed fields give. */
interface TypedMetrics {
  metrics: DefinitionValues['metrics'] | undefined
  metricsSecondary: DefinitionValues['metricsSecondary'] | undefined
}

/**
 * Updates the metrics and their fingerprints when the update sets metrics, or values that their results depend on.
 *
 * @param savedUuids the UUIDs of the saved metrics of the experiment
 * @param typed the metrics that typed fields of the input give
 */
export function metricsPatch(
  experiment: LockedExperiment,
  values: UpdateValues,
  startDate: Date | null,
  savedUuids: ReadonlySet<string>,
  newUuid: () => string,
  typed: TypedMetrics,
): ExperimentPatch {
  if (typed.metrics !== undefined || typed.metricsSecondary !== undefined) {
    return typedMetricsPatch(experiment, values, startDate, savedUuids, newUuid, typed)
  }
  const dependentFields = ['metrics', 'metricsSecondary', 'statsConfig', 'exposureCriteria', 'startDate', 'onlyCountMaturedUsers'] as const
  if (hasLegacyMetrics(experiment) || dependentFields.every((key) => values[key] === undefined)) return {}
  const [metrics, metricsSecondary] = assignMetricIds(
    values.metrics ?? asArray(experiment.metrics) ?? [],
    values.metricsSecondary ?? asArray(experiment.metricsSecondary) ?? [],
    savedUuids,
    newUuid,
  )
  const metricContext = contextOf(experiment, values, startDate)
  return { metrics: fingerprintMetrics(metrics, metricContext), metricsSecondary: fingerprintMetrics(metricsSecondary, metricContext) }
}

function contextOf(experiment: LockedExperiment, values: UpdateValues, startDate: Date | null): MetricContext {
  return {
    startDate,
    statsConfig: values.statsConfig ?? experiment.statsConfig,
    exposureCriteria: values.exposureCriteria ?? experiment.exposureCriteria,
    onlyCountMaturedUsers: values.onlyCountMaturedUsers ?? experiment.onlyCountMaturedUsers,
  }
}

/** Metrics that stay as they are keep their bytes, unless what their results depend on changes. */
function typedMetricsPatch(
  experiment: LockedExperiment,
  values: UpdateValues,
  startDate: Date | null,
  savedUuids: ReadonlySet<string>,
  newUuid: () => string,
  typed: TypedMetrics,
): ExperimentPatch {
  const storedLists = [asArray(experiment.metrics) ?? [], asArray(experiment.metricsSecondary) ?? []]
  const metricContext = contextOf(experiment, values, startDate)
  const isSame = isDeepStrictEqual(metricContext, contextOf(experiment, {}, experiment.startDate))
  const typedUuids = [...(typed.metrics ?? []), ...(typed.metricsSecondary ?? [])].map(metricUuid)
  const lists = (['metrics', 'metricsSecondary'] as const).map((field, index) => {
    const raw = values[field]
    if (raw !== undefined) return assignMetricIds(raw, [], new Set([...savedUuids, ...typedUuids]), newUuid)[0]
    return typed[field] ?? storedLists[index] ?? []
  })
  const [metrics, metricsSecondary] = lists.map((list) => fingerprintChanged(list, isSame ? storedLists.flat() : [], metricContext))
  return { metrics: metrics as Prisma.InputJsonValue[], metricsSecondary: metricsSecondary as Prisma.InputJsonValue[] }
}

/**
 * Returns the flag's filters with the new variants, percentage and holdout. The percentage goes into the first condition set.
 *
 * @param holdout null for none. Undefined keeps the stored one.
 */
export function filtersPatch(
  stored: unknown,
  { variants, rolloutPercentage }: UpdateValues,
  holdout: ReturnType<typeof flagHoldout> | undefined,
) {
  const fields = asObject(stored) ?? {}
  const [first, ...others] = asArray(fields.groups) ?? []
  const payloads = variants === undefined ? null : toFilterPayloads(variants)
  const replaced = {
    ...(variants === undefined ? {} : { multivariate: { ...(asObject(fields.multivariate) ?? {}), variants: toFilterVariants(variants) } }),
    ...(variants === undefined || (payloads === null && fields.payloads == null)
      ? {}
      : { payloads: { ...retainedPayloads(fields.payloads, variants), ...payloads } }),
    ...(rolloutPercentage === undefined
      ? {}
      : { groups: [{ properties: [], ...(asObject(first) ?? {}), rollout_percentage: rolloutPercentage }, ...others] }),
    ...(holdout === undefined ? {} : { holdout }),
  }
  return { filters: { ...fields, ...replaced } as Prisma.InputJsonObject, changedKeys: Object.keys(replaced) }
}

/** Returns the stored payloads of the variants that remain. A variant without a new payload keeps its stored one. */
function retainedPayloads(stored: unknown, variants: readonly VariantInput[]): JsonObject {
  const keys = new Set(variants.map(({ key }) => key))
  return Object.fromEntries(Object.entries(asObject(stored) ?? {}).filter(([key]) => keys.has(key)))
}
