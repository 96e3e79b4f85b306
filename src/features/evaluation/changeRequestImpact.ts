import { hasScope } from '../../auth/scopes.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { asObject, type JsonObject } from '../../platform/json.ts'
import { ChangeRequest } from '../approvals/ChangeRequest.ts'
import { stateAt } from '../approvals/rules/judgement.ts'
import { openStates } from '../approvals/rules/openStates.ts'
import { wholeFlagLoader } from '../featureFlags/data/flagVersions.ts'
import { ChangeImpact, loadImpact } from './ChangeImpact.ts'
import { checkSample, ImpactSampleInput } from './impactSample.ts'
import { withChanges } from './rules/flagState.ts'

builder.objectField(ChangeRequest, 'impact', (t) =>
  t.field({
    type: ChangeImpact,
    nullable: true,
    // It judges up to a thousand people twice.
    cost: 50,
    description:
      'What the change would do to the people whom its flag serves now. Null after the end of the request, for a change of no flag or of one ' +
      'that is yet to be created, and when the key lacks the scope `feature_flag:read`. `BAD_USER_INPUT` names the wrong argument.',
    args: {
      sample: t.arg({
        type: ImpactSampleInput,
        description:
          'For whom it is judged. Default, also for null: `recent: 200`, or `synthetic: 1000` where recent events tell of nobody.',
      }),
    },
    resolve: async (request, args, context) => {
      const sample = checkSample(args.sample)
      const { featureFlagId, projectId } = request
      const changes = flagChanges(request)
      const isOpen = openStates.some((state) => state === stateAt(request, context.now))
      if (!isOpen || featureFlagId === null || changes === null) return null
      if (!hasScope(requireViewer(context).scopes, 'feature_flag:read')) return null
      const flag = await wholeFlagLoader(context).load(featureFlagId)
      return flag === null ? null : loadImpact(context, { id: flag.id, projectId }, withChanges(flag, changes), sample)
    },
  }),
)

/** What a request would change in its flag. The flag of an experiment is in `featureFlag`. */
function flagChanges({ resourceType, after }: { resourceType: string; after: unknown }): JsonObject | null {
  return resourceType === 'FEATURE_FLAG' ? asObject(after) : asObject(asObject(after)?.featureFlag)
}
