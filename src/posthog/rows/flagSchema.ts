import { z } from 'zod'
import { BucketingIdentifier, EvaluationRuntime } from '../../database/generated/enums.ts'
import { jsonObject, moment, oneOf, person, referenceId, switchable, text } from './fields.ts'

const maxVersion = 2_147_483_647
const names = z.array(z.string('must be text'), 'must be a list of names').nullish()
const version = `must be a whole number from 1 to ${maxVersion}`

/** A row of the reference's list of feature flags (experiments.md 1.4), with its defaults filled in. */
export const flagRow = z
  .object(
    {
      id: referenceId,
      key: text(1, 400),
      name: z
        .string('must be text')
        .nullish()
        .transform((name) => name ?? ''),
      filters: jsonObject,
      deleted: switchable(false),
      active: switchable(true),
      archived: switchable(false),
      version: z
        .int(version)
        .min(1, version)
        .max(maxVersion, version)
        .nullish()
        .transform((value) => value ?? 1),
      ensure_experience_continuity: switchable(false),
      evaluation_runtime: oneOf(EvaluationRuntime)
        .nullish()
        .transform((runtime) => runtime ?? EvaluationRuntime.all),
      bucketing_identifier: oneOf(BucketingIdentifier)
        .nullish()
        .transform((identifier) => identifier ?? BucketingIdentifier.distinct_id),
      is_remote_configuration: switchable(false),
      has_encrypted_payloads: switchable(false),
      tags: names.transform((tags) => tags ?? []),
      evaluation_contexts: names,
      /** What the reference called the contexts before. */
      evaluation_tags: names,
      last_called_at: moment.nullish().transform((at) => at ?? null),
      created_by: person,
      last_modified_by: person,
      created_at: moment.nullish(),
      updated_at: moment.nullish().transform((at) => at ?? null),
    },
    'it must be an object: a feature flag',
  )
  .transform(({ evaluation_contexts, evaluation_tags, ...row }) => ({
    ...row,
    contexts: contextNames(evaluation_contexts ?? evaluation_tags ?? []),
  }))
  .superRefine((row, { addIssue }) => {
    const refuse = (field: string, message: string) => addIssue({ code: 'custom', path: [field], message })
    if (!row.deleted && !/^[a-zA-Z0-9_-]+$/.test(row.key)) refuse('key', 'must have only letters, digits, hyphens and underscores')
    if (row.archived && row.active) refuse('archived', 'must be false while active is true')
    if (row.ensure_experience_continuity && row.bucketing_identifier === BucketingIdentifier.device_id) {
      refuse('bucketing_identifier', 'must be distinct_id while ensure_experience_continuity is true')
    }
    if (row.has_encrypted_payloads && !row.is_remote_configuration) {
      refuse('has_encrypted_payloads', 'must be false while is_remote_configuration is false')
    }
    if (row.contexts.some((name) => [...name].length > 255)) refuse('evaluation_contexts', 'must be names of at most 255 characters')
  })

export type FlagRow = z.infer<typeof flagRow>

/** Names of contexts are the same however they are spaced and capitalised. */
function contextNames(given: readonly string[]): string[] {
  const names = given.map((name) => name.trim().toLowerCase())
  return [...new Set(names)].filter((name) => name !== '').sort()
}

/** The columns of a flag that its row fills, people aside. */
export function flagColumns(row: FlagRow) {
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
