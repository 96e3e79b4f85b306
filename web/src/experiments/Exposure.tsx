import { lazy, Suspense } from 'react'
import { useRead } from '../api/useRead.ts'
import { ExperimentExposureDocument } from '../generated/graphql.ts'
import { Card } from '../ui/Page.tsx'
import { Show } from '../ui/States.tsx'
import { When } from '../ui/When.tsx'
import { count } from '../ui/words.ts'

const UsageChart = lazy(async () => ({ default: (await import('../charts/UsageChart.tsx')).UsageChart }))

/** Who met the experiment, as far as calls of its flag tell: by day and variant. */
export function Exposure({ project, number }: { project: string; number: number }) {
  const read = useRead(ExperimentExposureDocument, { project, number })
  return (
    <Card title="Exposure over time" aside={<span className="faint">Calls of the flag, 30 days</span>}>
      <Show read={read} what="exposure" part={(data) => data.experiment?.featureFlag}>
        {({ usage }) =>
          usage === null ? (
            <p className="faint">Nothing is known: no event $feature_flag_called is stored.</p>
          ) : usage.calls === 0 ? (
            <p className="faint">
              Nobody was exposed: no application called the flag. Check that it is in the code, and that it sends $feature_flag_called.
            </p>
          ) : (
            <>
              <p>
                {count(usage.persons, 'person', 'people')} in {count(usage.calls, 'call')}{' '}
                <span className="faint">
                  as of <When at={usage.asOf} />
                </span>
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
