import { errorIf, type FieldError, fieldError, validateEach } from '../../../platform/fieldError.ts'
import { isDeeperThan, isObject } from '../../../platform/json.ts'
import { validateStorable } from '../../../platform/storableJson.ts'

// The rules for the settings of a project.

export const defaultStatisticsMethod = 'bayesian'
export const defaultConfidenceLevel = 0.95

const maxFilters = 100
const maxFilterBytes = 65_536
const maxFilterDepth = 50

interface SettingsInput {
  confidenceLevel?: number | null | undefined
  testAccountFilters?: unknown
  matchingVersion?: number | null | undefined
}

/** Returns the errors of new settings. Labels are checked apart. */
export function validateSettings({ confidenceLevel, testAccountFilters, matchingVersion }: SettingsInput): FieldError[] {
  // The column keeps two decimals, and a value that it would round is not what was asked for.
  const isLevel = confidenceLevel == null || (confidenceLevel >= 0.5 && confidenceLevel <= 0.99 && isHundredths(confidenceLevel))
  return [
    ...errorIf(!isLevel, ['confidenceLevel'], 'Must be a number from 0.5 to 0.99 with at most two decimals.'),
    ...(testAccountFilters == null ? [] : validateTestAccountFilters(testAccountFilters)),
    ...errorIf(matchingVersion != null && matchingVersion !== 1 && matchingVersion !== 2, ['matchingVersion'], 'Must be 1 or 2.'),
  ]
}

function isHundredths(value: number): boolean {
  return Number(value.toFixed(2)) === value
}

function validateTestAccountFilters(filters: unknown): FieldError[] {
  const path = ['testAccountFilters']
  if (!Array.isArray(filters)) return [fieldError(path, 'Must be a list of property filters.')]
  if (filters.length > maxFilters) return [fieldError(path, `Ensure this field has no more than ${maxFilters} elements.`, 'max_length')]
  if (isDeeperThan(filters, maxFilterDepth)) return [fieldError(path, `Must not be nested deeper than ${maxFilterDepth} levels.`)]
  const fieldErrors = validateStorable(path, filters, maxFilterBytes)
  if (fieldErrors.length > 0) return fieldErrors
  return validateEach(filters, (filter, index) => {
    const place = [...path, String(index)]
    if (!isObject(filter)) return [fieldError(place, 'Must be an object.')]
    const { key, type } = filter
    return [
      ...errorIf(typeof key !== 'string' || key === '', [...place, 'key'], 'This field is required.', 'required'),
      ...errorIf(type != null && typeof type !== 'string', [...place, 'type'], 'Must be text, or null.'),
    ]
  })
}
