import { z } from 'zod'
import { normalizeContextNames } from '../../commands/evaluationContexts.ts'
import { BucketingIdentifier, EvaluationRuntime } from '../../database/generated/enums.ts'
import { hasAtMost } from '../../platform/textValidation.ts'
import { enumField, jsonObject, optionalBoolean, personField, referenceId, textField, timestamp } from './fields.ts'

const maxVersion = 2_147_483_647
const nameList = z.array(z.string('must be text'), 'must be a list of names').nullish()
const versionMessage = `must be a whole number from 1 to ${maxVersion}`

/** A row of PostHog's list of feature flags (experiments.md 1.4), with defaults filled in. */
export const flagSchema = z
  .object(
    {
      id: referenceId,
      key: textField(1, 400),
      name: z
        .string('must be text')
        .nullish()
        .transform((name) => name ?? ''),
      filters: jsonObject,
      deleted: optionalBoolean(false),
      active: optionalBoolean(true),
      archived: optionalBoolean(false),
      version: z
        .int(versionMessage)
        .min(1, versionMessage)
        .max(maxVersion, versionMessage)
        .nullish()
        .transform((value) => value ?? 1),
      ensure_experience_continuity: optionalBoolean(false),
      evaluation_runtime: enumField(EvaluationRuntime)
        .nullish()
        .transform((runtime) => runtime ?? EvaluationRuntime.all),
      bucketing_identifier: enumField(BucketingIdentifier)
        .nullish()
        .transform((identifier) => identifier ?? BucketingIdentifier.distinct_id),
      is_remote_configuration: optionalBoolean(false),
      has_encrypted_payloads: optionalBoolean(false),
      tags: nameList.transform((tags) => tags ?? []),
      evaluation_contexts: nameList,
      /** The former name of `evaluation_contexts` in PostHog. */
      evaluation_tags: nameList,
      last_called_at: timestamp.nullish().transform((at) => at ?? null),
      created_by: personField,
      last_modified_by: personField,
      created_at: timestamp.nullish(),
      updated_at: timestamp.nullish().transform((at) => at ?? null),
    },
    'it must be an object: a feature flag',
  )
  .transform(({ evaluation_contexts, evaluation_tags, ...row }) => ({
    ...row,
    contexts: normalizeContextNames(evaluation_contexts ?? evaluation_tags ?? []),
  }))
  .superRefine((row, { addIssue }) => {
    const addFieldIssue = (field: string, message: string) => addIssue({ code: 'custom', path: [field], message })
    if (!row.deleted && !/^[a-zA-Z0-9_-]+$/.test(row.key)) addFieldIssue('key', 'must have only letters, digits, hyphens and underscores')
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
export function flagValues(row: FlagJson) {
  return {
    key: row.key,
    name: row.name,
    filters: row.filters,
    deleted: row.deleted,
    active: row.active,
    archived: row.archived,
    version: row.version,
    ensureExperienceContinuity: row.ensure_experience_continuity,
    evaluationRuntime: row.evaluation_runtime,
    bucketingIdentifier: row.bucketing_identifier,
    isRemoteConfiguration: row.is_remote_configuration,
    hasEncryptedPayloads: row.has_encrypted_payloads,
    tags: row.tags,
    lastCalledAt: row.last_called_at,
    updatedAt: row.updated_at,
    ...(row.created_at ? { createdAt: row.created_at } : {}),
  }
}
