import { useState } from 'react'
import { useParams } from 'react-router'
import { useRead } from '../api/useRead.ts'
import { FlagActivityDocument, FlagDocument, FlagVersionsDocument } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Activity } from '../ui/Activity.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Changes } from '../ui/Changes.tsx'
import { ExperimentLink, FlagLink, RequestLink } from '../ui/links.tsx'
import { Card, Facts, PageHead } from '../ui/Page.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { TabBar } from '../ui/TabBar.tsx'
import { Trace } from '../ui/Trace.tsx'
import { Variants } from '../ui/Variants.tsx'
import { When } from '../ui/When.tsx'
import { gatedAction, ineligible, lower, nameOf, percent, valueText } from '../ui/words.ts'
import { Conditions } from './Conditions.tsx'
import { DeletedFlag, FlagActions } from './FlagActions.tsx'
import { FlagUsage } from './FlagUsage.tsx'
import type { Flag } from './flag.ts'
import { TryFlag } from './TryFlag.tsx'

/** One flag: whom it reaches, what it answers, and how it came to be so. */
export function FlagPage() {
  const { key = '' } = useParams()
  const { project, can } = useShown()
  const variables = { project, key, experiments: can('experiment:read'), approvals: can('approvals:read') }
  const [deleted, setDeleted] = useState<Flag | null>(null)
  const gone = deleted !== null && deleted.key === key
  const read = useRead(FlagDocument, variables, { pause: gone })
  const flag = gone ? undefined : read.data?.featureFlag
  return (
    <>
      <PageHead
        title={key}
        back={{ to: `/p/${project}/flags`, name: 'Flags' }}
        badge={flag && <Badge status={flag.status}>{flag.status === 'INACTIVE' ? 'Off' : undefined}</Badge>}
        about={flag?.name}
      >
        <Trace operation={FlagDocument} variables={variables} />
      </PageHead>
      {gone ? (
        <DeletedFlag flag={deleted} project={project} onRestored={() => setDeleted(null)} />
      ) : (
        <Show read={read} what="the flag" part={(data) => data.featureFlag}>
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
              {can('feature_flag:write') && (
                <FlagActions flag={shown} project={project} experiments={variables.experiments} onDeleted={() => setDeleted(shown)} />
              )}
              <TabBar
                label="Parts of the flag"
                parts={[
                  { id: 'conditions', name: 'Who gets it', content: () => <WhoGetsIt flag={shown} project={project} /> },
                  { id: 'try', name: 'Try it', content: () => <TryFlag key={key} project={project} flagKey={key} /> },
                  { id: 'versions', name: 'Versions', content: () => <Versions project={project} flagKey={key} /> },
                  { id: 'activity', name: 'Activity', content: () => <FlagActivity project={project} flagKey={key} /> },
                ]}
              />
            </>
          )}
        </Show>
      )}
    </>
  )
}

function WhoGetsIt({ flag, project }: { flag: Flag; project: string }) {
  return (
    <div className="columns wide-first">
      <div>
        <Card title="Conditions">
          <p className="faint">{flag.statusReason}</p>
          <Conditions flag={flag} project={project} />
        </Card>
        {flag.variants.length > 0 && <Variants variants={flag.variants} />}
        <FlagUsage project={project} flagKey={flag.key} />
      </div>
      <div>
        <Card title="About">
          <Facts
            facts={[
              ['For experiments', <Eligibility key="e" flag={flag} />],
              ['Evaluated by', flag.evaluationRuntime === 'ALL' ? 'servers and clients' : `${lower(flag.evaluationRuntime)}s only`],
              ...(flag.evaluationContexts.length > 0 ? [['Contexts', flag.evaluationContexts.join(', ')] satisfies [string, string]] : []),
              ...(flag.tags.length > 0 ? [['Tags', flag.tags.join(', ')] satisfies [string, string]] : []),
              ...(flag.payload == null ? [] : [['Payload', valueText(flag.payload)] satisfies [string, string]]),
              ...(flag.holdout
                ? [['Holdout', `${flag.holdout.name ?? ''}, ${percent(flag.holdout.exclusionPercentage)}`] satisfies [string, string]]
                : []),
              ['Last called', flag.lastCalledAt === null ? 'no call is known' : <When key="c" at={flag.lastCalledAt} />],
              [
                'Changed',
                <>
                  <When at={flag.updatedAt ?? flag.createdAt} /> by {nameOf(flag.lastModifiedBy ?? flag.createdBy)}
                </>,
              ],
              ['Version', String(flag.version)],
            ]}
          />
        </Card>
        {flag.experiments && (
          <Card title="In experiments">
            {flag.experiments.nodes.length === 0 ? (
              <p className="faint">No experiment uses it.</p>
            ) : (
              <ul className="plain-list">
                {flag.experiments.nodes.map((experiment) => (
                  <li key={experiment.id}>
                    <ExperimentLink project={project} experiment={experiment} />
                  </li>
                ))}
              </ul>
            )}
          </Card>
        )}
        {(flag.dependencies.length > 0 || flag.dependents.totalCount > 0) && (
          <Card title="Other flags">
            <ul className="plain-list">
              {flag.dependencies.map(({ featureFlagId, featureFlag, problem }) => (
                <li key={featureFlagId}>
                  Needs {featureFlag ? <FlagLink project={project} flag={featureFlag} /> : featureFlagId}
                  {problem !== null && <span className="field-problem"> {problem}</span>}
                </li>
              ))}
              {flag.dependents.nodes.map((dependent) => (
                <li key={dependent.id}>
                  Needed by <FlagLink project={project} flag={dependent} />
                </li>
              ))}
            </ul>
          </Card>
        )}
        {flag.approvalGuards && flag.approvalGuards.length > 0 && (
          <Card title="Guarded changes">
            <ul className="plain-list">
              {flag.approvalGuards.map(({ actionKey, viewerBypasses, policy }) => (
                <li key={policy?.id ?? actionKey}>
                  {gatedAction(actionKey)}
                  {viewerBypasses ? (
                    <span className="faint"> · not for you: you bypass the policy</span>
                  ) : (
                    <span className="faint"> · needs approval</span>
                  )}
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
    </div>
  )
}

function Eligibility({ flag: { experimentEligibility } }: { flag: Flag }) {
  if (experimentEligibility.eligible) return <span className="yes">eligible</span>
  return <>not eligible: {experimentEligibility.reasons.map(ineligible).join(', ')}</>
}

function Versions({ project, flagKey }: { project: string; flagKey: string }) {
  const read = useRead(FlagVersionsDocument, { project, key: flagKey })
  return (
    <Card title="Versions">
      <Show read={read} what="versions" part={(data) => data.featureFlag}>
        {({ versions: { nodes } }) =>
          nodes.length === 0 ? (
            <Empty title="No versions are known">Each change of the flag from now on makes one.</Empty>
          ) : (
            <ol className="timeline">
              {nodes.map(({ number, current, createdAt, createdBy, changes, complete }) => (
                <li key={number}>
                  <p>
                    <strong>Version {number}</strong> {current && <span className="badge good">Current</span>}{' '}
                    <span className="faint">
                      {createdAt !== null && <When at={createdAt} />} {createdBy && `by ${nameOf(createdBy)}`}
                    </span>
                  </p>
                  {changes.length > 0 ? (
                    <Changes changes={changes} />
                  ) : (
                    <p className="faint">{number === 1 ? 'The flag as it was created.' : 'No values are recorded.'}</p>
                  )}
                  {!complete && <p className="faint">Some of its values are not known.</p>}
                </li>
              ))}
            </ol>
          )
        }
      </Show>
    </Card>
  )
}

function FlagActivity({ project, flagKey }: { project: string; flagKey: string }) {
  const read = useRead(FlagActivityDocument, { project, key: flagKey })
  return (
    <Card title="Activity">
      <Show read={read} what="activity" part={(data) => data.featureFlag}>
        {({ activity }) => <Activity entries={activity.nodes} />}
      </Show>
    </Card>
  )
}
