import type { JsonObject } from '../../../../src/platform/json.ts'
import type { Authored } from './rows.ts'
import type { Micros } from './time.ts'

export interface Policy extends Authored {
  id: string
  organization: string
  /** Null for a policy of the organization. The API neither shows nor takes these. */
  team_id: number | null
  action_key: string
  conditions: JsonObject
  approver_config: { quorum: number; users: number[]; roles: string[] }
  allow_self_approve: boolean
  bypass_org_membership_levels: number[]
  bypass_roles: string[]
  expires_after: Micros
  enabled: boolean
  updated_at: Micros
}

export interface Vote {
  id: string
  created_by: number
  decision: 'approved' | 'rejected'
  reason: string
  created_at: Micros
}

export interface ChangeRequest extends Authored {
  id: string
  team_id: number
  action_key: string
  resource_type: 'feature_flag' | 'experiment_holdout'
  resource_id: string | null
  owner_kind: string | null
  intent: JsonObject
  intent_display: JsonObject
  policy_snapshot: JsonObject & { quorum: number; users: number[]; roles: string[]; allow_self_approve: boolean }
  validation_status: 'valid' | 'invalid' | 'stale' | 'expired'
  validation_errors: JsonObject | null
  validated_at: Micros | null
  state: 'pending' | 'approved' | 'applied' | 'rejected' | 'expired' | 'failed'
  applied_by: number | null
  updated_at: Micros
  expires_at: Micros
  applied_at: Micros | null
  apply_error: string
  result_data: JsonObject | null
  approvals: Vote[]
}
