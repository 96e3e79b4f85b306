import type { ReactNode } from 'react'
import { useParams } from 'react-router'
import { useRead } from '../api/useRead.ts'
import { RequestDocument, RequestImpactDocument, type RequestQuery } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Badge } from '../ui/Badge.tsx'
import { Changes } from '../ui/Changes.tsx'
import { Impact } from '../ui/Impact.tsx'
import { ExperimentLink, FlagLink } from '../ui/links.tsx'
import { Card, Facts, PageHead } from '../ui/Page.tsx'
import { Show } from '../ui/States.tsx'
import { Trace } from '../ui/Trace.tsx'
import { When } from '../ui/When.tsx'
import { count, gatedAction, nameOf } from '../ui/words.ts'
import { Decision } from './Decision.tsx'

type Request = NonNullable<RequestQuery['changeRequest']>

/** One change request: what would change, for whom, who said what, and what the viewer can do. */
export function RequestPage() {
  const { id = '' } = useParams()
  const { project, can } = useShown()
  const variables = { id, flags: can('feature_flag:read'), experiments: can('experiment:read') }
  const read = useRead(RequestDocument, variables)
  const request = read.data?.changeRequest
  return (
    <>
      <PageHead
        title={request?.description ?? 'Change request'}
        back={{ to: `/p/${project}/approvals`, name: 'Approvals' }}
        badge={
          request && (
            <>
              <Badge status={request.state} />
              {request.state === 'PENDING' && request.validationStatus !== 'VALID' && <Badge status={request.validationStatus} />}
            </>
          )
        }
      >
        <Trace operation={RequestDocument} variables={variables} />
      </PageHead>
      <Show read={read} what="the change request" part={(data) => data.changeRequest}>
        {(shown) => (
          <>
            <Decision request={shown} project={project} />
            <div className="columns wide-first">
              <div>
                <Card title="What would change">
                  <Changes changes={shown.changes} guards />
                </Card>
                {shown.staleReasons.length > 0 && (
                  <Card title="What changed in the meantime">
                    <Changes changes={shown.staleReasons} />
                  </Card>
                )}
                {shown.state === 'PENDING' && variables.flags && (
                  <RequestImpact id={id} project={project} experiments={variables.experiments} />
                )}
              </div>
              <div>
                <About request={shown} project={project} />
                <Votes request={shown} />
              </div>
            </div>
          </>
        )}
      </Show>
    </>
  )
}

function RequestImpact({ id, project, experiments }: { id: string; project: string; experiments: boolean }) {
  const read = useRead(RequestImpactDocument, { id, experiments })
  return (
    <Card title="Impact">
      <Show read={read} what="the impact" part={(data) => data.changeRequest}>
        {({ impact }) =>
          impact === null ? <p className="faint">It cannot be told for this change.</p> : <Impact impact={impact} project={project} />
        }
      </Show>
    </Card>
  )
}

function About({ request, project }: { request: Request; project: string }) {
  const { resource, resourceName } = request
  return (
    <Card title="About">
      <Facts
        facts={[
          ['Action', gatedAction(request.actionKey)],
          [
            'Of',
            resource?.__typename === 'FeatureFlag' && resource.key !== undefined ? (
              <FlagLink key="f" project={project} flag={{ key: resource.key }} />
            ) : resource?.__typename === 'Experiment' && resource.databaseId !== undefined ? (
              <ExperimentLink
                key="e"
                project={project}
                experiment={{ databaseId: resource.databaseId, name: resource.name ?? resourceName }}
              />
            ) : (
              resourceName || 'something that is gone'
            ),
          ],
          [
            'Asked by',
            <>
              {nameOf(request.requestedBy)}, <When at={request.createdAt} />
            </>,
          ],
          ...(request.state === 'PENDING' ? ([['Expires', <When key="x" at={request.expiresAt} />]] as [string, ReactNode][]) : []),
          ...(request.decidedBy ? ([['Decided by', nameOf(request.decidedBy)]] as [string, ReactNode][]) : []),
          ...(request.appliedAt === null ? [] : ([['Applied', <When key="a" at={request.appliedAt} />]] as [string, ReactNode][])),
          ...(request.cancelReason ? ([['Why', request.cancelReason]] as [string, ReactNode][]) : []),
        ]}
      />
    </Card>
  )
}

function Votes({ request: { approvals, approvalCount, quorum, requiredApprovers, undecidableReason, state } }: { request: Request }) {
  const may = [...requiredApprovers.users.map(nameOf), ...requiredApprovers.roles.map(({ name }) => name)]
  return (
    <Card
      title="Votes"
      aside={
        <span className="faint">
          {approvalCount} of {count(quorum, 'approval')}
        </span>
      }
    >
      {approvals.length > 0 && (
        <ul className="plain-list">
          {approvals.map(({ id, createdBy, decision, reason, createdAt }) => (
            <li key={id}>
              <p>
                <span className={`badge ${decision === 'APPROVED' ? 'good' : 'bad'}`}>
                  {decision === 'APPROVED' ? 'Approved' : 'Rejected'}
                </span>{' '}
                {nameOf(createdBy)}{' '}
                <span className="faint">
                  <When at={createdAt} />
                </span>
              </p>
              {reason !== '' && <p className="faint">{reason}</p>}
            </li>
          ))}
        </ul>
      )}
      {state === 'PENDING' && (
        <p className="faint">
          May vote: {may.length === 0 ? 'admins and owners' : may.join(', ')}.
          {!requiredApprovers.selfApprovalAllowed && ' Who asks may not.'}
        </p>
      )}
      {undecidableReason !== null && <p className="note bad">{undecidableReason}</p>}
    </Card>
  )
}
