import type { ReactNode } from 'react'
import { useParams } from 'react-router'
import { useRead } from '../api/useRead.ts'
import { ExperimentActivityDocument, ExperimentDocument, type ExperimentQuery } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Activity } from '../ui/Activity.tsx'
import { Badge } from '../ui/Badge.tsx'
import { FlagLink, RequestLink } from '../ui/links.tsx'
import { Card, Facts, PageHead } from '../ui/Page.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { TabBar } from '../ui/TabBar.tsx'
import { Trace } from '../ui/Trace.tsx'
import { Variants } from '../ui/Variants.tsx'
import { When } from '../ui/When.tsx'
import { count, daysBetween, lower, nameOf, percent } from '../ui/words.ts'
import { Exposure } from './Exposure.tsx'
import { LaunchChecks } from './LaunchChecks.tsx'
import { LifeCycle } from './LifeCycle.tsx'
import { Metrics } from './Metrics.tsx'

type Experiment = NonNullable<ExperimentQuery['experiment']>

/** One experiment: where it stands, what it compares, and what can be done with it. */
export function ExperimentPage() {
  const { number = '' } = useParams()
  const { project, can } = useShown()
  const valid = /^[1-9]\d{0,9}$/.test(number) && Number(number) < 2 ** 31
  const variables = { project, number: valid ? Number(number) : 0, flags: can('feature_flag:read'), approvals: can('approvals:read') }
  const read = useRead(ExperimentDocument, variables, { pause: !valid })
  const experiment = read.data?.experiment
  const back = { to: `/p/${project}/experiments`, name: 'Experiments' }
  if (!valid) {
    return (
      <>
        <PageHead title="There is no such experiment" back={back} />
        <Empty title={`'${number}' is not the number of an experiment`}>Its address ends in a number, such as /p/1/experiments/7.</Empty>
      </>
    )
  }
  return (
    <>
      <PageHead
        title={experiment?.name ?? `Experiment ${number}`}
        back={back}
        badge={
          experiment && (
            <>
              <Badge status={experiment.status} />
              {experiment.conclusion !== null && <Badge status={experiment.conclusion} />}
              {experiment.archived && <span className="badge plain">Archived</span>}
            </>
          )
        }
        about={experiment?.description}
      >
        <Trace operation={ExperimentDocument} variables={variables} />
      </PageHead>
      <Show read={read} what="the experiment" part={(data) => data.experiment}>
        {(shown) => (
          <>
            {shown.pendingChangeRequests?.nodes.map(({ id, description }) => (
              <p key={id} className="note wait">
                A change waits for approval:{' '}
                <RequestLink project={project} id={id}>
                  {description}
                </RequestLink>
              </p>
            ))}
            <LifeCycle experiment={shown} project={project} />
            <TabBar
              label="Parts of the experiment"
              parts={[
                { id: 'setup', name: 'Set-up', content: () => <SetUp experiment={shown} project={project} withFlag={variables.flags} /> },
                {
                  id: 'results',
                  name: 'Results',
                  content: () => <Results experiment={shown} project={project} withFlag={variables.flags} />,
                },
                { id: 'activity', name: 'Activity', content: () => <ExperimentActivity project={project} number={shown.databaseId} /> },
              ]}
            />
          </>
        )}
      </Show>
    </>
  )
}

function SetUp({ experiment, project, withFlag }: { experiment: Experiment; project: string; withFlag: boolean }) {
  const { featureFlag, statistics, exposure, holdout, startDate, endDate, shippedVariantKey, conclusionComment, excludedVariantKeys } =
    experiment
  const more = (name: string, value: string | null | undefined): [string, string][] =>
    value == null || value === '' ? [] : [[name, value]]
  return (
    <div className="columns wide-first">
      <div>
        {experiment.status === 'DRAFT' && <LaunchChecks checks={experiment.launchChecks} />}
        {featureFlag && featureFlag.variants.length > 0 && <Variants variants={featureFlag.variants} />}
        <Metrics primary={experiment.primaryMetrics} secondary={experiment.secondaryMetrics} />
      </div>
      <div>
        <Card title="About">
          <Facts
            facts={[
              [
                'Flag',
                featureFlag ? <FlagLink key="f" project={project} flag={featureFlag} /> : withFlag ? 'none' : 'needs feature_flag:read',
              ],
              [
                'Reaches',
                featureFlag ? (featureFlag.active ? percent(featureFlag.rolloutPercentage) : 'nobody: the flag is off') : 'not known',
              ],
              ['Baseline', <code key="b">{experiment.baselineVariantKey}</code>],
              ...more('Left out', excludedVariantKeys.join(', ')),
              ...more('Shipped', shippedVariantKey),
              [
                'Launched',
                startDate === null ? (
                  'not yet'
                ) : (
                  <>
                    <When at={startDate} />
                    {endDate === null && `, ${count(daysBetween(startDate, new Date()), 'day')} so far`}
                  </>
                ),
              ],
              ...(endDate === null ? [] : ([['Ended', <When key="n" at={endDate} />]] as [string, ReactNode][])),
              ...more('Why', conclusionComment),
              ...more('Holdout', holdout && `${holdout.name}, ${percent(holdout.exclusionPercentage)}`),
              [
                'Statistics',
                `${lower(statistics.method)}, ${percent(statistics.confidenceLevel * 100)}${statistics.ofProject ? ', as the project' : ''}`,
              ],
              ['Exposure', exposure.problem ?? exposure.action?.name ?? exposure.event ?? 'calls of the flag'],
              [
                'Created',
                <>
                  {nameOf(experiment.createdBy)}, <When at={experiment.createdAt} />
                </>,
              ],
            ]}
          />
        </Card>
      </div>
    </div>
  )
}

function Results({ experiment, project, withFlag }: { experiment: Experiment; project: string; withFlag: boolean }) {
  return (
    <>
      <Card title="Results">
        <Empty title={experiment.startDate === null ? 'Nothing was measured yet' : 'The API does not compute results yet'}>
          {experiment.startDate === null
            ? 'Launch the experiment first.'
            : 'What each variant did to the metrics will stand here, as intervals. Until then, see who was exposed.'}
        </Empty>
      </Card>
      {withFlag && <Exposure project={project} number={experiment.databaseId} />}
    </>
  )
}

function ExperimentActivity({ project, number }: { project: string; number: number }) {
  const read = useRead(ExperimentActivityDocument, { project, number })
  return (
    <Card title="Activity">
      <Show read={read} what="activity" part={(data) => data.experiment}>
        {({ activity }) => <Activity entries={activity.nodes} />}
      </Show>
    </Card>
  )
}
