import type { SavedMetric as SavedMetricRow } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { asArray } from '../../platform/json.ts'
import { FunnelOrder, MetricGoal, MetricType, StartHandling, TimeUnit } from './enums.ts'
import { MetricSource, type ShownSource } from './MetricSource.ts'
import type { SourceValues } from './rules/metricSource.ts'
import {
  type OutlierBounds as Bounds,
  metricTitle,
  type OpaqueMetric as Opaque,
  type ParsedMetric,
  parseMetric,
  type TimeSpan as Span,
  type TypedMetric,
} from './rules/parseMetric.ts'
import { SavedMetric } from './SavedMetric.ts'

/** A metric as an experiment or a saved metric shows it. */
export interface ShownMetric<Parsed extends ParsedMetric = ParsedMetric> {
  projectId: number
  metric: Parsed
  /** Null for a metric that belongs to the experiment alone. */
  savedMetric: SavedMetricRow | null
}

/** Shows a saved metric. */
export function showSavedMetric(savedMetric: SavedMetricRow): ShownMetric {
  return { projectId: savedMetric.projectId, metric: parseMetric(savedMetric.query), savedMetric }
}

const access = { authScopes: { scope: 'experiment:read' } } as const

const TimeSpan = builder.objectRef<Span>('TimeSpan').implement({
  description: 'A length of time. Needs a key with the scope `experiment:read`.',
  ...access,
  fields: (t) => ({
    value: t.exposeInt('value', { description: 'How many units: at least 1.' }),
    unit: t.expose('unit', { type: TimeUnit, description: 'The unit.' }),
  }),
})

const OutlierBounds = builder.objectRef<Bounds>('OutlierBounds').implement({
  description:
    "The bounds of outliers. A person's value outside of them is replaced by the bound. Needs a key with the scope `experiment:read`.",
  ...access,
  fields: (t) => ({
    lowerPercentile: t.exposeFloat('lowerPercentile', {
      nullable: true,
      description: 'The lower bound, as a share of all people: 0 to 1. Null: none.',
    }),
    upperPercentile: t.exposeFloat('upperPercentile', {
      nullable: true,
      description: 'The upper bound, as a share of all people: 0 to 1. Null: none.',
    }),
    ignoreZeros: t.exposeBoolean('ignoreZeros', { description: 'Whether the upper bound is taken over the values that are not zero.' }),
  }),
})

export const Metric = builder.interfaceRef<ShownMetric<TypedMetric>>('Metric').implement({
  description: 'What all metrics that types can say have. Needs a key with the scope `experiment:read`.',
  fields: (t) => ({
    uuid: t.string({
      description:
        'The UUID, unique in the experiment. Give it back on a write, and the metric stays the same one. If none is stored, it is made from ' +
        'the content.',
      resolve: ({ metric }) => metric.uuid,
    }),
    name: t.string({
      description: 'The display name: that of the saved metric, the stored one, or a title made from the events.',
      resolve: ({ metric, savedMetric }) => savedMetric?.name ?? metricTitle(metric),
    }),
    type: t.field({
      type: MetricType,
      description: 'The kind of metric. It follows the type of the object.',
      resolve: ({ metric }) => metric.type,
    }),
    goal: t.field({ type: MetricGoal, description: 'Which change is good.', resolve: ({ metric }) => metric.goal }),
    conversionWindow: t.field({
      type: TimeSpan,
      nullable: true,
      description: 'How long after the exposure events count. Null: no limit of its own.',
      resolve: ({ metric }) => metric.conversionWindow,
    }),
    breakdownProperties: t.stringList({
      description: 'The properties of the exposure event by which results are broken down. May be empty.',
      resolve: ({ metric }) => [...metric.breakdownProperties],
    }),
    savedMetric: t.field({
      type: SavedMetric,
      nullable: true,
      description: 'The saved metric that this is. Null for a metric that belongs to the experiment alone.',
      resolve: ({ savedMetric }) => savedMetric,
    }),
    raw: t.field({ type: 'JSON', description: 'The metric in the form of the REST API, as stored.', resolve: ({ metric }) => metric.raw }),
  }),
})

type Typed<Type extends TypedMetric['type']> = ShownMetric<Extract<TypedMetric, { type: Type }>>

const shown = ({ projectId }: { projectId: number }, source: SourceValues, raw: unknown): ShownSource => ({ projectId, source, raw })
const outlierText = "The bounds of outliers. Null: people's values count as they are."

const MeanMetric = builder.objectRef<Typed<'mean'>>('MeanMetric').implement({
  description: 'A number per person. Needs a key with the scope `experiment:read`.',
  interfaces: [Metric],
  ...access,
  fields: (t) => ({
    source: t.field({
      type: MetricSource,
      description: 'The events that make the number.',
      resolve: (parent) => shown(parent, parent.metric.source, parent.metric.raw.source),
    }),
    outliers: t.field({ type: OutlierBounds, nullable: true, description: outlierText, resolve: ({ metric }) => metric.outliers }),
    threshold: t.float({
      nullable: true,
      description: 'The value from which a person counts as 1, and below as 0. Null: the number itself counts.',
      resolve: ({ metric }) => metric.threshold,
    }),
  }),
})

const FunnelMetric = builder.objectRef<Typed<'funnel'>>('FunnelMetric').implement({
  description: 'The share of people who reach the last step after their exposure. Needs a key with the scope `experiment:read`.',
  interfaces: [Metric],
  ...access,
  fields: (t) => ({
    steps: t.field({
      type: [MetricSource],
      listSize: shortListSize,
      description: 'The steps after the exposure, which comes first. At least one.',
      resolve: (parent) => {
        const nodes = asArray(parent.metric.raw.series) ?? []
        return parent.metric.steps.map((step, index) => shown(parent, step, nodes[index]))
      },
    }),
    order: t.field({ type: FunnelOrder, description: 'The order in which the steps must be done.', resolve: ({ metric }) => metric.order }),
  }),
})

const RatioMetric = builder.objectRef<Typed<'ratio'>>('RatioMetric').implement({
  description: 'The sum of one number per person, divided by the sum of another. Needs a key with the scope `experiment:read`.',
  interfaces: [Metric],
  ...access,
  fields: (t) => ({
    numerator: t.field({
      type: MetricSource,
      description: 'The events of the number above the line.',
      resolve: (parent) => shown(parent, parent.metric.numerator, parent.metric.raw.numerator),
    }),
    denominator: t.field({
      type: MetricSource,
      description: 'The events of the number below the line.',
      resolve: (parent) => shown(parent, parent.metric.denominator, parent.metric.raw.denominator),
    }),
    numeratorOutliers: t.field({
      type: OutlierBounds,
      nullable: true,
      description: `For the numerator. ${outlierText}`,
      resolve: ({ metric }) => metric.numeratorOutliers,
    }),
    denominatorOutliers: t.field({
      type: OutlierBounds,
      nullable: true,
      description: `For the denominator. ${outlierText}`,
      resolve: ({ metric }) => metric.denominatorOutliers,
    }),
  }),
})

const RetentionMetric = builder.objectRef<Typed<'retention'>>('RetentionMetric').implement({
  description: 'The share of people who come back within a window after a start. Needs a key with the scope `experiment:read`.',
  interfaces: [Metric],
  ...access,
  fields: (t) => ({
    start: t.field({
      type: MetricSource,
      nullable: true,
      description: 'The event that starts the window. Null: the exposure itself.',
      resolve: (parent) => parent.metric.start && shown(parent, parent.metric.start, parent.metric.raw.start_event),
    }),
    completion: t.field({
      type: MetricSource,
      description: 'The event by which a person comes back.',
      resolve: (parent) => shown(parent, parent.metric.completion, parent.metric.raw.completion_event),
    }),
    windowStart: t.int({
      description: 'How many units after the start the window begins: 0 or more.',
      resolve: ({ metric }) => metric.window.start,
    }),
    windowEnd: t.int({
      description: 'How many units after the start the window ends. The last unit belongs to it.',
      resolve: ({ metric }) => metric.window.end,
    }),
    unit: t.field({ type: TimeUnit, description: 'The unit of the window.', resolve: ({ metric }) => metric.window.unit }),
    startHandling: t.field({
      type: StartHandling,
      description: 'Which start event counts, if a person has several. Without effect when the exposure is the start.',
      resolve: ({ metric }) => metric.startHandling,
    }),
  }),
})

const OpaqueMetric = builder.objectRef<ShownMetric<Opaque>>('OpaqueMetric').implement({
  description:
    'A stored metric that types cannot say: of the old engine, of an unknown kind, by a free expression, or malformed. Written back by `raw`, ' +
    'it stays as it is. Needs a key with the scope `experiment:read`.',
  ...access,
  fields: (t) => ({
    // Not null, so that both can be selected beside those of `Metric`.
    uuid: t.string({
      description: 'The UUID. If none is stored, one that is made from the content.',
      resolve: ({ metric }) => metric.uuid,
    }),
    name: t.string({
      description: 'The name of the saved metric, or the stored one. Empty when there is none.',
      resolve: ({ metric, savedMetric }) => savedMetric?.name ?? metric.name ?? '',
    }),
    savedMetric: t.field({
      type: SavedMetric,
      nullable: true,
      description: 'The saved metric that this is. Null for a metric that belongs to the experiment alone.',
      resolve: ({ savedMetric }) => savedMetric,
    }),
    raw: t.field({ type: 'JSON', description: 'The metric in the form of the REST API, as stored.', resolve: ({ metric }) => metric.raw }),
    reason: t.string({ description: 'Why types cannot say it, for people.', resolve: ({ metric }) => metric.reason }),
  }),
})

const typesByKind = {
  mean: MeanMetric,
  funnel: FunnelMetric,
  ratio: RatioMetric,
  retention: RetentionMetric,
  opaque: OpaqueMetric,
} as const

export const ExperimentMetric = builder.unionType('ExperimentMetric', {
  description: 'A metric of an experiment, or a saved metric.',
  types: [MeanMetric, FunnelMetric, RatioMetric, RetentionMetric, OpaqueMetric],
  resolveType: (value) => typesByKind[(value as ShownMetric).metric.type],
})

builder.objectField(SavedMetric, 'metric', (t) =>
  t.field({ type: ExperimentMetric, description: 'What it measures.', resolve: (row) => showSavedMetric(row) as never }),
)
