import { builder } from '../../graphql/builder.ts'
import { ApprovalPolicy } from './ApprovalPolicy.ts'
import { ApproverRequirement } from './ApproverRequirement.ts'
import { ChangeRequest } from './ChangeRequest.ts'
import type { Guard } from './data/guards.ts'
import { GatedAction } from './enums.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'
import { parseSnapshot, toSnapshot } from './rules/policySnapshot.ts'

export const ApprovalGuard = builder.objectRef<Guard>('ApprovalGuard').implement({
  description: 'A policy that can guard an edit of a flag now. Needs a key with the scope `feature_flag:read`, like the flag.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    actionKey: t.field({
      type: GatedAction,
      description: 'The action that needs approval.',
      resolve: ({ policy }) => policy.actionKey as Action,
    }),
    policy: t.expose('policy', {
      type: ApprovalPolicy,
      nullable: true,
      authScopes: { scope: 'approvals:read' },
      description:
        'The policy. Its `conditions` say which changes of the action it guards. Needs the scope `approvals:read`. Without it, the field is ' +
        'null, with an error.',
    }),
    viewerBypasses: t.exposeBoolean('viewerBypasses', {
      description: 'Whether the viewer needs no approval, because the policy lists their level or a role of theirs.',
    }),
    requiredApprovers: t.field({
      type: ApproverRequirement,
      description: 'Who must approve, if the change were requested now.',
      resolve: ({ policy }) => parseSnapshot({ policySnapshot: toSnapshot(policy) }),
    }),
    openRequest: t.expose('openRequest', {
      type: ChangeRequest,
      nullable: true,
      authScopes: { scope: 'approvals:read' },
      description:
        'The open change request for the action on the flag. While there is one, another is not made. Null when there is none. Needs the scope ' +
        '`approvals:read`. Without it, the field is null, with an error.',
    }),
  }),
})
