import { z } from 'zod'
import { normalizeContextNames } from '../../commands/evaluationContexts.ts'
import { BucketingIdentifier, EvaluationRuntime } from '../../database/generated/enums.ts'
import { hasAtMost } from '../../platform/textValidation.ts'
import {
  boolean,
  enumField,
  jsonObject,
  optionalTimestamp,
  personField,
  plainText,
  positiveInteger,
  textField,
  timestamp,
  toColumns,
  withDefault,
} from './fields.ts'

const nameList = z.array(plainText, 'must be a list of names')

/** A row of PostHog's list of feature flags (experiments.md 1.4), with defaults filled in. */
export const flagSchema = z
  .object(
    {
      id: positiveInteger,
      key: textField(1, 400),
      name: withDefault(plainText, ''),
      filters: jsonObject,
      deleted: withDefault(boolean, false),
      active: withDefault(boolean, true),
      archived: withDefault(boolean, false),
      version: withDefault(positiveInteger, 1),
      ensure_experience_continuity: withDefault(boolean, false),
      evaluation_runtime: withDefault(enumField(EvaluationRuntime), EvaluationRuntime.all),
      bucketing_identifier: withDefault(enumField(BucketingIdentifier), BucketingIdentifier.distinct_id),
      is_remote_configuration: withDefault(boolean, false),
      has_encrypted_payloads: withDefault(boolean, false),
      tags: withDefault(nameList, []),
      evaluation_contexts: nameList.nullish(),
      /** The former name of `evaluation_contexts` in PostHog. */
      evaluation_tags: nameList.nullish(),
      last_called_at: withDefault(timestamp, null),
      created_by: personField,
      last_modified_by: personField,
      created_at: optionalTimestamp,
      updated_at: withDefault(timestamp, null),
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
export function flagValues({ id, created_by, last_modified_by, contexts, ...columns }: FlagJson) {
  return toColumns(columns)
}
