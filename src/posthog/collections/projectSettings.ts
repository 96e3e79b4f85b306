import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { Project } from '../../database/generated/client.ts'
import * as field from '../rows/fields.ts'

// The settings of a project: an object of `/api/projects/N/`, and its evaluation contexts of `/default_evaluation_contexts/`. The project that
// is imported into has one of each, so that their id does not matter. What is missing, or null, stays as it is.

const level = 'must be a number from 0.5 to 0.99 with at most two decimals'
const timezone = z.string('must be the name of a time zone').refine(isTimezone, 'must be an IANA time zone, such as Europe/Berlin')

/** A row of `/api/projects/N/`. `require_tags` and `flag_matching_version` are of this service alone. */
export const projectSettingsSchema = z
  .object(
    {
      timezone: timezone.nullish(),
      flags_persistence_default: field.boolean.nullish(),
      require_evaluation_contexts: field.boolean.nullish(),
      require_tags: field.boolean.nullish(),
      default_experiment_stats_method: field.enumValue({ bayesian: 'bayesian', frequentist: 'frequentist' }).nullish(),
      // PostHog prints decimals as text.
      default_experiment_confidence_level: z
        .union([z.number(), z.string().transform(Number)], level)
        .refine((value) => value >= 0.5 && value <= 0.99 && Number(value.toFixed(2)) === value, level)
        .nullish(),
      default_only_count_matured_users: field.boolean.nullish(),
      test_account_filters: field.jsonList.nullish(),
      flag_matching_version: z.literal([1, 2], 'must be 1 or 2').nullish(),
    },
    'it must be an object: a project',
  )
  .transform((row) => ({ id: 'settings', ...row }))

export type ProjectSettingsJson = z.infer<typeof projectSettingsSchema>

export function looksLikeSettings(row: Readonly<Record<string, unknown>>): boolean {
  return ['flags_persistence_default', 'test_account_filters', 'default_experiment_stats_method'].some((name) => name in row)
}

/** A time zone of a place. Temporal also accepts offsets such as +02:00, which have no daylight-saving time. */
export function isTimezone(text: string): boolean {
  try {
    return /^[A-Za-z]/.test(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId)
  } catch {
    return false
  }
}

/** The columns of a project that a row of settings sets. */
export function projectColumns(row: ProjectSettingsJson) {
  const given = {
    timezone: row.timezone,
    flagsPersistenceDefault: row.flags_persistence_default,
    requireEvaluationContexts: row.require_evaluation_contexts,
    requireTags: row.require_tags,
    defaultExperimentStatsMethod: row.default_experiment_stats_method,
    defaultExperimentConfidenceLevel: row.default_experiment_confidence_level,
    defaultOnlyCountMaturedUsers: row.default_only_count_matured_users,
    testAccountFilters: row.test_account_filters,
    matchingVersion: row.flag_matching_version,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)) as {
    [Column in keyof typeof given]?: NonNullable<(typeof given)[Column]>
  }
}

/** The settings of a project as a row. Its name is not among them: who imports it names the project. */
export function settingsToJson(project: Project): Record<string, unknown> {
  return {
    timezone: project.timezone,
    flags_persistence_default: project.flagsPersistenceDefault,
    require_evaluation_contexts: project.requireEvaluationContexts,
    require_tags: project.requireTags,
    default_experiment_stats_method: project.defaultExperimentStatsMethod,
    default_experiment_confidence_level:
      project.defaultExperimentConfidenceLevel === null ? null : Number(project.defaultExperimentConfidenceLevel),
    default_only_count_matured_users: project.defaultOnlyCountMaturedUsers,
    test_account_filters: project.testAccountFilters,
    flag_matching_version: project.matchingVersion,
  }
}

const contextName = field.boundedText(1, 255)

/** The answer of `/default_evaluation_contexts/`: the names of all contexts, and which of them new flags get. */
export const contextsSchema = z
  .object(
    {
      default_evaluation_contexts: field.withDefault(
        z.array(z.looseObject({ name: contextName }, 'must be a list of objects with a name'), 'must be a list'),
        null,
      ),
      available_contexts: field.withDefault(z.array(contextName, 'must be a list of names'), []),
    },
    'it must be an object: the evaluation contexts of a project',
  )
  .transform((row) => ({ id: 'contexts', ...row }))

export type ContextsJson = z.infer<typeof contextsSchema>

export function looksLikeContexts(row: Readonly<Record<string, unknown>>): boolean {
  return 'available_contexts' in row || 'default_evaluation_contexts' in row
}

export function contextsToJson(contexts: readonly { name: string; isDefault: boolean }[]): Record<string, unknown> {
  return {
    default_evaluation_contexts: contexts.filter(({ isDefault }) => isDefault).map(({ name }) => ({ name })),
    available_contexts: contexts.map(({ name }) => name),
  }
}
