import { builder } from '../../graphql/builder.ts'
import type { InputFields } from '../../graphql/mutation.ts'
import { FunnelOrder, MetricGoal, MetricMath, StartHandling, TimeUnit } from './enums.ts'

export const MetricSourceInput = builder.inputType('MetricSourceInput', {
  description: 'The events that a metric counts, and how. Exactly one of `event`, `actionId` and `anyEvent: true` is given.',
  fields: (t) => ({
    event: t.string({ description: 'The name of the events: 1 to 400 characters. Case matters.' }),
    actionId: t.id({ description: 'The action of the project, not deleted: its global id, or its number.' }),
    anyEvent: t.boolean({ description: 'True: all events. Default, also for null: false.' }),
    math: t.field({
      type: MetricMath,
      description: 'How the events of a person become a number. Default, also for null: `TOTAL`. `EXPRESSION` is an error.',
    }),
    mathProperty: t.string({
      description:
        'The property whose value is used: 1 to 400 characters. Required for `SUM`, `AVG`, `MIN` and `MAX`, and an error for others.',
    }),
    mathGroupTypeIndex: t.int({
      description: 'The index of the type of groups that are counted: 0 to 4. Required for `UNIQUE_GROUP`, and an error for others.',
    }),
    filters: t.field({
      type: 'JSON',
      description:
        'The filters on properties that the events must all meet: a list of at most 100 objects in the form of the REST API, at most 64 KiB. ' +
        'Default, also for null: none.',
    }),
  }),
})

const TimeSpanInput = builder.inputType('TimeSpanInput', {
  description: 'A length of time.',
  fields: (t) => ({
    value: t.int({ required: true, description: 'How many units: 1 to 10,000.' }),
    unit: t.field({ type: TimeUnit, required: true, description: 'The unit.' }),
  }),
})

const OutlierBoundsInput = builder.inputType('OutlierBoundsInput', {
  description: "The bounds of outliers. A person's value outside of them is replaced by the bound.",
  fields: (t) => ({
    lowerPercentile: t.float({ description: 'The lower bound, as a share of all people: 0 to 1. Default, also for null: none.' }),
    upperPercentile: t.float({
      description: 'The upper bound, as a share of all people: 0 to 1, and not below the lower one. Default, also for null: none.',
    }),
    ignoreZeros: t.boolean({
      description: 'Whether the upper bound is taken over the values that are not zero. Default, also for null: false.',
    }),
  }),
})

/** What all metrics have. */
const commonFields = (t: InputFields) => ({
  uuid: t.string({
    description:
      'The UUID of the stored metric that this one replaces, at most 100 characters. What types cannot say of it stays. Without it, the metric ' +
      'is new.',
  }),
  name: t.string({ description: 'The display name: at most 400 characters. Default, also for null: a title made from the events.' }),
  goal: t.field({ type: MetricGoal, description: 'Which change is good. Default, also for null: `INCREASE`.' }),
  conversionWindow: t.field({
    type: TimeSpanInput,
    description: 'How long after the exposure events count. Default, also for null: no limit of its own.',
  }),
  breakdownProperties: t.stringList({
    description: 'Properties of the exposure event by which results are broken down: at most 3. Default, also for null: none.',
  }),
})

const outliers = (t: InputFields, of: string) =>
  t.field({ type: OutlierBoundsInput, description: `The bounds of outliers${of}. Default, also for null: none.` })

const MeanMetricInput = builder.inputType('MeanMetricInput', {
  description: 'A number per person.',
  fields: (t) => ({
    ...commonFields(t),
    source: t.field({ type: MetricSourceInput, required: true, description: 'The events that make the number.' }),
    outliers: outliers(t, ''),
    threshold: t.float({
      description:
        'The value from which a person counts as 1, and below as 0. Only with the math `TOTAL` or `SUM`. Default, also for null: the number ' +
        'itself counts.',
    }),
  }),
})

const FunnelMetricInput = builder.inputType('FunnelMetricInput', {
  description: 'The share of people who reach the last step after their exposure.',
  fields: (t) => ({
    ...commonFields(t),
    steps: t.field({ type: [MetricSourceInput], required: true, description: 'The steps after the exposure, which comes first: 1 to 20.' }),
    order: t.field({ type: FunnelOrder, description: 'The order in which the steps must be done. Default, also for null: `ORDERED`.' }),
  }),
})

const RatioMetricInput = builder.inputType('RatioMetricInput', {
  description: 'The sum of one number per person, divided by the sum of another.',
  fields: (t) => ({
    ...commonFields(t),
    numerator: t.field({ type: MetricSourceInput, required: true, description: 'The events of the number above the line.' }),
    denominator: t.field({ type: MetricSourceInput, required: true, description: 'The events of the number below the line.' }),
    numeratorOutliers: outliers(t, ' of the numerator'),
    denominatorOutliers: outliers(t, ' of the denominator'),
  }),
})

const RetentionMetricInput = builder.inputType('RetentionMetricInput', {
  description: 'The share of people who come back within a window after a start.',
  fields: (t) => ({
    ...commonFields(t),
    start: t.field({
      type: MetricSourceInput,
      description: 'The event that starts the window. Default, also for null: the exposure itself.',
    }),
    completion: t.field({ type: MetricSourceInput, required: true, description: 'The event by which a person comes back.' }),
    windowStart: t.int({ required: true, description: 'How many units after the start the window begins: 0 to 10,000.' }),
    windowEnd: t.int({
      required: true,
      description: 'How many units after the start the window ends: not before it begins, and at most 10,000. The last unit belongs to it.',
    }),
    unit: t.field({ type: TimeUnit, required: true, description: 'The unit of the window.' }),
    startHandling: t.field({
      type: StartHandling,
      description: 'Which start event counts, if a person has several. Default, also for null: `FIRST_SEEN`.',
    }),
  }),
})

export const ExperimentMetricInput = builder.inputType('ExperimentMetricInput', {
  description: 'A metric. Exactly one of the fields is given.',
  isOneOf: true,
  fields: (t) => ({
    mean: t.field({ type: MeanMetricInput, description: 'A number per person.' }),
    funnel: t.field({ type: FunnelMetricInput, description: 'The share of people who reach the last of several steps.' }),
    ratio: t.field({ type: RatioMetricInput, description: 'One number per person, divided by another.' }),
    retention: t.field({ type: RetentionMetricInput, description: 'The share of people who come back.' }),
    raw: t.field({
      type: 'JSON',
      description:
        'A metric in the form of the REST API: an object of kind `ExperimentMetric` and type mean, funnel, ratio or retention. One that is ' +
        'stored exactly so may be anything, such as the `raw` of an `OpaqueMetric`, and stays as it is.',
    }),
  }),
})
