import { z } from 'zod'
import { normalizeContextNames } from '../../commands/evaluationContexts.ts'
import type { FeatureFlag } from '../../database/generated/client.ts'
import { BucketingIdentifier, EvaluationRuntime } from '../../database/generated/enums.ts'
import { hasAtMost } from '../../platform/textValidation.ts'
import * as field from './fields.ts'
import { toColumns } from './toColumns.ts'
import { toJsonPerson, toJsonTime } from './toJsonTime.ts'

/** A row of PostHog's list of feature flags (experiments.md 1.4), with defaults filled in. */
export const flagSchema = z
  .object(
    {
      id: field.positiveInteger,
      key: field.boundedText(1, 400),
      name: field.withDefault(field.text, ''),
      filters: field.jsonObject,
      deleted: field.withDefault(field.boolean, false),
      active: field.withDefault(field.boolean, true),
      archived: field.withDefault(field.boolean, false),
      // Null is what PostHog has of flags that are older than versions. It counts on from 0.
      version: field.count.nullish().transform((version) => (version === undefined ? 1 : (version ?? 0))),
      ensure_experience_continuity: field.withDefault(field.boolean, false),
      evaluation_runtime: field.withDefault(field.enumValue(EvaluationRuntime), EvaluationRuntime.all),
      bucketing_identifier: field.withDefault(field.enumValue(BucketingIdentifier), BucketingIdentifier.distinct_id),
      is_remote_configuration: field.withDefault(field.boolean, false),
      has_encrypted_payloads: field.withDefault(field.boolean, false),
      is_used_in_replay_settings: field.withDefault(field.boolean, false),
      tags: field.withDefault(field.nameList, []),
      evaluation_contexts: field.nameList.nullish(),
      /** The former name of `evaluation_contexts` in PostHog. */
      evaluation_tags: field.nameList.nullish(),
      last_called_at: field.withDefault(field.timestamp, null),
      created_by: field.person,
      last_modified_by: field.person,
      created_at: field.optionalTimestamp,
      updated_at: field.withDefault(field.timestamp, null),
    },
    'it must be an object: a feature flag',
  )
  .transform(({ evaluation_contexts, evaluation_tags, ...row }) => ({
    ...row,
    contexts: normalizeContextNames(evaluation_contexts ?? evaluation_tags ?? []),
  }))
  .superRefine((row, { addIssue }) => {
    const addFieldIssue = (field: string, message: string) => addIssue({ code: 'custom', path: [field], message })
    // Keys of older projects have dots, slashes and spaces. The rule for new keys would lose them.
    if (row.key.trim() === '') addFieldIssue('key', 'must not be blank')
    if (row.archived && row.active) addFieldIssue('archived', 'must be false while active is true')
    if (row.ensure_experience_continuity && row.bucketing_identifier === BucketingIdentifier.device_id) {
      addFieldIssue('bucketing_identifier', 'must be distinct_id while ensure_experience_continuity is true')
    }
    if (row.has_encrypted_payloads && !row.is_remote_configuration) {
      addFieldIssue('has_encrypted_payloads', 'must be false while is_remote_configuration is false')
    }
    if (row.contexts.some((name) => !hasAtMost(name, 255))) addFieldIssue('evaluation_contexts', 'must be names of at most 255 characters')
  })

export type FlagJson = z.infer<typeof flagSchema>

/** The columns of a flag from its row, without people. */
export function flagValues({ id, created_by, last_modified_by, contexts, ...columns }: FlagJson) {
  return toColumns(columns)
}

/** The row of a flag as the REST API prints it. */
export function flagToJson(stored: FeatureFlag, contexts: readonly string[], createdBy: unknown, lastModifiedBy: unknown) {
  return {
    key: stored.key,
    name: stored.name,
    filters: stored.filters,
    deleted: stored.deleted,
    active: stored.active,
    archived: stored.archived,
    version: stored.version,
    ensure_experience_continuity: stored.ensureExperienceContinuity,
    evaluation_runtime: stored.evaluationRuntime,
    bucketing_identifier: stored.bucketingIdentifier,
    is_remote_configuration: stored.isRemoteConfiguration,
    has_encrypted_payloads: stored.hasEncryptedPayloads,
    is_used_in_replay_settings: stored.isUsedInReplaySettings,
    tags: stored.tags,
    evaluation_contexts: contexts,
    last_called_at: toJsonTime(stored.lastCalledAt),
    created_by: toJsonPerson(createdBy),
    last_modified_by: toJsonPerson(lastModifiedBy),
    created_at: toJsonTime(stored.createdAt),
    updated_at: toJsonTime(stored.updatedAt),
  }
}
