import type { ReadClient } from '../../../database/client.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { type ConvertedFilters, type TypedFilters, toFilters, validateTypedFilters } from '../rules/typedFilters.ts'
import { loadConditionReferences, validateReferences } from './conditionReferences.ts'

/**
 * Converts the typed inputs of a write to filters.
 *
 * @param given the filters of the same input, which exclude typed inputs
 * @param stored the stored filters; null for a new flag
 * @throws ValidationError when they cannot be converted
 */
export async function convertTypedFilters(
  tx: ReadClient,
  projectId: number,
  typed: TypedFilters,
  given: unknown,
  stored: unknown,
): Promise<ConvertedFilters> {
  assertValid(validateTypedFilters(typed, given !== undefined))
  const references = await loadConditionReferences(tx, projectId, typed, stored)
  assertValid([
    ...validateReferences('conditions', typed.conditions, references),
    ...validateReferences('addConditions', typed.addConditions, references),
  ])
  return toFilters(typed, stored, references)
}
