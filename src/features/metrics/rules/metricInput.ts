import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isInt4, parseIntegerId } from '../../../platform/globalId.ts'
import { isObject } from '../../../platform/json.ts'
import { validateStorable } from '../../../platform/storableJson.ts'
import { validateRequiredText, validateText } from '../../../platform/textValidation.ts'
import { findMetricProblem, findWrongStep, getReferencedNames } from './metricRules.ts'
import { isGroupTypeIndex, type MetricMath, propertyMaths, type SourceMath, type SourceSubject, type SourceValues } from './metricSource.ts'
import {
  type FunnelOrder,
  type MetricGoal,
  type MetricValues,
  type OutlierBounds,
  type StartHandling,
  type TimeSpan,
  type TimeUnit,
  thresholdMaths,
} from './parseMetric.ts'

// Metrics in an input, checked and converted to typed values. Paths of errors are those of the input.

type Maybe<Value> = Value | null | undefined

export interface MetricSourceInput {
  event?: Maybe<string>
  actionId?: Maybe<string | number>
  anyEvent?: Maybe<boolean>
  math?: Maybe<MetricMath>
  mathProperty?: Maybe<string>
  mathGroupTypeIndex?: Maybe<number>
  filters?: unknown
}

export interface OutlierBoundsInput {
  lowerPercentile?: Maybe<number>
  upperPercentile?: Maybe<number>
  ignoreZeros?: Maybe<boolean>
}

interface CommonInput {
  uuid?: Maybe<string>
  name?: Maybe<string>
  goal?: Maybe<MetricGoal>
  conversionWindow?: Maybe<TimeSpan>
  breakdownProperties?: Maybe<readonly string[]>
}

interface MeanInput extends CommonInput {
  source: MetricSourceInput
  outliers?: Maybe<OutlierBoundsInput>
  threshold?: Maybe<number>
}

interface FunnelInput extends CommonInput {
  steps: readonly MetricSourceInput[]
  order?: Maybe<FunnelOrder>
}

interface RatioInput extends CommonInput {
  numerator: MetricSourceInput
  denominator: MetricSourceInput
  numeratorOutliers?: Maybe<OutlierBoundsInput>
  denominatorOutliers?: Maybe<OutlierBoundsInput>
}

interface RetentionInput extends CommonInput {
  start?: Maybe<MetricSourceInput>
  completion: MetricSourceInput
  windowStart: number
  windowEnd: number
  unit: TimeUnit
  startHandling?: Maybe<StartHandling>
}

/** A metric in an input. Exactly one of these is given. */
export interface MetricInput {
  mean?: Maybe<MeanInput>
  funnel?: Maybe<FunnelInput>
  ratio?: Maybe<RatioInput>
  retention?: Maybe<RetentionInput>
  raw?: unknown
}

/** An event or an action that an input names, and where. */
export type Reference = { path: readonly string[] } & ({ event: string } | { actionId: number })

/** A metric of an input: typed values, or the form of the REST API. */
export type GivenMetric = { path: readonly string[] } & ({ values: MetricValues; uuid: string | null } | { raw: unknown })

/** What reading an input found. */
export interface Findings {
  fieldErrors: FieldError[]
  references: Reference[]
}

type Path = readonly string[]

const maxTextLength = 400
const maxSteps = 20
const maxBreakdowns = 3
const maxFilters = 100
const maxFilterBytes = 65_536
const maxUnits = 10_000

/**
 * Reads a metric of an input.
 *
 * @param found receives what is wrong, and the events and actions that it names
 * @param isStored whether a metric in the form of the REST API is stored exactly so. Such a metric may be what no rule allows.
 */
export function readMetricInput(input: MetricInput, path: Path, found: Findings, isStored: (raw: unknown) => boolean): GivenMetric {
  const { mean, funnel, ratio, retention, raw } = input
  const read = <Type extends MetricValues['type']>(type: Type, metric: CommonInput, values: (inside: Path) => object): GivenMetric => {
    const inside = [...path, type]
    const all: object = { type, ...readCommon(metric, inside, found), ...values(inside) }
    return { path: inside, uuid: readUuid(metric, inside, found), values: all as MetricValues }
  }
  if (mean != null) return read('mean', mean, (inside) => readMean(mean, inside, found))
  if (funnel != null) return read('funnel', funnel, (inside) => readFunnel(funnel, inside, found))
  if (ratio != null) return read('ratio', ratio, (inside) => readRatio(ratio, inside, found))
  if (retention != null) return read('retention', retention, (inside) => readRetention(retention, inside, found))
  return readRaw(raw, [...path, 'raw'], found, isStored)
}

/** Reads a source of an input. */
export function readSourceInput(input: MetricSourceInput, path: Path, found: Findings): SourceValues {
  return { subject: readSubject(input, path, found), math: readMath(input, path, found), filters: readFilters(input.filters, path, found) }
}

/** Reads filters on properties: a list in the form of the REST API. */
export function readFilters(filters: unknown, path: Path, { fieldErrors }: Findings): readonly unknown[] {
  if (filters == null) return []
  const place = [...path, 'filters']
  if (!Array.isArray(filters) || !filters.every(isObject)) {
    fieldErrors.push(fieldError(place, 'Must be a list of objects, in the form of the REST API.'))
    return []
  }
  const tooMany = errorIf(filters.length > maxFilters, place, `Ensure this field has no more than ${maxFilters} elements.`)
  fieldErrors.push(...(tooMany.length > 0 ? tooMany : validateStorable(place, filters, maxFilterBytes)))
  return filters
}

/** Reads the number of an action, which may be a global id. */
export function readActionId(id: string | number, path: Path, { fieldErrors, references }: Findings): number {
  const actionId = parseIntegerId('Action', String(id))
  if (actionId !== null && isInt4(actionId)) {
    references.push({ path, actionId })
    return actionId
  }
  fieldErrors.push(fieldError(path, `Invalid pk "${id}" - object does not exist.`, 'does_not_exist'))
  return 0
}

function readRaw(raw: unknown, path: Path, { fieldErrors, references }: Findings, isStored: (raw: unknown) => boolean): GivenMetric {
  if (!isStored(raw)) {
    const problem = findMetricProblem(raw)
    const step = findWrongStep(raw)
    if (problem !== null) fieldErrors.push(fieldError(path, `Invalid metric: ${problem}.`))
    else if (step !== -1) {
      fieldErrors.push(fieldError([...path, 'series', String(step)], 'Invalid metric: each step of a funnel must be an object.'))
    }
    const { events, actionIds } = getReferencedNames([raw])
    references.push(...events.map((event) => ({ path, event })), ...actionIds.map((actionId) => ({ path, actionId })))
  }
  return { path, raw }
}

function readUuid({ uuid }: CommonInput, path: Path, { fieldErrors }: Findings): string | null {
  fieldErrors.push(...validateText([...path, 'uuid'], uuid, 100))
  return uuid == null || uuid.trim() === '' ? null : uuid.trim()
}

function readCommon({ name, goal, conversionWindow, breakdownProperties }: CommonInput, path: Path, { fieldErrors }: Findings) {
  const breakdowns = breakdownProperties ?? []
  const place = [...path, 'breakdownProperties']
  fieldErrors.push(
    ...validateText([...path, 'name'], name, maxTextLength),
    ...(conversionWindow == null ? [] : errorIf(!isWithin(conversionWindow.value, 1), [...path, 'conversionWindow', 'value'], between(1))),
    ...errorIf(breakdowns.length > maxBreakdowns, place, `Ensure this field has no more than ${maxBreakdowns} elements.`),
    ...errorIf(new Set(breakdowns).size < breakdowns.length, place, 'breakdownProperties must not contain duplicates.'),
    ...breakdowns.slice(0, maxBreakdowns).flatMap((property, at) => validateRequiredText([...place, String(at)], property, maxTextLength)),
  )
  return {
    name: name == null || name.trim() === '' ? null : name,
    goal: goal ?? 'increase',
    conversionWindow: conversionWindow == null ? null : { value: conversionWindow.value, unit: conversionWindow.unit },
    breakdownProperties: [...breakdowns],
  }
}

function readMean({ source, outliers, threshold }: MeanInput, path: Path, found: Findings) {
  const values = readSourceInput(source, [...path, 'source'], found)
  const applies = thresholdMaths.includes(values.math.math)
  found.fieldErrors.push(
    ...errorIf(threshold != null && !applies, [...path, 'threshold'], 'A threshold applies only to the math TOTAL and SUM.'),
    ...errorIf(threshold != null && !Number.isFinite(threshold), [...path, 'threshold'], 'Must be a number.'),
  )
  return { source: values, outliers: readOutliers(outliers, [...path, 'outliers'], found), threshold: threshold ?? null }
}

function readFunnel({ steps, order }: FunnelInput, path: Path, found: Findings) {
  const place = [...path, 'steps']
  found.fieldErrors.push(
    ...errorIf(steps.length === 0, place, 'Ensure this field has at least 1 elements.'),
    ...errorIf(steps.length > maxSteps, place, `Ensure this field has no more than ${maxSteps} elements.`),
  )
  return {
    steps: steps.slice(0, maxSteps).map((step, index) => readSourceInput(step, [...place, String(index)], found)),
    order: order ?? 'ordered',
  }
}

function readRatio({ numerator, denominator, numeratorOutliers, denominatorOutliers }: RatioInput, path: Path, found: Findings) {
  return {
    numerator: readSourceInput(numerator, [...path, 'numerator'], found),
    denominator: readSourceInput(denominator, [...path, 'denominator'], found),
    numeratorOutliers: readOutliers(numeratorOutliers, [...path, 'numeratorOutliers'], found),
    denominatorOutliers: readOutliers(denominatorOutliers, [...path, 'denominatorOutliers'], found),
  }
}

function readRetention({ start, completion, windowStart, windowEnd, unit, startHandling }: RetentionInput, path: Path, found: Findings) {
  const isStart = isWithin(windowStart, 0)
  found.fieldErrors.push(
    ...errorIf(!isStart, [...path, 'windowStart'], between(0)),
    ...errorIf(!isWithin(windowEnd, 0), [...path, 'windowEnd'], between(0)),
    ...errorIf(isStart && windowEnd < windowStart, [...path, 'windowEnd'], 'Must not be less than windowStart.'),
  )
  return {
    start: start == null ? null : readSourceInput(start, [...path, 'start'], found),
    completion: readSourceInput(completion, [...path, 'completion'], found),
    window: { start: windowStart, end: windowEnd, unit },
    startHandling: startHandling ?? 'first_seen',
  }
}

function readOutliers(bounds: Maybe<OutlierBoundsInput>, path: Path, { fieldErrors }: Findings): OutlierBounds | null {
  if (bounds == null) return null
  const { lowerPercentile = null, upperPercentile = null } = bounds
  const isShare = (value: number | null) => value === null || (value >= 0 && value <= 1)
  const isReversed = lowerPercentile !== null && upperPercentile !== null && lowerPercentile > upperPercentile
  fieldErrors.push(
    ...errorIf(!isShare(lowerPercentile), [...path, 'lowerPercentile'], 'Must be a number from 0 to 1.'),
    ...errorIf(!isShare(upperPercentile), [...path, 'upperPercentile'], 'Must be a number from 0 to 1.'),
    ...errorIf(isReversed, [...path, 'lowerPercentile'], 'Must not be greater than upperPercentile.'),
  )
  const ignoreZeros = bounds.ignoreZeros ?? false
  return lowerPercentile === null && upperPercentile === null && !ignoreZeros ? null : { lowerPercentile, upperPercentile, ignoreZeros }
}

function readSubject({ event, actionId, anyEvent }: MetricSourceInput, path: Path, found: Findings): SourceSubject {
  const given = [event != null, actionId != null, anyEvent === true].filter(Boolean).length
  if (given !== 1) {
    found.fieldErrors.push(
      fieldError(path, 'Must have exactly one of event, actionId and anyEvent: true.', given === 0 ? 'required' : undefined),
    )
  } else if (event != null) {
    const place = [...path, 'event']
    const problems = validateRequiredText(place, event, maxTextLength)
    found.fieldErrors.push(...problems)
    if (problems.length === 0) found.references.push({ path: place, event })
    return { kind: 'EVENT', event }
  } else if (actionId != null) {
    return { kind: 'ACTION', actionId: readActionId(actionId, [...path, 'actionId'], found) }
  }
  return { kind: 'ANY_EVENT' }
}

function readMath({ math: given, mathProperty, mathGroupTypeIndex }: MetricSourceInput, path: Path, { fieldErrors }: Findings): SourceMath {
  const math = given ?? 'total'
  const [needsProperty, needsGroup] = [propertyMaths.includes(math), math === 'unique_group']
  const [propertyPath, groupPath] = [
    [...path, 'mathProperty'],
    [...path, 'mathGroupTypeIndex'],
  ]
  fieldErrors.push(
    ...errorIf(math === 'hogql', [...path, 'math'], 'A free expression can be written only by raw.'),
    ...(needsProperty ? validateRequiredText(propertyPath, mathProperty, maxTextLength) : []),
    ...errorIf(!needsProperty && mathProperty != null, propertyPath, 'Applies only to the math SUM, AVG, MIN and MAX.'),
    ...errorIf(needsGroup && !isGroupTypeIndex(mathGroupTypeIndex), groupPath, 'UNIQUE_GROUP needs the index of a group type: 0 to 4.'),
    ...errorIf(!needsGroup && mathGroupTypeIndex != null, groupPath, 'Applies only to the math UNIQUE_GROUP.'),
  )
  return {
    math,
    property: needsProperty ? (mathProperty ?? null) : null,
    groupTypeIndex: needsGroup ? (mathGroupTypeIndex ?? null) : null,
  }
}

const isWithin = (value: number, min: number) => Number.isInteger(value) && value >= min && value <= maxUnits
const between = (min: number) => `Must be a whole number from ${min} to ${maxUnits}.`
