import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { ChangeRequest } from '../approvals/ChangeRequest.ts'
import { FeatureFlag, loadFlag } from '../featureFlags/FeatureFlag.ts'
import { holdoutLoader } from '../holdouts/data/holdoutLoaders.ts'
import { Holdout } from '../holdouts/Holdout.ts'
import { experimentLoader } from './data/experimentLoaders.ts'
import { Experiment } from './Experiment.ts'

// Here, because only this feature knows all types that requests are about.

const ChangeRequestResource = builder.unionType('ChangeRequestResource', {
  description: 'What a change request is about.',
  types: [FeatureFlag, Experiment, Holdout],
  resolveType: (row) => {
    if (typeof row !== 'object') return FeatureFlag
    return 'featureFlagId' in row ? Experiment : 'key' in row ? FeatureFlag : Holdout
  },
})

builder.objectField(ChangeRequest, 'resource', (t) =>
  t.field({
    type: ChangeRequestResource,
    nullable: true,
    description:
      'The flag, experiment or holdout, as it is now. Null when it is yet to be created, was deleted, or the viewer cannot see it. Needs a key ' +
      'with the scope `feature_flag:read` for a flag, and `experiment:read` for an experiment or a holdout (`FORBIDDEN` otherwise).',
    resolve: ({ resourceType, resourceId }, _args, context) => {
      if (resourceId === null) return null
      if (resourceType === 'FEATURE_FLAG') return loadFlag(context, resourceId)
      requireScope(context, 'experiment:read')
      return resourceType === 'EXPERIMENT' ? experimentLoader(context).load(resourceId) : holdoutLoader(context).load(resourceId)
    },
  }),
)
