import { hasScope } from '../../../auth/scopes.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Experiment } from '../../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../../graphql/authorization.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertNoDependentFlags } from '../../featureFlags/data/dependentFlags.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { archiveBlocker } from '../rules/lifeCycle.ts'

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
        'Whether to switch off and archive a flag that is on. Default: false. True also needs the scope `feature_flag:write`. A flag ' +
        'that another experiment uses stays as it is.',
    }),
  }),
  toCommand: (context, { id, disableFeatureFlag }) => {
    const { scopes } = disableFeatureFlag ? requireScope(context, 'feature_flag:write') : requireViewer(context)
    return { id, disableFeatureFlag: disableFeatureFlag ?? false, mayWriteFlags: hasScope(scopes, 'feature_flag:write') }
  },
  plan: async (tx, actor, { id, disableFeatureFlag, mayWriteFlags }) => {
    const experiment = await lockForAction(tx, actor, id, archiveBlocker)
    const { active, archived, deleted } = experiment.featureFlag
    // The rule is in experiments.md 10.2.
    const mayArchiveFlag = mayWriteFlags && !deleted && !archived && (!active || disableFeatureFlag)
    const featureFlagAutoArchived = mayArchiveFlag && !(await isFlagShared(tx, experiment))
    if (!featureFlagAutoArchived) return planUpdate(actor, experiment, { archived: true, featureFlagAutoArchived })
    await assertNoDependentFlags(tx, experiment.featureFlag)
    const flagPatch = active ? { active: false, archived: true } : { archived: true }
    return planUpdate(actor, experiment, { archived: true, featureFlagAutoArchived }, flagPatch)
  },
})

/** Whether an experiment that is not archived also uses the flag. */
async function isFlagShared(tx: Transaction, { id, featureFlagId }: Experiment): Promise<boolean> {
  const others = { featureFlagId, id: { not: id }, deleted: false, archived: false }
  return (await tx.experiment.findFirst({ where: others, select: { id: true } })) !== null
}
