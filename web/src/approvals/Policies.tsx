import { useRead } from '../api/useRead.ts'
import { PoliciesDocument, type PoliciesQuery } from '../generated/graphql.ts'
import { Activity } from '../ui/Activity.tsx'
import { Card } from '../ui/Page.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { count, duration, gatedAction, lower, nameOf, valueText } from '../ui/words.ts'

type Policy = NonNullable<PoliciesQuery['approvalPolicies']>['nodes'][number]

/** The rules of the project, and who passed them by. */
export function Policies({ project, withActivity }: { project: string; withActivity: boolean }) {
  const read = useRead(PoliciesDocument, { project, activity: withActivity })
  return (
    <>
      <Card title="Policies">
        <Show read={read} what="policies" part={(data) => data.approvalPolicies}>
          {({ nodes }) =>
            nodes.length === 0 ? (
              <Empty title="No policy guards this project">
                Every change is made at once. An admin can guard some with the mutation <code>createApprovalPolicy</code>.
              </Empty>
            ) : (
              <table className="stack">
                <thead>
                  <tr>
                    <th scope="col">Guards</th>
                    <th scope="col">Needs</th>
                    <th scope="col">Of</th>
                    <th scope="col">Bypassed by</th>
                  </tr>
                </thead>
                <tbody>
                  {nodes.map((policy) => (
                    <PolicyRow key={policy.id} policy={policy} />
                  ))}
                </tbody>
              </table>
            )
          }
        </Show>
      </Card>
      {withActivity && (
        <Card title="Who bypassed a policy">
          <Show read={read} what="bypasses" part={(data) => data.activity}>
            {({ nodes }) =>
              nodes.length === 0 ? (
                <Empty title="Nobody did">People who may change things without approval are listed here when they do.</Empty>
              ) : (
                <Activity entries={nodes} />
              )
            }
          </Show>
        </Card>
      )}
    </>
  )
}

function PolicyRow({ policy }: { policy: Policy }) {
  const { actionKey, enabled, quorum, conditions, allowSelfApprove, expiresAfterSeconds, project } = policy
  const approvers = [...policy.approverUsers.map(nameOf), ...policy.approverRoles.map(({ name }) => name)]
  const bypassing = [...policy.bypassMembershipLevels.map((level) => `${lower(level)}s`), ...policy.bypassRoles.map(({ name }) => name)]
  return (
    <tr>
      <th scope="row">
        {gatedAction(actionKey)} {!enabled && <span className="badge plain">Off</span>}
        {project === null && <span className="faint line">In the whole organization</span>}
        <Condition conditions={conditions} />
      </th>
      <td data-label="Needs">
        {count(quorum, 'approval')}
        <span className="faint line">within {duration(expiresAfterSeconds)}</span>
      </td>
      <td data-label="Of">
        {approvers.length === 0 ? 'any admin or owner' : approvers.join(', ')}
        {allowSelfApprove && <span className="faint line">also of who asks</span>}
      </td>
      <td data-label="Bypassed by">{bypassing.length === 0 ? 'nobody' : bypassing.join(', ')}</td>
    </tr>
  )
}

/** Which changes of the action are guarded. An empty object stands for all. */
function Condition({ conditions }: { conditions: unknown }) {
  if (typeof conditions !== 'object' || conditions === null || Object.keys(conditions).length === 0) return null
  const { type, field, operator, value } = conditions as Record<string, unknown>
  if (type === 'any_change') return null
  return (
    <span className="faint line">
      If {valueText(field ?? type)} {operator === undefined ? '' : valueText(operator)}{' '}
      {value === undefined || value === null ? '' : valueText(value)}
    </span>
  )
}
