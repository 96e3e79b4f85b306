import { hasScope } from '../../../auth/scopes.ts'
import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { assertNoDependentFlags } from '../../featureFlags/data/dependentFlags.ts'
import { nameExperiments } from '../../featureFlags/data/nameExperiments.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { archiveBlocker } from '../rules/lifeCycle.ts'
import { getExperimentStatus } from '../rules/status.ts'

defineMutation({
  ...experimentMutation,
  name: 'archiveExperiment',
  description:
    'Archives an ended experiment. Also archives its flag if the flag is off, no other experiment uses it, and the key holds ' +
    '`feature_flag:write`.',
  errors: ['gate', 'invalidState'],
  inputDescription: 'The experiment to archive, and whether to switch its flag off.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The ended experiment'),
    disableFeatureFlag: t.boolean({
      description:
        'Whether to switch off and archive a flag that is on. Default: false. True also needs the scope `feature_flag:write`. If another ' +
        'experiment that is not archived uses a flag that is on, true is an `InvalidStateError` that names it.',
    }),
  }),
  inputScopes: ({ disableFeatureFlag }) => (disableFeatureFlag === true ? ['feature_flag:write'] : []),
  toCommand: (context, { id, disableFeatureFlag }) => ({
    id,
    disableFeatureFlag: disableFeatureFlag ?? false,
    mayWriteFlags: hasScope(requireViewer(context).scopes, 'feature_flag:write'),
  }),
  plan: async (tx, actor, { id, disableFeatureFlag, mayWriteFlags }) => {
    const experiment = await lockForAction(tx, actor, id, archiveBlocker)
    const { active, archived, deleted } = experiment.featureFlag
    // The rule is in experiments.md 10.2.
    const mayArchiveFlag = mayWriteFlags && !deleted && !archived && (!active || disableFeatureFlag)
    const others = mayArchiveFlag ? await nameOthers(tx, experiment) : null
    if (others !== null && active) {
      const message = `The feature flag cannot be switched off, because other experiments use it: ${others}. Archive them first, or leave the flag on.`
      throw new InvalidStateError(message, getExperimentStatus(experiment, experiment.featureFlag))
    }
    const featureFlagAutoArchived = mayArchiveFlag && others === null
    if (!featureFlagAutoArchived) return planUpdate(actor, experiment, { archived: true, featureFlagAutoArchived })
    await assertNoDependentFlags(tx, experiment.featureFlag)
    const flagPatch = active ? { active: false, archived: true } : { archived: true }
    const plan = planUpdate(actor, experiment, { archived: true, featureFlagAutoArchived }, flagPatch)
    // An experiment that uses the flag later keeps it from being archived. A change request for this is stale then.
    return { ...plan, rows: [...plan.rows, { type: 'EXPERIMENT', id, values: { otherExperimentsOfFlag: { before: [] } } }] }
  },
})

/** Returns the names of the other experiments of the flag that are not archived. Null if there are none. */
function nameOthers(tx: Transaction, { id, featureFlag }: LockedExperiment): Promise<string | null> {
  return nameExperiments(tx, featureFlag, { id: { not: id }, archived: false })
}
