import { z } from 'zod'
import { isObject, type JsonObject } from '../../../platform/json.ts'
import * as field from '../../rows/fields.ts'

// Policies and change requests of PostHog, as they are shown here. They are decided there.

const actions = [
  ...(['feature_flag.enable', 'feature_flag.disable', 'feature_flag.update', 'feature_flag.delete'] as const),
  ...(['experiment.launch', 'experiment.pause', 'experiment.update'] as const),
  ...(['experiment_holdout.update', 'experiment_holdout.delete'] as const),
] as const
const actionKey = z.enum(actions, 'must be an action that this service knows').transform((key) => key.replace('.', '_').toUpperCase())

/** A duration as Django prints it: `14 00:00:00`. In seconds. Null for another text. */
export function parseDuration(text: string): number | null {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d{1,6}) )?(\d{1,2}):(\d\d):(\d\d)(?:\.\d+)?$/.exec(text) ?? []
  if (hours === undefined) return null
  return Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
}

const duration = z
  .string('must be a duration such as 14 00:00:00')
  .transform(parseDuration)
  .refine((seconds) => seconds !== null && seconds >= 1 && seconds <= 2_147_483_647, 'must be a duration such as 14 00:00:00')
  .transform((seconds) => seconds ?? 1)

const userIds = z.array(z.number()).nullish().catch([])
const roleIds = z.array(field.uuid).nullish().catch([])

export const policySchema = z.object(
  {
    id: field.uuid,
    action_key: actionKey,
    conditions: field.withDefault(field.jsonObject, {}),
    approver_config: z.object({ quorum: z.int().min(1).max(1_000), users: userIds, roles: roleIds }, 'must be an object with a quorum'),
    allow_self_approve: field.withDefault(field.boolean, false),
    bypass_org_membership_levels: z
      .array(z.coerce.number())
      .nullish()
      .catch([])
      .transform((levels) => (levels ?? []).filter((level) => [1, 8, 15].includes(level))),
    bypass_roles: roleIds,
    expires_after: field.withDefault(duration, 1_209_600),
    enabled: field.withDefault(field.boolean, true),
    created_by: field.person,
    created_at: field.optionalTimestamp,
    updated_at: field.optionalTimestamp,
  },
  'it must be an object: an approval policy',
)

export type PolicyJson = z.infer<typeof policySchema>

const states = ['pending', 'approved', 'applied', 'rejected', 'expired', 'failed'] as const

export const changeRequestSchema = z.object(
  {
    id: field.uuid,
    action_key: actionKey,
    resource_type: z.string('must be text').transform((type) => resourceTypes[type] ?? null),
    resource_id: z.union([z.string(), z.number()]).nullish().catch(null),
    intent_display: z.unknown(),
    policy_snapshot: z.unknown(),
    validation_status: z.string().nullish().catch(null),
    state: z.enum(states, `must be one of ${states.join(', ')}`),
    created_by: field.person,
    applied_by: field.person,
    created_at: field.timestamp,
    updated_at: field.withDefault(field.timestamp, null),
    expires_at: field.withDefault(field.timestamp, null),
    applied_at: field.withDefault(field.timestamp, null),
    apply_error: field.withDefault(field.text, null),
    result_data: z.unknown(),
    approvals: field.withDefault(
      z.array(
        z.object({
          created_by: field.person,
          decision: z.enum(['approved', 'rejected']),
          reason: field.withDefault(field.text, ''),
          created_at: field.optionalTimestamp,
        }),
        'must be a list of votes',
      ),
      [],
    ),
  },
  'it must be an object: a change request',
)

export type ChangeRequestJson = z.infer<typeof changeRequestSchema>

const resourceTypes: Readonly<Record<string, 'FEATURE_FLAG' | 'EXPERIMENT' | 'EXPERIMENT_HOLDOUT'>> = {
  feature_flag: 'FEATURE_FLAG',
  experiment: 'EXPERIMENT',
  experiment_holdout: 'EXPERIMENT_HOLDOUT',
  holdout: 'EXPERIMENT_HOLDOUT',
}

/** The state of a request here. PostHog has none for a cancelled one: it is rejected, by a vote of its own requester alone. */
export function requestState({ state, approvals, created_by: requester }: Pick<ChangeRequestJson, 'state' | 'approvals' | 'created_by'>) {
  const rejections = approvals.filter(({ decision }) => decision === 'rejected')
  const isCanceled = requester != null && rejections.length > 0 && rejections.every((vote) => vote.created_by?.email === requester.email)
  if (state === 'rejected' && isCanceled) return 'CANCELED' as const
  return state.toUpperCase() as Uppercase<typeof state>
}

/** The shown parts of what a request would do. */
export function requestIntent(display: unknown): { description: string; before: JsonObject; after: JsonObject } {
  const { description, before, after } = isObject(display) ? display : {}
  return {
    description: typeof description === 'string' ? description : '',
    before: isObject(before) ? before : {},
    after: isObject(after) ? after : {},
  }
}

/** The version that a request made. Null if it says none. */
export function resultVersion(result: unknown): number | null {
  const version = isObject(result) ? result.resource_version : null
  return field.positiveInteger.safeParse(version).data ?? null
}
