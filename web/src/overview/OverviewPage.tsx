import { lazy, Suspense } from 'react'
import { Link } from 'react-router'
import { useRead } from '../api/useRead.ts'
import { OverviewDocument, type OverviewQuery } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { ExperimentLink, FlagLink } from '../ui/links.tsx'
import { Card, PageHead } from '../ui/Page.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { Trace } from '../ui/Trace.tsx'
import { count, daysBetween } from '../ui/words.ts'
import { vitals } from './vitals.ts'

const MonthsChart = lazy(async () => ({ default: (await import('../charts/MonthsChart.tsx')).MonthsChart }))

type Running = NonNullable<OverviewQuery['running']>
type Project = NonNullable<OverviewQuery['project']>

/** How fast the project learns: launches and completions, what is where, and what runs. */
export function OverviewPage() {
  const { project, can } = useShown()
  const variables = { project, flags: can('feature_flag:read') }
  const read = useRead(OverviewDocument, variables)
  return (
    <>
      <PageHead title={read.data?.project?.name ?? 'Overview'} about="What the project launches, finishes and runs.">
        <Trace operation={OverviewDocument} variables={variables} />
      </PageHead>
      <Show read={read} what="the overview" part={(data) => (data.project || data.running ? data : null)}>
        {({ project: about, running }) => (
          <>
            {about?.experimentStats && <Numbers stats={about.experimentStats} />}
            <div className="columns overview">
              {about?.experimentHistory && (
                <Card title="Launches and completions" aside={<span className="faint">12 months</span>}>
                  <Suspense fallback={<div className="chart-room" />}>
                    <MonthsChart months={about.experimentHistory} />
                  </Suspense>
                </Card>
              )}
              {about?.experimentCounts && <Statuses counts={about.experimentCounts} project={project} />}
            </div>
            {running && <RunningList running={running} project={project} withFlags={variables.flags} />}
          </>
        )}
      </Show>
    </>
  )
}

function Numbers({ stats }: { stats: NonNullable<Project['experimentStats']> }) {
  const { launchedLast30d, launchedPrevious30d, percentChange, activeExperiments, completedLast30d } = stats
  const trend = percentChange > 0 ? 'up' : percentChange < 0 ? 'down' : 'same'
  return (
    <ul className="numbers">
      <li>
        <span className="number">{launchedLast30d}</span>
        <span>launched in 30 days</span>
        <span className={`trend ${trend}`}>
          {percentChange > 0 ? '▲' : percentChange < 0 ? '▼' : '='} {Math.abs(percentChange)}&nbsp;% on the 30 days before (
          {launchedPrevious30d})
        </span>
      </li>
      <li>
        <span className="number">{activeExperiments}</span>
        <span>active now</span>
      </li>
      <li>
        <span className="number">{completedLast30d}</span>
        <span>completed in 30 days</span>
      </li>
    </ul>
  )
}

function Statuses({ counts, project }: { counts: NonNullable<Project['experimentCounts']>; project: string }) {
  const rows: [name: string, status: string, number: number][] = [
    ['Draft', 'DRAFT', counts.draft],
    ['Running', 'RUNNING', counts.running],
    ['Paused', 'PAUSED', counts.paused],
    ['Exposure frozen', 'EXPOSURE_FROZEN', counts.exposureFrozen],
    ['Stopped', 'STOPPED', counts.stopped],
    ['Archived', 'ARCHIVED', counts.archived],
  ]
  const most = Math.max(1, ...rows.map(([, , number]) => number))
  return (
    <Card title="Experiments by status">
      <ul className="bars">
        {rows.map(([name, status, number]) => (
          <li key={status}>
            <Link to={`/p/${project}/experiments?status=${status}`}>{name}</Link>
            <meter className={`bar ${status.toLowerCase()}`} min={0} max={most} value={number} aria-hidden="true" />
            <span className="bar-number">{number}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function RunningList({ running: { totalCount, nodes }, project, withFlags }: { running: Running; project: string; withFlags: boolean }) {
  const now = new Date()
  return (
    <Card title="Running now" aside={<span className="faint">{count(totalCount, 'experiment')}</span>}>
      {nodes.length === 0 ? (
        <Empty title="Nothing runs">
          Launch a draft from its page: <Link to={`/p/${project}/experiments?status=DRAFT`}>see the drafts</Link>.
        </Empty>
      ) : (
        <table className="stack">
          <thead>
            <tr>
              <th scope="col">Experiment</th>
              <th scope="col" className="right">
                Days
              </th>
              {withFlags && <th scope="col">Flag</th>}
              {withFlags && (
                <th scope="col" className="right">
                  Calls in 7 days
                </th>
              )}
              <th scope="col">Health</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((experiment) => {
              const { tone, text } = vitals(experiment)
              return (
                <tr key={experiment.id}>
                  <th scope="row">
                    <ExperimentLink project={project} experiment={experiment} unless="RUNNING" />
                  </th>
                  <td className="right" data-label="Days">
                    {experiment.startDate === null ? '–' : daysBetween(experiment.startDate, now)}
                  </td>
                  {experiment.featureFlag && (
                    <td data-label="Flag">
                      <FlagLink project={project} flag={experiment.featureFlag} />
                    </td>
                  )}
                  {experiment.featureFlag && (
                    <td className="right" data-label="Calls in 7 days">
                      {experiment.featureFlag.usage?.calls.toLocaleString('en') ?? 'not known'}
                    </td>
                  )}
                  <td data-label="Health">
                    <span className={`health ${tone}`}>
                      <span className="dot" aria-hidden="true" />
                      {text}
                    </span>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {totalCount > nodes.length && (
        <p>
          <Link to={`/p/${project}/experiments?status=RUNNING`}>See all that run</Link>
        </p>
      )}
    </Card>
  )
}
