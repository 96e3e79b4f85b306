import { hasScope } from '../../auth/scopes.ts'
import { missingScopeText, requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { type ActionState, loadActionStates } from './data/actionStates.ts'
import { Experiment, experimentMutation } from './Experiment.ts'
import { type ExperimentActionName, experimentActions } from './rules/experimentActions.ts'

const ExperimentAction = builder.enumType('ExperimentAction', {
  description: 'An action on an experiment, and so a mutation.',
  values: {
    LAUNCH: { description: '`launchExperiment`.' },
    PAUSE: { description: '`pauseExperiment`.' },
    RESUME: { description: '`resumeExperiment`.' },
    FREEZE_EXPOSURE: { description: '`freezeExposure`.' },
    UNFREEZE_EXPOSURE: { description: '`unfreezeExposure`.' },
    END: { description: '`endExperiment`.' },
    SHIP: { description: '`shipExperimentVariant`, with any of the variants.' },
    ARCHIVE: { description: '`archiveExperiment`, without `disableFeatureFlag`.' },
    UNARCHIVE: { description: '`unarchiveExperiment`.' },
    RESET: { description: '`resetExperiment`.' },
    DUPLICATE: { description: '`duplicateExperiment`, with the same flag.' },
    COPY: { description: '`copyExperimentToProject`. What the other project says is not known here.' },
    DELETE: { description: '`updateExperiment` with `deleted: true`.' },
  } satisfies Record<ExperimentActionName, { description: string }>,
})

const ExperimentActionState = builder.objectRef<ActionState>('ExperimentActionState').implement({
  description: 'Whether the viewer may take an action on an experiment now. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    action: t.expose('action', { type: ExperimentAction, description: 'The action.' }),
    allowed: t.exposeBoolean('allowed', {
      description: 'Whether the mutation would do it, or make a change request of it. Its input can still be wrong.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it is not allowed: the message of the error that the mutation would return. Null when it is allowed.',
    }),
    needsApproval: t.exposeBoolean('needsApproval', {
      description:
        'Whether a policy guards the action and the viewer does not bypass it. Then the mutation makes a change request. False when the ' +
        'state of the experiment does not allow the action.',
    }),
  }),
})

/** Whether the key of the request may write experiments. */
function viewerMayWrite(context: Context): boolean {
  return hasScope(requireViewer(context).scopes, experimentMutation.scope)
}

builder.objectFields(Experiment, (t) => ({
  viewerCanUpdate: t.boolean({
    description: 'Whether the key of the request may change the experiment: it holds the scope `experiment:write`.',
    select: [],
    resolve: (_experiment, _args, context) => viewerMayWrite(context),
  }),
  actions: t.field({
    type: [ExperimentActionState],
    // What could be frozen is counted in events.
    cost: 20,
    listSize: { assumedSize: experimentActions.length },
    description:
      'Each action, and what its mutation would say to the viewer now: by the state of the experiment and its flag, the scope of the key, ' +
      'the policies and open change requests. Nothing is written. Always all actions, in the order of the enum.',
    select: [],
    resolve: ({ id }, _args, context) => {
      if (viewerMayWrite(context)) return loadActionStates(context, id)
      const reason = missingScopeText(experimentMutation.scope)
      return experimentActions.map((action) => ({ action, allowed: false, reason, needsApproval: false }))
    },
  }),
}))
