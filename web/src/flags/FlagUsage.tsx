import { lazy, Suspense } from 'react'
import { useRead } from '../api/useRead.ts'
import { FlagUsageDocument } from '../generated/graphql.ts'
import { Card } from '../ui/Page.tsx'
import { Show } from '../ui/States.tsx'
import { count } from '../ui/words.ts'

const UsageChart = lazy(async () => ({ default: (await import('../charts/UsageChart.tsx')).UsageChart }))

/** How much applications call the flag, and what it answers them. */
export function FlagUsage({ project, flagKey }: { project: string; flagKey: string }) {
  const read = useRead(FlagUsageDocument, { project, key: flagKey })
  return (
    <Card title="Calls" aside={<span className="faint">30 days</span>}>
      <Show read={read} what="calls" part={(data) => data.featureFlag}>
        {({ usage }) =>
          usage === null || usage.calls === 0 ? (
            <p className="faint">
              {usage === null
                ? 'Nothing is known of calls: no event $feature_flag_called is stored.'
                : 'No application called the flag. If one should, look whether it sends the event $feature_flag_called.'}
            </p>
          ) : (
            <>
              <p>
                {count(usage.calls, 'call')} of {count(usage.persons, 'person', 'people')}
              </p>
              <Suspense fallback={<div className="chart-room low" />}>
                <UsageChart days={usage.days} />
              </Suspense>
            </>
          )
        }
      </Show>
    </Card>
  )
}
