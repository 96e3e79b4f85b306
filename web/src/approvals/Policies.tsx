import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { useRead } from '../api/useRead.ts'
import { PoliciesDocument, PolicyChoicesDocument } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Activity } from '../ui/Activity.tsx'
import { Card } from '../ui/Page.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { count, duration, gatedAction, lower, nameOf } from '../ui/words.ts'
import { type Choices, PolicyDeletion, PolicyEditor } from './PolicyEditor.tsx'
import { conditionText } from './policyCondition.ts'
import type { Policy } from './policyForm.ts'

/** The rules of the project, and who passed them by. */
export function Policies({ project, withActivity }: { project: string; withActivity: boolean }) {
  const read = useRead(PoliciesDocument, { project, activity: withActivity })
  const choices = useChoices(project)
  const [edited, setEdited] = useState<Edited | null>(null)
  const [done, setDone] = useState('')
  const edit = (next: Edited) => {
    setDone('')
    setEdited(next)
  }
  const close = () => setEdited(null)
  const finish = (what: string) => {
    close()
    setDone(what)
    read.retry()
  }
  return (
    <>
      <Card
        title="Policies"
        aside={
          choices && (
            <Button className="button small" onPress={() => edit({ kind: 'editor', policy: null })}>
              New policy
            </Button>
          )
        }
      >
        {done !== '' && (
          <p className="note good" role="status">
            {done}
          </p>
        )}
        <Show read={read} what="policies" part={(data) => data.approvalPolicies}>
          {({ nodes }) =>
            nodes.length === 0 ? (
              <Empty title="No policy guards this project">
                Every change is made at once. {choices ? 'Make a policy to guard some.' : 'An admin or owner can guard some.'}
              </Empty>
            ) : (
              <table className="stack">
                <thead>
                  <tr>
                    <th scope="col">Guards</th>
                    <th scope="col">Needs</th>
                    <th scope="col">Of</th>
                    <th scope="col">Bypassed by</th>
                    {choices && <th scope="col">Change</th>}
                  </tr>
                </thead>
                <tbody>
                  {nodes.map((policy) => (
                    <PolicyRow key={policy.id} policy={policy} edit={choices ? edit : null} />
                  ))}
                </tbody>
              </table>
            )
          }
        </Show>
      </Card>
      {choices && edited?.kind === 'editor' && (
        <PolicyEditor policy={edited.policy} choices={choices} project={project} onDone={finish} onClose={close} />
      )}
      {edited?.kind === 'deletion' && <PolicyDeletion policy={edited.policy} project={project} onDone={finish} onClose={close} />}
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

type Edited = { kind: 'editor'; policy: Policy | null } | { kind: 'deletion'; policy: Policy }

/** The people and roles to choose from; null for somebody who may not edit policies: only admins and owners may. */
function useChoices(project: string): Choices | null {
  const { can } = useShown()
  const may = can('approvals:write') && can('organization_member:read')
  const { data } = useRead(PolicyChoicesDocument, { project }, { pause: !may })
  const organization = data?.project?.organization
  return organization === undefined || organization.viewerLevel === 'MEMBER' ? null : organization
}

function PolicyRow({ policy, edit }: { policy: Policy; edit: ((edited: Edited) => void) | null }) {
  const { actionKey, enabled, quorum, conditions, allowSelfApprove, expiresAfterSeconds, project } = policy
  const limit = conditionText(conditions)
  const approvers = [...policy.approverUsers.map(nameOf), ...policy.approverRoles.map(({ name }) => name)]
  const bypassing = [...policy.bypassMembershipLevels.map((level) => `${lower(level)}s`), ...policy.bypassRoles.map(({ name }) => name)]
  return (
    <tr>
      <th scope="row">
        {gatedAction(actionKey)} {!enabled && <span className="badge plain">Off</span>}
        {project === null && <span className="faint line">In the whole organization</span>}
        {limit !== '' && <span className="faint line">{limit}</span>}
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
      {edit && (
        <td data-label="Change">
          <span className="buttons">
            <Button
              className="button small"
              aria-label={`Change the policy: ${gatedAction(actionKey)}`}
              onPress={() => edit({ kind: 'editor', policy })}
            >
              Change
            </Button>
            <Button
              className="button small danger-quiet"
              aria-label={`Delete the policy: ${gatedAction(actionKey)}`}
              onPress={() => edit({ kind: 'deletion', policy })}
            >
              Delete
            </Button>
          </span>
        </td>
      )}
    </tr>
  )
}
