import { useRead } from '../api/useRead.ts'
import { RequestsDocument, type RequestsQueryVariables } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Badge } from '../ui/Badge.tsx'
import { RequestLink } from '../ui/links.tsx'
import { Card, PageHead } from '../ui/Page.tsx'
import { Pager, usePage } from '../ui/Pager.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { TabBar } from '../ui/TabBar.tsx'
import { Trace } from '../ui/Trace.tsx'
import { When } from '../ui/When.tsx'
import { gatedAction, nameOf } from '../ui/words.ts'
import { Policies } from './Policies.tsx'

/** What waits for the viewer, what they asked for, and the rules. */
export function ApprovalsPage() {
  const { project, viewer, can } = useShown()
  return (
    <>
      <PageHead title="Approvals" about="Changes that a policy guards wait here, until somebody else agrees.">
        <Trace operation={RequestsDocument} variables={{ project, waiting: true, first: 25 }} />
      </PageHead>
      <TabBar
        label="Change requests and policies"
        parts={[
          {
            id: 'waiting',
            name: 'Waits for me',
            content: () => (
              <Requests
                filter={{ waiting: true }}
                empty="Nothing waits for you"
                hint="Requests that need your vote appear here by themselves."
              />
            ),
          },
          {
            id: 'mine',
            name: 'I asked for',
            content: () => (
              <Requests
                filter={{ requester: viewer.user.id }}
                empty="You asked for nothing"
                hint="If a policy guards a change that you make, it becomes a request, and stands here."
              />
            ),
          },
          {
            id: 'all',
            name: 'All',
            content: () => (
              <Requests filter={{}} empty="Nobody asked for anything" hint="Only changes that a policy guards need a request." />
            ),
          },
          { id: 'policies', name: 'Policies', content: () => <Policies project={project} withActivity={can('activity_log:read')} /> },
        ]}
      />
    </>
  )
}

function Requests({ filter, empty, hint }: { filter: Pick<RequestsQueryVariables, 'waiting' | 'requester'>; empty: string; hint: string }) {
  const { project } = useShown()
  const read = useRead(RequestsDocument, { project, ...usePage(), ...filter })
  return (
    <Card>
      <Show read={read} what="change requests" part={(data) => data.changeRequests}>
        {(list) => (
          <>
            {list.nodes.length === 0 ? (
              <Empty title={empty}>{hint}</Empty>
            ) : (
              <table className="stack">
                <thead>
                  <tr>
                    <th scope="col">Change</th>
                    <th scope="col">State</th>
                    <th scope="col">Votes</th>
                    <th scope="col">Asked</th>
                  </tr>
                </thead>
                <tbody>
                  {list.nodes.map(
                    ({ id, description, actionKey, state, approvalCount, quorum, requestedBy, createdAt, expiresAt, validationStatus }) => (
                      <tr key={id}>
                        <th scope="row">
                          <RequestLink project={project} id={id}>
                            {description}
                          </RequestLink>
                          <span className="faint line">{gatedAction(actionKey)}</span>
                        </th>
                        <td data-label="State">
                          <Badge status={state} />{' '}
                          {state === 'PENDING' && validationStatus !== 'VALID' && <Badge status={validationStatus} />}
                        </td>
                        <td data-label="Votes">
                          {approvalCount} of {quorum}
                        </td>
                        <td data-label="Asked">
                          {nameOf(requestedBy)}, <When at={createdAt} />
                          {state === 'PENDING' && (
                            <span className="faint line">
                              expires <When at={expiresAt} />
                            </span>
                          )}
                        </td>
                      </tr>
                    ),
                  )}
                </tbody>
              </table>
            )}
            <Pager list={list} one="request" />
          </>
        )}
      </Show>
    </Card>
  )
}
