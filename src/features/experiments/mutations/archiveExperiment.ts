import { hasScope } from '../../../auth/scopes.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Experiment as ExperimentRow, FeatureFlag } from '../../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../../graphql/authorization.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertNoDependentFlags } from '../../featureFlags/data/dependentFlags.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { idInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { archiveBlocker, assertState } from '../rules/lifeCycle.ts'

defineMutation({
  name: 'archiveExperiment',
  type: Experiment,
  scope: 'experiment:write',
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
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(archiveBlocker(experiment), experiment, flag)
    if (!(await shouldArchiveFlag(tx, experiment, flag, { disableFeatureFlag, mayWriteFlags }))) {
      return planUpdate(actor, experiment, { archived: true, featureFlagAutoArchived: false })
    }
    await assertNoDependentFlags(tx, flag)
    return planUpdate(
      actor,
      experiment,
      { archived: true, featureFlagAutoArchived: true },
      planFlagUpdate(actor, flag, flag.active ? { active: false, archived: true } : { archived: true }),
    )
  },
  reload: reloadExperiment,
})

/** Whether the flag is archived with its experiment (experiments.md 10.2). */
async function shouldArchiveFlag(
  tx: Transaction,
  experiment: ExperimentRow,
  flag: FeatureFlag,
  { disableFeatureFlag, mayWriteFlags }: { disableFeatureFlag: boolean; mayWriteFlags: boolean },
): Promise<boolean> {
  if (flag.deleted || flag.archived || !mayWriteFlags || (flag.active && !disableFeatureFlag)) return false
  const others = { featureFlagId: flag.id, id: { not: experiment.id }, deleted: false, archived: false }
  return (await tx.experiment.findFirst({ where: others, select: { id: true } })) === null
}
