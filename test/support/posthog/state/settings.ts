/** How this server of PostHog is set up, and how old it is. All of it can be changed while the server runs. */
export interface Settings {
  /** Rows of the list of experiments: newest servers leave the metrics out. */
  experimentList: 'light' | 'full'
  /** Whether flags can be enabled, disabled, archived and unarchived by requests of their own. */
  flagShortcuts: boolean
  /** Older servers save the flag of an experiment column by column: neither `version` nor `updated_at` of the flag moves. */
  savesFlagByColumn: boolean
  /** Older servers show holdouts to keys with `experiment:read`. */
  holdoutScope: 'experiment_holdout' | 'experiment'
  /** Newest servers have scopes of the activity log for holdouts and saved metrics. Older ones log them as experiments. */
  holdoutActivityScope: 'ExperimentHoldout' | 'Experiment'
  /** Whether unknown keys in filters are dropped. Older servers keep them. */
  strictFilters: boolean
  /** Whether this is PostHog's own service: without the paid features, approvals and the activity log answer 402. */
  hosted: boolean
  /** Whether policies `experiment.*` govern flags of experiments. Otherwise `feature_flag.*` governs all flags. */
  experimentPolicies: boolean
  /** Whether requests are counted and refused above the limits. */
  throttling: boolean
  /** The host that the server believes to have. It is part of `next`. Null for the host of the request. */
  publicOrigin: string | null
  /** Milliseconds that the clock of the application differs from the clock of the test. It stamps rows and the activity log. */
  applicationClockOffset: number
  /** Milliseconds that the clock of the `Date` header differs from the clock of the test. */
  dateHeaderOffset: number
  /** Whether the activity log is written. Writing it is best effort. */
  writesActivity: boolean
  /** Rows with equal keys come in another order with each request. */
  unstableTies: boolean
  /** Failures in a row after which a hog function is disabled. */
  hookFailureLimit: number
  /** Whether a feature flag of PostHog's own hides prompts. */
  promptsHidden: boolean
}

export const defaultSettings: Settings = {
  experimentList: 'light',
  flagShortcuts: true,
  savesFlagByColumn: false,
  holdoutScope: 'experiment_holdout',
  holdoutActivityScope: 'ExperimentHoldout',
  strictFilters: true,
  hosted: true,
  experimentPolicies: false,
  throttling: true,
  publicOrigin: null,
  applicationClockOffset: 0,
  dateHeaderOffset: 0,
  writesActivity: true,
  unstableTies: false,
  hookFailureLimit: Number.POSITIVE_INFINITY,
  promptsHidden: false,
}
