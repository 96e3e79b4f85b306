import { builder } from '../../graphql/builder.ts'
import type { MetricMath as SourceMath, SourceSubject } from './rules/metricSource.ts'
import type {
  MetricGoal as Goal,
  StartHandling as Handling,
  FunnelOrder as Order,
  MetricType as Type,
  TimeUnit as Unit,
} from './rules/parseMetric.ts'

type Values<Stored extends string> = Record<string, { value: Stored; description: string }>

export const MetricType = builder.enumType('MetricType', {
  description: 'The kinds of metrics that types can say.',
  values: {
    MEAN: { value: 'mean', description: 'A number per person, such as a count of events or a sum of a property.' },
    FUNNEL: { value: 'funnel', description: 'The share of people who reach the last of several steps.' },
    RATIO: { value: 'ratio', description: 'One number per person, divided by another: the sum of the first by the sum of the second.' },
    RETENTION: { value: 'retention', description: 'The share of people who come back within a window after a start.' },
  } satisfies Values<Type>,
})

export const MetricGoal = builder.enumType('MetricGoal', {
  description: 'Which change of a metric is good.',
  values: {
    INCREASE: { value: 'increase', description: 'More is better.' },
    DECREASE: { value: 'decrease', description: 'Less is better.' },
  } satisfies Values<Goal>,
})

export const MetricRole = builder.enumType('MetricRole', {
  description: 'The place of a metric in an experiment.',
  values: {
    PRIMARY: { value: 'primary', description: 'The experiment is decided by it.' },
    SECONDARY: { value: 'secondary', description: 'It is watched beside the primary metrics.' },
  } satisfies Values<'primary' | 'secondary'>,
})

export const TimeUnit = builder.enumType('TimeUnit', {
  description: 'A unit of time.',
  values: {
    SECOND: { value: 'second', description: 'A second.' },
    MINUTE: { value: 'minute', description: '60 seconds.' },
    HOUR: { value: 'hour', description: '60 minutes.' },
    DAY: { value: 'day', description: '24 hours. In the window of a retention, a calendar day of the project.' },
    WEEK: { value: 'week', description: 'Seven days.' },
    MONTH: { value: 'month', description: '30 days. In the window of a retention, a calendar month.' },
  } satisfies Values<Unit>,
})

export const FunnelOrder = builder.enumType('FunnelOrder', {
  description: 'The order in which a person must do the steps of a funnel.',
  values: {
    ORDERED: { value: 'ordered', description: 'In the order of the steps. Other events may come between.' },
    STRICT: { value: 'strict', description: 'In the order of the steps, without an event of another step between.' },
    UNORDERED: { value: 'unordered', description: 'In any order.' },
  } satisfies Values<Order>,
})

export const StartHandling = builder.enumType('StartHandling', {
  description: 'Which start event counts, if a person has several.',
  values: {
    FIRST_SEEN: { value: 'first_seen', description: 'The first.' },
    LAST_SEEN: { value: 'last_seen', description: 'The last.' },
  } satisfies Values<Handling>,
})

export const MetricMath = builder.enumType('MetricMath', {
  description: 'How the events of a person become a number.',
  values: {
    TOTAL: { value: 'total', description: 'The number of events.' },
    SUM: { value: 'sum', description: 'The sum of a property.' },
    AVG: { value: 'avg', description: 'The average of a property.' },
    MIN: { value: 'min', description: 'The least value of a property.' },
    MAX: { value: 'max', description: 'The greatest value of a property.' },
    DAU: { value: 'dau', description: 'The number of different people: 1 or 0 for a person, more for a group.' },
    UNIQUE_SESSION: { value: 'unique_session', description: 'The number of different sessions.' },
    UNIQUE_GROUP: { value: 'unique_group', description: 'The number of different groups of one type.' },
    EXPRESSION: {
      value: 'hogql',
      description: 'A free expression, which only `raw` shows. No input takes it, and a metric with it is an `OpaqueMetric`.',
    },
  } satisfies Values<SourceMath>,
})

export const MetricSourceKind = builder.enumType('MetricSourceKind', {
  description: 'What a source names.',
  values: {
    EVENT: { description: 'Events of one name.' },
    ACTION: { description: 'Events that match an action.' },
    ANY_EVENT: { description: 'All events.' },
    DATA_WAREHOUSE: { description: 'Rows of a table of the data warehouse. This service has no such tables.' },
  } satisfies Record<SourceSubject['kind'], { description: string }>,
})
