import type { JsonObject } from '../../../../src/platform/json.ts'
import type { Micros } from './time.ts'

// The rows have the names of the answers. Dates are microseconds, and people are their ids.

export interface Organization {
  id: string
  name: string
  /** Paid features. */
  approvals: boolean
  auditLogs: boolean
  /** Whether reads show evaluation contexts. They are real on answers to writes anyway. */
  evaluationContexts: boolean
}

export interface Project {
  id: number
  uuid: string
  organization: string
  name: string
  timezone: string
  flags_persistence_default: boolean
  require_evaluation_contexts: boolean
  default_evaluation_contexts_enabled: boolean
  default_evaluation_contexts: string[]
  hidden_contexts: string[]
  /** Requests of the flags list with a key. */
  local_evaluation_requests: number
}

export interface User {
  id: number
  uuid: string
  distinct_id: string | null
  first_name: string
  last_name: string
  email: string
  is_email_verified: boolean | null
  role_at_organization: string | null
  is_active: boolean
  is_bot: boolean
  current_project: number
  /** What this person may not see: `feature_flag:41`, or `feature_flag` for all of them. */
  hidden: Set<string>
  /** What this person may see and not change. */
  readOnly: Set<string>
}

export interface Member {
  id: string
  organization: string
  user: number
  level: number
  joined_at: Micros
  updated_at: Micros
  last_login: Micros | null
  is_guest: boolean
}

export interface Role {
  id: string
  organization: string
  name: string
  created_at: Micros
  created_by: number | null
  is_default: boolean
  members: { id: string; user: number; joined_at: Micros; updated_at: Micros }[]
}

export interface Key {
  token: string
  user: number
  scopes: readonly string[]
  scoped_teams: readonly number[]
  scoped_organizations: readonly string[]
  revoked: boolean
}

export interface Flag {
  id: number
  team_id: number
  key: string
  name: string
  /** Never changed in place: generated flags share it. */
  filters: JsonObject
  deleted: boolean
  active: boolean
  archived: boolean
  version: number | null
  created_at: Micros
  updated_at: Micros | null
  created_by: number | null
  last_modified_by: number | null
  ensure_experience_continuity: boolean | null
  evaluation_runtime: string | null
  bucketing_identifier: string | null
  evaluation_contexts: readonly string[]
  tags: readonly string[]
  is_remote_configuration: boolean | null
  has_encrypted_payloads: boolean | null
  last_called_at: Micros | null
  is_used_in_replay_settings: boolean
  /** Early access features. */
  features: readonly JsonObject[]
  /** What the flag is an inner part of. Such a flag is never listed. */
  internal: 'survey' | 'product_tour' | null
}

export interface Experiment {
  id: number
  team_id: number
  name: string
  description: string | null
  type: string | null
  start_date: Micros | null
  end_date: Micros | null
  feature_flag_id: number
  feature_flag_auto_archived: boolean
  parameters: JsonObject | null
  running_time_calculation: JsonObject | null
  excluded_variants: string[] | null
  holdout_id: number | null
  saved_metrics: { id: number; saved_metric: number; metadata: JsonObject; created_at: Micros }[]
  metrics: JsonObject[] | null
  metrics_secondary: JsonObject[] | null
  secondary_metrics: unknown[] | null
  filters: JsonObject | null
  stats_config: JsonObject | null
  exposure_criteria: JsonObject | null
  scheduling_config: JsonObject | null
  primary_metrics_ordered_uuids: string[] | null
  secondary_metrics_ordered_uuids: string[] | null
  only_count_matured_users: boolean
  archived: boolean
  deleted: boolean | null
  conclusion: string | null
  conclusion_comment: string | null
  exposure_cohort: number | null
  created_by: number | null
  created_at: Micros
  updated_at: Micros
}

export interface Authored {
  created_by: number | null
  created_at: Micros
}

export interface Holdout extends Authored {
  id: number
  team_id: number
  name: string
  description: string | null
  filters: JsonObject[]
  updated_at: Micros
}

export interface SavedMetric extends Authored {
  id: number
  team_id: number
  name: string
  description: string | null
  query: JsonObject
  tags: string[]
  updated_at: Micros
}

export interface Action extends Authored {
  id: number
  team_id: number
  name: string
  description: string
  steps: JsonObject[]
  deleted: boolean
  tags: string[]
  pinned_at: Micros | null
  last_calculated_at: Micros
}

export interface Survey extends Authored {
  id: string
  team_id: number
  name: string
  description: string
  type: string
  questions: unknown[]
  start_date: Micros | null
  end_date: Micros | null
  archived: boolean
  linked_flag_id: number | null
  targeting_flag: number | null
  internal_targeting_flag: number | null
  internal_response_sampling_flag: number | null
  /** A survey that a product tour made. */
  of_product_tour: boolean
}

/** One version of a prompt. */
export interface Prompt extends Authored {
  id: string
  team_id: number
  name: string
  prompt: string
  version: number
  deleted: boolean
  updated_at: Micros
}

export interface Cohort extends Authored {
  id: number
  team_id: number
  name: string
  description: string
  filters: JsonObject
  is_static: boolean
  deleted: boolean
  count: number | null
}

export interface Event {
  id: string
  team_id: number
  event: string
  timestamp: Micros
  distinct_id: string
  properties: JsonObject
}

export interface Activity {
  id: string
  team_id: number | null
  organization_id: string
  user: number | null
  was_impersonated: boolean
  is_system: boolean
  client: string | null
  ip_address: string | null
  activity: string
  scope: string
  item_id: string
  created_at: Micros
  detail: JsonObject
}

export interface HogFunction extends Authored {
  id: string
  team_id: number
  type: string
  name: string
  description: string
  enabled: boolean
  deleted: boolean
  template_id: string | null
  filters: JsonObject
  inputs: JsonObject
  updated_at: Micros
  failures: number
}
