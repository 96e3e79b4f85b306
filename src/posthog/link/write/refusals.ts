import {
  type DomainError,
  InvalidStateError,
  PermissionDeniedError,
  ResourceNotFoundError,
  ValidationError,
} from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { asObject, type JsonObject } from '../../../platform/json.ts'
import type { UpstreamError } from '../../../platform/upstreamError.ts'
import { messageOf } from '../../client/errors.ts'
import { inputPath } from '../operations/inputPath.ts'

/** Texts about the state of a thing, not about the input (experiments.md 10, approvals.md 11). */
const stateTexts = [
  /^Experiment (has|is|must be|cannot|does not)\b/i,
  /\balready (been|ended|paused|archived|in draft|voted)\b/i,
  /\bcan no longer be\b/i,
  /^Cannot (delete|restore|reopen|disable|archive|enable|copy)\b/i,
  /^Only pending\b/i,
  /\bdeleted\b.*\b(restore|flag)\b/i,
]

/** What a refusal is judged by besides its answer. */
interface Refused {
  input: JsonObject
  hasOwnKey: boolean
  /** What the write is about, for a sentence: `Feature flag`. */
  label: string
}

/**
 * Converts a refusal of PostHog to an error of the mutation. Null if it is no refusal, or one that needs more than its answer: conflicts and
 * approvals. Texts of PostHog about people are not passed on.
 */
export function toDomainError(error: UpstreamError, { input, hasOwnKey, label }: Refused): DomainError | null {
  const { kind, attr, code, missingScope } = error
  const text = messageOf(error.body) ?? 'PostHog does not accept the change.'
  if (kind === 'invalid') {
    if (attr === null && isStateText(text)) return new InvalidStateError(text, stateOf(text))
    return new ValidationError([fieldError(inputPath(attr, input), text, knownCode(code))])
  }
  if (kind === 'forbidden') {
    if (missingScope === null) return new PermissionDeniedError(text)
    const whose = hasOwnKey ? 'Your key' : 'The key of the project'
    const remedy = hasOwnKey
      ? 'Store another one with `storeUpstreamKey`.'
      : 'Store one of your own with `storeUpstreamKey`, or ask an admin.'
    return new PermissionDeniedError(`${whose} for PostHog lacks the scope '${missingScope}'. ${remedy}`)
  }
  if (kind === 'unauthenticated' && hasOwnKey) {
    return new PermissionDeniedError(
      'PostHog refuses your key. Store another one with `storeUpstreamKey`, or remove it with `removeUpstreamKey`.',
    )
  }
  if (kind === 'not_found') return new ResourceNotFoundError(`${label} not found in PostHog. It is gone, or the key may not see it.`)
  return null
}

export function isStateText(text: string): boolean {
  return stateTexts.some((pattern) => pattern.test(text))
}

/** The state that a text names, in capitals. */
function stateOf(text: string): string {
  const states = ['draft', 'paused', 'archived', 'ended', 'launched', 'deleted', 'expired', 'pending']
  return (states.find((state) => text.toLowerCase().includes(state)) ?? 'refused').toUpperCase()
}

/** The codes that clients know. */
function knownCode(code: string | null): string {
  return code !== null && ['required', 'unique', 'invalid_key', 'does_not_exist', 'max_length'].includes(code) ? code : 'invalid_input'
}

/** The change request that an answer names. */
export function namedRequest(error: UpstreamError): string | null {
  const body = asObject(error.body) ?? {}
  const embedded = asObject(body.change_request) ?? asObject(body.existing_change_request)
  const id = body.change_request_id ?? embedded?.id
  return typeof id === 'string' ? id : null
}

/** The policies that an answer names. */
export function namedPolicies(error: UpstreamError): string[] {
  const policies = asObject(error.body)?.conflicting_policies
  return Array.isArray(policies) ? policies.flatMap((policy) => asObject(policy)?.id ?? []).filter((id) => typeof id === 'string') : []
}
