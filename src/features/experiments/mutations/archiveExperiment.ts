import { hasScope } from '../../../auth/scopes.ts'
import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import type { Experiment as ExperimentRow, FeatureFlag } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { requireScope, requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertNoDependentFlags } from '../../featureFlags/data/dependentFlags.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { archiveBlocker, assertState } from '../rules/lifeCycle.ts'

const archiveExperiment = defineCommand<{ id: number; disableFeatureFlag: boolean; mayWriteFlags: boolean }>({
  name: 'archiveExperiment',
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
})

/** Whether the flag is archived along with its experiment (experiments.md 10.2). */
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

const ArchiveExperimentInput = builder.inputType('ArchiveExperimentInput', {
  description: 'Which experiment, and whether its flag goes off.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The ended experiment: its global id, or its number.' }),
    disableFeatureFlag: t.boolean({
      required: false,
      description:
        'Whether a flag that is on is switched off and archived too; false when not given. Needs the scope `feature_flag:write` as well. ' +
        'A flag that another experiment uses stays.',
    }),
  }),
})

builder.mutationField('archiveExperiment', (t) =>
  t.field({
    type: Experiment,
    description:
      'Puts an ended experiment away. A flag that is off and that no other experiment uses is archived along, where the key also holds ' +
      `\`feature_flag:write\`.\n\n${requiresScopeText('experiment:write')}`,
    args: {
      input: t.arg({ type: ArchiveExperimentInput, required: true, description: 'Which experiment, and whether its flag goes off.' }),
    },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('archiveExperiment', 'gate', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const disableFeatureFlag = input.disableFeatureFlag ?? false
      if (disableFeatureFlag) requireScope(context, 'feature_flag:write')
      const mayWriteFlags = hasScope(requireViewer(context).scopes, 'feature_flag:write')
      const id = parseInputId('Experiment', input.id)
      return reloadExperiment(context, await runCommand(context, archiveExperiment, { id, disableFeatureFlag, mayWriteFlags }))
    },
  }),
)
