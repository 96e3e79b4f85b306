import type { Activity } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { ActivityEntry } from '../activityLog/ActivityEntry.ts'
import { ApprovalPolicy } from './ApprovalPolicy.ts'
import { FieldChange } from './FieldChange.ts'
import { describeFields, guardableParts } from './rules/fieldChanges.ts'

builder.objectFields(ActivityEntry, (t) => ({
  changes: t.field({
    type: [FieldChange],
    listSize: shortListSize,
    description:
      'What was changed, field by field: `before` and `after` for people. Condition sets are matched by their content, not by their place. ' +
      'Those that policies can guard are marked.',
    resolve: (entry) => describeFields(entry.before, entry.after, guardableParts[changedType(entry)] ?? []),
  }),
  policy: t.field({
    type: ApprovalPolicy,
    nullable: true,
    description:
      'The policy that the entry is about, that was bypassed, or that a request was made under, as it is now. Null when there is none, it is ' +
      'gone, or the viewer cannot see it. Needs a key with the scope `approvals:read` (`FORBIDDEN` otherwise).',
    authScopes: { scope: 'approvals:read' },
    resolve: ({ policyId }) => policyId,
  }),
}))

/** The type of the thing that changed. A request is about a flag or an experiment. */
function changedType({ experimentId, resourceType }: Activity): string {
  if (experimentId !== null) return 'EXPERIMENT'
  return resourceType === 'CHANGE_REQUEST' ? 'FEATURE_FLAG' : (resourceType ?? '')
}
