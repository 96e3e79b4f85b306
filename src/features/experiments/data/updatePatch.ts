import { Prisma } from '../../../database/generated/client.ts'
import { fieldsOf } from '../../featureFlags/rules/filterValues.ts'
import { fingerprinted } from '../rules/fingerprint.ts'
import { withIds } from '../rules/metricIds.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import { filterPayloads, filterVariants, type GivenVariant, normalisedVariants } from '../rules/variantInputs.ts'
import type { ExperimentPatch } from './planUpdate.ts'
import type { Row, UpdateValues } from './updateValues.ts'

// What an update makes of an experiment's columns, and of its flag's filters.

export function columnsOf({
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
export function mirrored(
  { parameters }: Row,
  { variants, rolloutPercentage }: UpdateValues,
  filters: Prisma.InputJsonObject,
): ExperimentPatch {
  if (variants === undefined && rolloutPercentage === undefined) return {}
  return {
    parameters: {
      ...(fieldsOf(parameters) ?? {}),
      feature_flag_variants: fieldsOf(filters.multivariate)?.variants ?? [],
      ...(rolloutPercentage === undefined ? {} : { rollout_percentage: rolloutPercentage }),
    } as Prisma.InputJsonObject,
  }
}

/** The metrics, where they or what their numbers depend on is set. */
export function metricsOf(experiment: Row, given: UpdateValues, startDate: Date | null): ExperimentPatch {
  const depends = ['metrics', 'metricsSecondary', 'statsConfig', 'exposureCriteria', 'startDate'] as const
  if (hasLegacyMetrics(experiment) || depends.every((key) => given[key] === undefined)) return {}
  const list = (metrics: unknown): unknown[] => (Array.isArray(metrics) ? metrics : [])
  const [metrics, metricsSecondary] = withIds(
    given.metrics ?? list(experiment.metrics),
    given.metricsSecondary ?? list(experiment.metricsSecondary),
    new Set(),
  )
  const setting = {
    startDate,
    statsConfig: given.statsConfig ?? experiment.statsConfig,
    exposureCriteria: given.exposureCriteria ?? experiment.exposureCriteria,
    onlyCountMaturedUsers: experiment.onlyCountMaturedUsers,
  }
  return { metrics: fingerprinted(metrics, setting), metricsSecondary: fingerprinted(metricsSecondary, setting) }
}

export function changedDates({ startDate, endDate }: Row, dates: { startDate: Date | null; endDate: Date | null }): ExperimentPatch {
  return {
    ...(startDate?.getTime() === dates.startDate?.getTime() ? {} : { startDate: dates.startDate }),
    ...(endDate?.getTime() === dates.endDate?.getTime() ? {} : { endDate: dates.endDate }),
  }
}

/** The flag's filters with the variants and the percentage that are given; the percentage goes into the first condition set. */
export function filtersAfter(
  stored: unknown,
  { variants, rolloutPercentage }: UpdateValues,
): { filters: Prisma.InputJsonObject; given: string[] } {
  const fields = fieldsOf(stored) ?? {}
  const [first, ...others] = Array.isArray(fields.groups) ? (fields.groups as unknown[]) : []
  const payloads = variants === undefined ? null : filterPayloads(variants)
  const replaced = {
    ...(variants === undefined ? {} : { multivariate: { ...(fieldsOf(fields.multivariate) ?? {}), variants: filterVariants(variants) } }),
    ...(variants === undefined || (payloads === null && fields.payloads == null)
      ? {}
      : { payloads: { ...keptPayloads(fields.payloads, variants), ...payloads } }),
    ...(rolloutPercentage === undefined
      ? {}
      : { groups: [{ properties: [], ...(fieldsOf(first) ?? {}), rollout_percentage: rolloutPercentage }, ...others] }),
  }
  return { filters: { ...fields, ...replaced } as Prisma.InputJsonObject, given: Object.keys(replaced) }
}

/** A variant that is given without a payload keeps the one it has. */
function keptPayloads(stored: unknown, variants: readonly GivenVariant[]): Record<string, unknown> {
  const keys = new Set(normalisedVariants(variants).map(({ key }) => key))
  return Object.fromEntries(Object.entries(fieldsOf(stored) ?? {}).filter(([key]) => keys.has(key)))
}
