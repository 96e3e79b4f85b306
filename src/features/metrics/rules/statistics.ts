import { asObject, type JsonObject, toNearestNumber } from '../../../platform/json.ts'
import { roundDecimals } from '../../../platform/roundDecimals.ts'

// How results are computed (results.md 1, 10 to 12): the column `stats_config` as typed values, and back.

export type StatisticsMethod = 'bayesian' | 'frequentist'

export interface StatisticsValues {
  method: StatisticsMethod | null
  confidenceLevel: number | null
  cupedLookbackDays: number | null
  sequential: boolean
}

/** The settings in force: those of the experiment, then those of its project, then the defaults. */
export interface StatisticsInForce {
  method: StatisticsMethod
  confidenceLevel: number
  cupedLookbackDays: number | null
  sequential: boolean
  ofProject: boolean
}

/** The settings of a project that experiments without their own use. */
export interface ProjectStatistics {
  defaultExperimentStatsMethod: string | null
  /** A decimal number. */
  defaultExperimentConfidenceLevel: unknown
}

const methods: readonly StatisticsMethod[] = ['bayesian', 'frequentist']
export const maxLookbackDays = 30
const defaultLookbackDays = 14

/** Reads the settings in force. A value out of its bounds counts as absent. */
export function readStatistics(stored: unknown, project: ProjectStatistics): StatisticsInForce {
  const { method: storedMethod, bayesian, frequentist, cuped, sequential_testing_enabled: isSequential } = asObject(stored) ?? {}
  const method = asMethod(storedMethod)
  const inForce = method ?? asMethod(project.defaultExperimentStatsMethod) ?? 'bayesian'
  const alpha = asLevel(asObject(frequentist)?.alpha)
  const level = inForce === 'bayesian' ? asLevel(asObject(bayesian)?.ci_level) : alpha === null ? null : roundDecimals(1 - alpha, 6)
  const ofProject = project.defaultExperimentConfidenceLevel
  const { enabled, lookback_days: days } = asObject(cuped) ?? {}
  const lookback = toNearestNumber(days)
  return {
    method: inForce,
    confidenceLevel: level ?? asLevel(ofProject == null ? null : Number(ofProject)) ?? 0.95,
    cupedLookbackDays: enabled !== true ? null : isLookback(lookback) ? lookback : defaultLookbackDays,
    sequential: (asObject(frequentist)?.sequential_testing_enabled ?? isSequential) === true,
    ofProject: method === null || level === null,
  }
}

/** Returns the settings to store. What types cannot say of the stored ones stays, and so does the baseline. */
export function writeStatistics(values: StatisticsValues, stored: unknown): JsonObject {
  const { method: _, bayesian, frequentist, cuped, sequential_testing_enabled: __, ...others } = asObject(stored) ?? {}
  const { method, confidenceLevel: level, cupedLookbackDays: lookback, sequential } = values
  const { ci_level: ___, ...bayesianOthers } = asObject(bayesian) ?? {}
  const { alpha: ____, sequential_testing_enabled: _____, ...frequentistOthers } = asObject(frequentist) ?? {}
  const { enabled: ______, lookback_days: _______, ...cupedOthers } = asObject(cuped) ?? {}
  const parts = {
    bayesian: { ...bayesianOthers, ...(level === null ? {} : { ci_level: level }) },
    frequentist: {
      ...frequentistOthers,
      ...(level === null ? {} : { alpha: roundDecimals(1 - level, 6) }),
      ...(sequential ? { sequential_testing_enabled: true } : {}),
    },
    cuped: { ...cupedOthers, ...(lookback === null ? {} : { enabled: true, lookback_days: lookback }) },
  }
  const filled = Object.entries(parts).filter(([, settings]) => Object.keys(settings).length > 0)
  return { ...others, ...Object.fromEntries(filled), ...(method === null ? {} : { method }) }
}

export function isLookback(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxLookbackDays
}

function asMethod(value: unknown): StatisticsMethod | null {
  return methods.find((known) => known === value) ?? null
}

function asLevel(value: unknown): number | null {
  const level = toNearestNumber(value)
  return typeof level === 'number' && level > 0 && level < 1 ? level : null
}
