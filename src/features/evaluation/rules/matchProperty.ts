import type { Work } from '../../../platform/regex/program.ts'
import { searchPattern } from '../../../platform/regex/regex.ts'
import type { PropertyOperatorName } from '../../featureFlags/rules/conditions.ts'
import { type DateContext, filterTime, propertyTime } from './dates.ts'
import { foldAscii, isBooleanLike, numberOf, textOf, truthOf } from './values.ts'
import { matchesVersion } from './versions.ts'

/** What a comparison depends on beside the two values. */
export interface MatchContext extends DateContext {
  /** The way in which `exact` compares booleans: 1 or 2. */
  matchingVersion: number
  work: Work
}

/** Operators that hold when the property is not given. */
const heldByAbsence: ReadonlySet<PropertyOperatorName> = new Set([
  ...(['IS_NOT', 'IS_NOT_SET', 'NOT_ICONTAINS', 'NOT_ICONTAINS_MULTI', 'NOT_STARTS_WITH'] as const),
  ...(['NOT_ENDS_WITH', 'NOT_REGEX', 'NOT_BETWEEN'] as const),
])

/**
 * Whether a filter on a property holds (evaluation.md 7). What cannot be computed does not hold.
 *
 * @param filter the value of the filter
 * @param isGiven whether the property is known
 * @param given its value
 */
export function matchesProperty(
  operator: PropertyOperatorName,
  filter: unknown,
  isGiven: boolean,
  given: unknown,
  context: MatchContext,
): boolean {
  if (operator === 'IS_SET') return isGiven
  if (operator === 'IS_NOT_SET') return !isGiven
  if (filter == null) return false
  if (!isGiven) return heldByAbsence.has(operator)
  switch (operator) {
    case 'EXACT':
      return isExact(filter, given, context) === true
    case 'IS_NOT':
      return isExact(filter, given, context) === false
    case 'ICONTAINS':
    case 'NOT_ICONTAINS':
      return compareTexts(given, [filter], (text, part) => text.includes(part), context) === (operator === 'ICONTAINS')
    case 'ICONTAINS_MULTI':
    case 'NOT_ICONTAINS_MULTI': {
      const parts: readonly unknown[] = Array.isArray(filter) ? filter : [filter]
      return compareTexts(given, parts, (text, part) => text.includes(part), context) === (operator === 'ICONTAINS_MULTI')
    }
    case 'STARTS_WITH':
    case 'NOT_STARTS_WITH':
      return compareTexts(given, [filter], (text, part) => text.startsWith(part), context) === (operator === 'STARTS_WITH')
    case 'ENDS_WITH':
    case 'NOT_ENDS_WITH':
      return compareTexts(given, [filter], (text, part) => text.endsWith(part), context) === (operator === 'ENDS_WITH')
    case 'REGEX':
    case 'NOT_REGEX':
      return finds(filter, given, context) === (operator === 'REGEX')
    case 'GT':
    case 'GTE':
    case 'LT':
    case 'LTE':
      return spend(context.work, sizeOf(given) >> 3) && comparesNumbers(operator, numberOf(given), numberOf(filter))
    case 'BETWEEN':
    case 'NOT_BETWEEN':
      return spend(context.work, sizeOf(given) >> 3) && isBetween(filter, given) === (operator === 'BETWEEN')
    case 'IS_DATE_BEFORE':
    case 'IS_DATE_AFTER':
    case 'IS_DATE_EXACT':
      // To reckon in a time zone takes long.
      return (
        spend(context.work, 500 + (sizeOf(given) >> 3)) &&
        comparesTimes(operator, propertyTime(given, context), filterTime(filter, context))
      )
    default:
      return (
        operator.startsWith('SEMVER_') && spend(context.work, sizeOf(given) + sizeOf(filter)) && matchesVersion(operator, filter, given)
      )
  }
}

/** Takes steps from those that the request has left. False when it has none. */
function spend(work: Work, steps: number): boolean {
  if (work.steps <= 0) return false
  work.steps -= steps + 1
  return true
}

/** About how much has to be read of a value: the letters of a text, or the entries of a list. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0
}

/** The text of a property. Null when the request has no time left for it. */
function readText(given: unknown, work: Work, comparisons: number): string | null {
  if (work.steps <= 0) return null
  const text = textOf(given)
  // To write JSON takes much longer than to compare it.
  const isWritten = typeof given === 'object' && given !== null
  work.steps -= (isWritten ? text.length >> 2 : 0) + ((text.length * comparisons) >> 5) + comparisons
  return text
}

/** Null when there is no time left. */
function isExact(filter: unknown, given: unknown, { matchingVersion, work }: MatchContext): boolean | null {
  const isEmptyList = Array.isArray(filter) && filter.length === 0
  if ((matchingVersion === 1 || isEmptyList) && isBooleanLike(filter)) {
    return spend(work, (Array.isArray(given) ? given.length : 0) + sizeOf(filter)) ? truthOf(filter) === truthOf(given) : null
  }
  const options: readonly unknown[] = Array.isArray(filter) ? filter : [filter]
  const text = readText(given, work, 1)?.toLowerCase()
  if (text === undefined) return null
  work.steps -= options.length
  return options.some((option) => textOf(option).toLowerCase() === text)
}

/** Null when there is no time left. */
function compareTexts(
  given: unknown,
  parts: readonly unknown[],
  compare: (text: string, part: string) => boolean,
  { work }: MatchContext,
): boolean | null {
  const read = readText(given, work, 1 + parts.length)
  if (read === null) return null
  const text = foldAscii(read)
  return parts.some((part) => compare(text, foldAscii(textOf(part))))
}

/** Null when the pattern is invalid, or there is no time left. */
function finds(pattern: unknown, given: unknown, { work }: MatchContext): boolean | null {
  const text = readText(given, work, 1)
  return text === null ? null : searchPattern(textOf(pattern), text, work)
}

function comparesNumbers(operator: 'GT' | 'GTE' | 'LT' | 'LTE', given: number | null, bound: number | null): boolean {
  if (given === null || bound === null) return false
  if (operator === 'GT') return given > bound
  if (operator === 'GTE') return given >= bound
  return operator === 'LT' ? given < bound : given <= bound
}

/** Null when it cannot be computed. */
function isBetween(filter: unknown, given: unknown): boolean | null {
  if (!Array.isArray(filter) || filter.length !== 2) return null
  const [min, max, number] = [numberOf(filter[0]), numberOf(filter[1]), numberOf(given)]
  return min === null || max === null || number === null || min > max ? null : number >= min && number <= max
}

function comparesTimes(
  operator: 'IS_DATE_BEFORE' | 'IS_DATE_AFTER' | 'IS_DATE_EXACT',
  given: number | null,
  bound: number | null,
): boolean {
  if (given === null || bound === null) return false
  if (operator === 'IS_DATE_BEFORE') return given < bound
  return operator === 'IS_DATE_AFTER' ? given > bound : given === bound
}
