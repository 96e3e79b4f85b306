import { createHash } from 'node:crypto'
import { asArray, asObject, canonicalJson, isObject, type JsonObject, toNearestNumber } from '../../../platform/json.ts'
import { readSource, type SourceValues, sourceTitle, writeSource } from './metricSource.ts'
import { asSentence, type Part, type Parts, readParts, Unreadable, writeParts } from './parts.ts'

// Stored metrics as typed values, and back (experiments.md 8.1, results.md 4 and 5). What types cannot say is opaque.

export const timeUnits = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const
export type TimeUnit = (typeof timeUnits)[number]
export type MetricGoal = 'increase' | 'decrease'
export type FunnelOrder = 'ordered' | 'strict' | 'unordered'
export type StartHandling = 'first_seen' | 'last_seen'
export type MetricType = 'mean' | 'funnel' | 'ratio' | 'retention'

export interface TimeSpan {
  value: number
  unit: TimeUnit
}

export interface OutlierBounds {
  lowerPercentile: number | null
  upperPercentile: number | null
  ignoreZeros: boolean
}

interface CommonValues {
  /** Null if none is stored. */
  name: string | null
  goal: MetricGoal
  conversionWindow: TimeSpan | null
  breakdownProperties: readonly string[]
}

interface MeanValues extends CommonValues {
  source: SourceValues
  outliers: OutlierBounds | null
  threshold: number | null
}

interface FunnelValues extends CommonValues {
  steps: readonly SourceValues[]
  order: FunnelOrder
}

interface RatioValues extends CommonValues {
  numerator: SourceValues
  denominator: SourceValues
  numeratorOutliers: OutlierBounds | null
  denominatorOutliers: OutlierBounds | null
}

interface RetentionValues extends CommonValues {
  /** Null: the exposure itself. */
  start: SourceValues | null
  completion: SourceValues
  window: { start: number; end: number; unit: TimeUnit }
  startHandling: StartHandling
}

/** The values of a metric of each type. */
interface ValuesByType {
  mean: MeanValues
  funnel: FunnelValues
  ratio: RatioValues
  retention: RetentionValues
}

/** What types can say of a metric, without its uuid. */
export type MetricValues = { [Type in MetricType]: { type: Type } & ValuesByType[Type] }[MetricType]

/** A stored metric that types can say. */
export type TypedMetric = MetricValues & { uuid: string; raw: JsonObject }

/** A stored metric that types cannot say, and why. */
export interface OpaqueMetric {
  type: 'opaque'
  uuid: string
  /** Null if none is stored. */
  name: string | null
  raw: unknown
  reason: string
}

export type ParsedMetric = TypedMetric | OpaqueMetric

/** Reads a stored metric. */
export function parseMetric(stored: unknown): ParsedMetric {
  try {
    if (!isObject(stored)) throw new Unreadable('it must be an object')
    const type = readType(stored)
    return { type, uuid: metricUuid(stored), raw: stored, ...readParts(partsOf(type), stored) } as unknown as TypedMetric
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const name = asObject(stored)?.name
    return {
      type: 'opaque',
      uuid: metricUuid(stored),
      name: typeof name === 'string' ? name : null,
      raw: stored,
      reason: asSentence(error.message),
    }
  }
}

/**
 * Returns the metric to store for these values.
 *
 * @param base the stored metric that they replace. What types cannot say of it stays, unless the type of the metric changes.
 */
export function storeMetric(values: MetricValues, uuid: string, base: unknown): JsonObject {
  const { type, ...rest } = values
  const stored = asObject(base)
  const kept = stored !== null && stored.kind === 'ExperimentMetric' && stored.metric_type === type ? stored : {}
  // A metric without a name shows a title. Written back, it is still without a name.
  const name = kept.name == null && rest.name === metricTitle({ ...values, name: null }) ? null : rest.name
  return writeParts(partsOf(type), { ...rest, name }, { ...kept, kind: 'ExperimentMetric', metric_type: type, uuid })
}

/** The name of a metric, or a title made from its sources. */
export function metricTitle(metric: MetricValues): string {
  if (metric.name !== null) return metric.name
  switch (metric.type) {
    case 'mean':
      return sourceTitle(metric.source)
    case 'funnel': {
      const [first, last] = [metric.steps.at(0), metric.steps.at(-1)]
      const titles = [first, metric.steps.length > 1 ? last : undefined].flatMap((step) => (step === undefined ? [] : [sourceTitle(step)]))
      return titles.join(' to ')
    }
    case 'ratio':
      return `${sourceTitle(metric.numerator)} / ${sourceTitle(metric.denominator)}`
    case 'retention':
      return `${metric.start === null ? 'exposure' : sourceTitle(metric.start)} to ${sourceTitle(metric.completion)}`
  }
}

/** The uuid of a stored metric. One without a uuid gets one that follows from its content. */
export function metricUuid(stored: unknown): string {
  const { fingerprint: _, uuid, ...definition } = asObject(stored) ?? {}
  if (typeof uuid === 'string' && uuid.trim() !== '') return uuid
  const content = isObject(stored) ? definition : stored
  const hex = createHash('sha256').update(canonicalJson(content)).digest('hex')
  // The version and the variant of a UUID with free content (RFC 9562, version 8).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const legacyKinds = ['ExperimentTrendsQuery', 'ExperimentFunnelsQuery']

/** Whether a metric is of a kind of the old engine. */
export function isLegacyKind(kind: unknown): boolean {
  return legacyKinds.includes(kind as string)
}

function readType({ kind, metric_type: type }: JsonObject): MetricType {
  if (isLegacyKind(kind)) throw new Unreadable(`it is a metric of the old engine: \`${kind}\``)
  if (kind !== 'ExperimentMetric') throw new Unreadable(`the kind ${JSON.stringify(kind ?? null)} is not known`)
  if (typeof type === 'string' && Object.hasOwn(partsByType, type)) return type as MetricType
  throw new Unreadable(`the metric type ${JSON.stringify(type ?? null)} is not known`)
}

/** A value of a fixed set. */
function choicePart<Value extends string>(key: string, values: readonly Value[], otherwise: Value): Part<Value> {
  return {
    keys: [key],
    read: (stored) => {
      const value = values.find((known) => known === (stored[key] ?? otherwise))
      if (value === undefined) throw new Unreadable(`\`${key}\` must be one of ${values.join(', ')}`)
      return value
    },
    write: (value) => ({ [key]: value }),
  }
}

/** A source of a metric. Free expressions are not sources that types can say. */
function metricSource(node: unknown, name: string): SourceValues {
  const source = readSource(node, name)
  if (source.math.math === 'hogql') throw new Unreadable(`\`${name}\` is counted by a free expression`)
  return source
}

function sourcePart(key: string): Part<SourceValues> {
  return {
    keys: [key],
    read: (stored) => metricSource(stored[key], key),
    write: (source, base) => ({ [key]: writeSource(source, base[key]) }),
  }
}

const boundKeys = ['lower_bound_percentile', 'upper_bound_percentile', 'ignore_zeros']

function readBounds(stored: JsonObject): OutlierBounds | null {
  const [lowerPercentile = null, upperPercentile = null] = boundKeys.slice(0, 2).map((key) => {
    const value = toNearestNumber(stored[key] ?? null)
    if (value === null) return null
    if (typeof value !== 'number' || value < 0 || value > 1) throw new Unreadable(`\`${key}\` must be a number from 0 to 1`)
    return value
  })
  if (lowerPercentile !== null && upperPercentile !== null && lowerPercentile > upperPercentile) {
    throw new Unreadable('`lower_bound_percentile` is greater than `upper_bound_percentile`')
  }
  const ignoreZeros = stored.ignore_zeros ?? false
  if (typeof ignoreZeros !== 'boolean') throw new Unreadable('`ignore_zeros` must be true or false')
  return lowerPercentile === null && upperPercentile === null && !ignoreZeros ? null : { lowerPercentile, upperPercentile, ignoreZeros }
}

function writeBounds(bounds: OutlierBounds | null): JsonObject {
  if (bounds === null) return {}
  const { lowerPercentile, upperPercentile, ignoreZeros } = bounds
  return {
    ...(lowerPercentile === null ? {} : { lower_bound_percentile: lowerPercentile }),
    ...(upperPercentile === null ? {} : { upper_bound_percentile: upperPercentile }),
    ...(ignoreZeros ? { ignore_zeros: true } : {}),
  }
}

/** The bounds of one side of a ratio, in an object of their own. */
function boundsPart(key: string): Part<OutlierBounds | null> {
  return {
    keys: [key],
    read: (stored) => {
      const handling = stored[key] ?? {}
      if (!isObject(handling)) throw new Unreadable(`\`${key}\` must be an object`)
      return readBounds(handling)
    },
    write: (bounds, base) => {
      const others = Object.entries(asObject(base[key]) ?? {}).filter(([name]) => !boundKeys.includes(name))
      const handling = { ...Object.fromEntries(others), ...writeBounds(bounds) }
      return Object.keys(handling).length === 0 ? {} : { [key]: handling }
    },
  }
}

/** The property of events that an entry of a breakdown names. Null if it names something else. */
function eventProperty(entry: unknown): string | null {
  const { property, type } = asObject(entry) ?? {}
  return typeof property === 'string' && (type ?? 'event') === 'event' ? property : null
}

const commonParts: Parts<CommonValues> = {
  name: {
    keys: ['name'],
    read: ({ name }) => {
      if (name != null && typeof name !== 'string') throw new Unreadable('`name` must be a text')
      return name == null || name === '' ? null : name
    },
    write: (name) => (name === null ? {} : { name }),
  },
  goal: choicePart<MetricGoal>('goal', ['increase', 'decrease'], 'increase'),
  conversionWindow: {
    keys: ['conversion_window', 'conversion_window_unit'],
    read: ({ conversion_window: stored, conversion_window_unit: unit }) => {
      const value = toNearestNumber(stored ?? 0)
      if (value === 0 || unit == null) return null
      const known = timeUnits.find((name) => name === unit)
      if (known === undefined) throw new Unreadable(`\`conversion_window_unit\` must be one of ${timeUnits.join(', ')}`)
      if (!isInt(value) || value < 0) throw new Unreadable('`conversion_window` must be a whole number')
      return { value, unit: known }
    },
    write: (span) => (span === null ? {} : { conversion_window: span.value, conversion_window_unit: span.unit }),
  },
  breakdownProperties: {
    keys: ['breakdownFilter'],
    read: ({ breakdownFilter: filter }) => {
      const { breakdowns, breakdown, breakdown_type: type } = asObject(filter) ?? { breakdowns: filter }
      const one = breakdown == null ? [] : [{ property: breakdown, type }]
      return (breakdowns == null ? one : Array.isArray(breakdowns) ? breakdowns : [breakdowns]).map((entry) => {
        const property = eventProperty(entry)
        if (property === null) throw new Unreadable('`breakdownFilter` names something else than properties of events')
        return property
      })
    },
    write: (properties, { breakdownFilter }) => {
      const { breakdowns, breakdown: _, breakdown_type: __, ...others } = asObject(breakdownFilter) ?? {}
      const entries = asArray(breakdowns) ?? []
      const entryOf = (property: string) => entries.find((entry) => eventProperty(entry) === property) ?? { property, type: 'event' }
      if (properties.length === 0 && Object.keys(others).length === 0) return {}
      return { breakdownFilter: { ...others, ...(properties.length === 0 ? {} : { breakdowns: properties.map(entryOf) }) } }
    },
  },
}

const partsByType: { [Type in MetricType]: Parts<ValuesByType[Type]> } = {
  mean: {
    ...commonParts,
    source: sourcePart('source'),
    outliers: { keys: boundKeys, read: readBounds, write: writeBounds },
    threshold: {
      keys: ['threshold'],
      read: ({ threshold, source }) => {
        const value = toNearestNumber(threshold ?? null)
        if (value !== null && typeof value !== 'number') throw new Unreadable('`threshold` must be a number')
        // It applies to no other math.
        return thresholdMaths.includes(asObject(source)?.math ?? 'total') ? value : null
      },
      write: (threshold) => (threshold === null ? {} : { threshold }),
    },
  },
  funnel: {
    ...commonParts,
    steps: {
      keys: ['series'],
      read: ({ series }) => {
        if (!Array.isArray(series) || series.length === 0) throw new Unreadable('`series` must be a list that is not empty')
        return series.map((node, index) => metricSource(node, `series.${index}`))
      },
      write: (steps, { series }) => ({
        series: steps.map((step, index) => writeSource(step, Array.isArray(series) ? series[index] : null)),
      }),
    },
    order: choicePart<FunnelOrder>('funnel_order_type', ['ordered', 'strict', 'unordered'], 'ordered'),
  },
  ratio: {
    ...commonParts,
    numerator: sourcePart('numerator'),
    denominator: sourcePart('denominator'),
    numeratorOutliers: boundsPart('numerator_outlier_handling'),
    denominatorOutliers: boundsPart('denominator_outlier_handling'),
  },
  retention: {
    ...commonParts,
    start: {
      keys: ['start_event'],
      read: ({ start_event: start }) => (asObject(start)?.kind === 'ExperimentExposureNode' ? null : metricSource(start, 'start_event')),
      write: (start, base) => ({
        start_event: start === null ? { kind: 'ExperimentExposureNode' } : writeSource(start, base.start_event),
      }),
    },
    completion: sourcePart('completion_event'),
    window: {
      keys: ['retention_window_start', 'retention_window_end', 'retention_window_unit'],
      read: ({ retention_window_start, retention_window_end, retention_window_unit }) => {
        const [start, end] = [toNearestNumber(retention_window_start), toNearestNumber(retention_window_end)]
        const unit = timeUnits.find((known) => known === retention_window_unit)
        if (!isInt(start) || !isInt(end) || start < 0 || end < start) {
          throw new Unreadable('the retention window must be two whole numbers, the second not below the first')
        }
        if (unit === undefined) throw new Unreadable(`\`retention_window_unit\` must be one of ${timeUnits.join(', ')}`)
        return { start, end, unit }
      },
      write: ({ start, end, unit }) => ({ retention_window_start: start, retention_window_end: end, retention_window_unit: unit }),
    },
    startHandling: choicePart<StartHandling>('start_handling', ['first_seen', 'last_seen'], 'first_seen'),
  },
}

export const thresholdMaths: readonly unknown[] = ['total', 'sum']

const maxInt4 = 2_147_483_647
const isInt = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) <= maxInt4

/** TypeScript cannot follow that the parts and the values are of one type. */
function partsOf(type: MetricType): Parts<Record<string, unknown>> {
  return partsByType[type] as unknown as Parts<Record<string, unknown>>
}
