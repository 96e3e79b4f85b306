import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Experiment, Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { fingerprintMetrics } from '../rules/fingerprint.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import { normalizeVariants, toFilterPayloads, toFilterVariants, type VariantInput } from '../rules/variantInputs.ts'
import type { ExperimentPatch } from './planUpdate.ts'

// Functions that convert an update to patches of an experiment's columns and of its flag's filters.

/** The values to set. Missing ones stay as they are. Dates are RFC 3339 strings, so that a change request can store them as JSON. */
export interface UpdateValues extends Partial<Pick<Experiment, 'name' | 'description' | 'conclusion' | 'conclusionComment' | 'deleted'>> {
  variants?: VariantInput[]
  rolloutPercentage?: number
  metrics?: Prisma.JsonValue[]
  metricsSecondary?: Prisma.JsonValue[]
  statsConfig?: Prisma.InputJsonValue
  exposureCriteria?: Prisma.InputJsonValue
  startDate?: string
  endDate?: string | null
}

const plainColumns = ['name', 'description', 'statsConfig', 'exposureCriteria', 'conclusion', 'conclusionComment', 'deleted'] as const

/** Sets the columns that hold a value as it was sent. */
export function columnsPatch(values: UpdateValues): ExperimentPatch {
  return Object.fromEntries(plainColumns.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])))
}

/** Updates the copy of the flag's variants and percentage in `parameters`, which readers of the REST API use. */
export function parametersPatch(parameters: unknown, { variants, rolloutPercentage }: UpdateValues, filters: JsonObject): ExperimentPatch {
  if (variants === undefined && rolloutPercentage === undefined) return {}
  return {
    parameters: {
      ...(asObject(parameters) ?? {}),
      feature_flag_variants: asObject(filters.multivariate)?.variants ?? [],
      ...(rolloutPercentage === undefined ? {} : { rollout_percentage: rolloutPercentage }),
    } as Prisma.InputJsonObject,
  }
}

/** Updates the metrics and their fingerprints when the update sets metrics, or values that their results depend on. */
export function metricsPatch(experiment: LockedExperiment, values: UpdateValues, startDate: Date | null): ExperimentPatch {
  const dependentFields = ['metrics', 'metricsSecondary', 'statsConfig', 'exposureCriteria', 'startDate'] as const
  if (hasLegacyMetrics(experiment) || dependentFields.every((key) => values[key] === undefined)) return {}
  const [metrics, metricsSecondary] = assignMetricIds(
    values.metrics ?? asArray(experiment.metrics) ?? [],
    values.metricsSecondary ?? asArray(experiment.metricsSecondary) ?? [],
  )
  const metricContext = {
    startDate,
    statsConfig: values.statsConfig ?? experiment.statsConfig,
    exposureCriteria: values.exposureCriteria ?? experiment.exposureCriteria,
    onlyCountMaturedUsers: experiment.onlyCountMaturedUsers,
  }
  return { metrics: fingerprintMetrics(metrics, metricContext), metricsSecondary: fingerprintMetrics(metricsSecondary, metricContext) }
}

/** Returns the flag's filters with the new variants and percentage. The percentage goes into the first condition set. */
export function filtersPatch(stored: unknown, { variants, rolloutPercentage }: UpdateValues) {
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
  }
  return { filters: { ...fields, ...replaced } as Prisma.InputJsonObject, changedKeys: Object.keys(replaced) }
}

/** Returns the stored payloads of the variants that remain. A variant without a new payload keeps its stored one. */
function retainedPayloads(stored: unknown, variants: readonly VariantInput[]): JsonObject {
  const keys = new Set(normalizeVariants(variants).map(({ key }) => key))
  return Object.fromEntries(Object.entries(asObject(stored) ?? {}).filter(([key]) => keys.has(key)))
}
