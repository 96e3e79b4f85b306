import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import { type ExperimentConclusion, Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { fingerprintMetrics } from '../rules/fingerprint.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import { normalizeVariants, toFilterPayloads, toFilterVariants, type VariantInput } from '../rules/variantInputs.ts'
import type { ExperimentPatch } from './planUpdate.ts'

// What an update makes of an experiment's columns, and of its flag's filters.

/** What is to be set; what is missing stays. Dates are RFC 3339, as a stored change request holds them. */
export interface UpdateExperimentData {
  id: number
  name?: string
  description?: string | null
  variants?: VariantInput[]
  rolloutPercentage?: number
  metrics?: Prisma.JsonValue[]
  metricsSecondary?: Prisma.JsonValue[]
  statsConfig?: Prisma.JsonValue
  exposureCriteria?: Prisma.JsonValue
  startDate?: string
  endDate?: string | null
  conclusion?: ExperimentConclusion | null
  conclusionComment?: string | null
  deleted?: boolean
}

export type UpdateValues = Omit<UpdateExperimentData, 'id'>

export function columnsPatch({
  name,
  description,
  statsConfig,
  exposureCriteria,
  conclusion,
  conclusionComment,
  deleted,
}: UpdateValues): ExperimentPatch {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(statsConfig === undefined ? {} : { statsConfig: statsConfig ?? Prisma.DbNull }),
    ...(exposureCriteria === undefined ? {} : { exposureCriteria: exposureCriteria ?? Prisma.DbNull }),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(conclusionComment === undefined ? {} : { conclusionComment }),
    ...(deleted === undefined ? {} : { deleted }),
  }
}

/** What `parameters` repeats of the flag, for readers of the REST API. */
export function parametersPatch(
  { parameters }: LockedExperiment,
  { variants, rolloutPercentage }: UpdateValues,
  filters: Prisma.InputJsonObject,
): ExperimentPatch {
  if (variants === undefined && rolloutPercentage === undefined) return {}
  return {
    parameters: {
      ...(asObject(parameters) ?? {}),
      feature_flag_variants: asObject(filters.multivariate)?.variants ?? [],
      ...(rolloutPercentage === undefined ? {} : { rollout_percentage: rolloutPercentage }),
    } as Prisma.InputJsonObject,
  }
}

/** The metrics, where they or what their numbers depend on is set. */
export function metricsPatch(experiment: LockedExperiment, values: UpdateValues, startDate: Date | null): ExperimentPatch {
  const dependentFields = ['metrics', 'metricsSecondary', 'statsConfig', 'exposureCriteria', 'startDate'] as const
  if (hasLegacyMetrics(experiment) || dependentFields.every((key) => values[key] === undefined)) return {}
  const [metrics, metricsSecondary] = assignMetricIds(
    values.metrics ?? asArray(experiment.metrics) ?? [],
    values.metricsSecondary ?? asArray(experiment.metricsSecondary) ?? [],
    new Set(),
  )
  const metricContext = {
    startDate,
    statsConfig: values.statsConfig ?? experiment.statsConfig,
    exposureCriteria: values.exposureCriteria ?? experiment.exposureCriteria,
    onlyCountMaturedUsers: experiment.onlyCountMaturedUsers,
  }
  return { metrics: fingerprintMetrics(metrics, metricContext), metricsSecondary: fingerprintMetrics(metricsSecondary, metricContext) }
}

export function datesPatch(
  { startDate, endDate }: LockedExperiment,
  dates: { startDate: Date | null; endDate: Date | null },
): ExperimentPatch {
  return {
    ...(startDate?.getTime() === dates.startDate?.getTime() ? {} : { startDate: dates.startDate }),
    ...(endDate?.getTime() === dates.endDate?.getTime() ? {} : { endDate: dates.endDate }),
  }
}

/** The flag's filters with the variants and the percentage that are given; the percentage goes into the first condition set. */
export function filtersPatch(
  stored: unknown,
  { variants, rolloutPercentage }: UpdateValues,
): { filters: Prisma.InputJsonObject; changedKeys: string[] } {
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

/** A variant that is given without a payload keeps the one it has. */
function retainedPayloads(stored: unknown, variants: readonly VariantInput[]): JsonObject {
  const keys = new Set(normalizeVariants(variants).map(({ key }) => key))
  return Object.fromEntries(Object.entries(asObject(stored) ?? {}).filter(([key]) => keys.has(key)))
}
