import type { ActivityResourceType as ResourceType } from '../../commands/recordActivity.ts'
import { builder } from '../../graphql/builder.ts'

export const ActivityResourceType = builder.enumType('ActivityResourceType', {
  description: 'The type of the thing that an entry of the audit trail is about.',
  values: {
    FEATURE_FLAG: { description: 'A feature flag.' },
    EXPERIMENT: { description: 'An experiment. Its changes of its flag are in the same entry.' },
    HOLDOUT: { description: 'A holdout.' },
    SAVED_METRIC: { description: 'A saved metric.' },
    CHANGE_REQUEST: { description: 'A change request: it was made, voted on, cancelled, retried, or expired.' },
    APPROVAL_POLICY: { description: 'An approval policy: it was created, changed or deleted.' },
    PROJECT_SETTINGS: { description: 'The settings of a project.' },
  } satisfies Record<ResourceType, { description: string }>,
})
