import type { MetricTextFragment, SourceTextFragment } from '../generated/graphql.ts'
import { Card } from '../ui/Page.tsx'
import { count, lower } from '../ui/words.ts'

/** What the experiment measures, in words. */
export function Metrics({ primary, secondary }: { primary: readonly MetricTextFragment[]; secondary: readonly MetricTextFragment[] }) {
  return (
    <Card title="Metrics">
      {primary.length === 0 && <p className="faint">There is no primary metric, so the experiment cannot be decided.</p>}
      <ul className="plain-list metrics">
        {primary.map((metric) => (
          <Metric key={metric.uuid} metric={metric} use="Primary" />
        ))}
        {secondary.map((metric) => (
          <Metric key={metric.uuid} metric={metric} use="Secondary" />
        ))}
      </ul>
    </Card>
  )
}

function Metric({ metric, use }: { metric: MetricTextFragment; use: string }) {
  return (
    <li>
      <p>
        <strong>{metric.savedMetric?.name || metric.name || 'Without a name'}</strong> <span className="badge plain">{use}</span>
      </p>
      <p className="faint">{describe(metric)}</p>
    </li>
  )
}

function describe(metric: MetricTextFragment): string {
  if (metric.__typename === 'OpaqueMetric') return `It cannot be read: ${metric.reason}`
  const goal = metric.goal === 'INCREASE' ? 'More is better.' : 'Less is better.'
  const window = metric.conversionWindow ? ` Within ${count(metric.conversionWindow.value, lower(metric.conversionWindow.unit))}.` : ''
  switch (metric.__typename) {
    case 'MeanMetric':
      return `${amount(metric.source)} per person.${window} ${goal}`
    case 'FunnelMetric':
      return `The share of people who reach the end of ${path(metric.steps)}.${window} ${goal}`
    case 'RatioMetric':
      return `${amount(metric.numerator)}, divided by ${amount(metric.denominator).toLowerCase()}.${window} ${goal}`
    case 'RetentionMetric':
      return `The share of people who come back to ${place(metric.completion)} after ${metric.windowStart} to ${count(metric.windowEnd, lower(metric.unit))}.${window} ${goal}`
  }
}

const path = (steps: readonly SourceTextFragment[]) => ['exposure', ...steps.map(place)].join(' → ')

function place({ kind, event, action, table }: SourceTextFragment): string {
  return kind === 'ANY_EVENT' ? 'any event' : (event ?? action?.name ?? table ?? 'an unknown event')
}

function amount(source: SourceTextFragment): string {
  const where = place(source)
  switch (source.math) {
    case 'TOTAL':
      return `Number of ${where}`
    case 'DAU':
    case 'UNIQUE_SESSION':
    case 'UNIQUE_GROUP':
      return `Unique ${source.math === 'DAU' ? 'people' : source.math === 'UNIQUE_SESSION' ? 'sessions' : 'groups'} with ${where}`
    default:
      return `${source.math === 'EXPRESSION' ? 'Expression' : `${lower(source.math).replace(/^./, (first) => first.toUpperCase())} of ${source.mathProperty ?? 'a value'}`} of ${where}`
  }
}
