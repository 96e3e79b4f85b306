import { lockHoldout } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { type Blocker, experimentBlocker, InUseError } from '../../../platform/domainErrors.ts'
import { encodeGlobalId } from '../../../platform/globalId.ts'
import { DeleteSuccess } from '../../projects/DeleteSuccess.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planHoldoutDeletion } from '../data/planHoldout.ts'

/** How many experiments the refusal lists. */
const maxBlockers = 100

defineMutation({
  name: 'deleteHoldout',
  type: DeleteSuccess,
  scope: 'experiment:write',
  description:
    'Deletes a holdout for good. While experiments use it, it stays, and `usedBy` lists them: `detach` takes it out of them first. All flags ' +
    'that carry it lose it: the version of each grows by 1. An `EXPERIMENT_HOLDOUT_DELETE` policy guards that as one change. Without such a ' +
    'policy, one for `EXPERIMENT_UPDATE` does if there are such flags, then one for `FEATURE_FLAG_UPDATE`.',
  errors: ['gate', 'validation', 'invalidState', InUseError],
  inputDescription: 'The holdout to delete.',
  input: (t) => ({
    id: idInput(t, 'Holdout', 'The holdout'),
    detach: t.boolean({ description: 'Whether to take it out of its experiments first, also out of running ones. Default: false.' }),
  }),
  toCommand: (_context, { id, detach }) => ({ id, detach: detach ?? false }),
  plan: async (tx, actor, { id, detach }) => {
    const holdout = await lockHoldout(tx, actor, id)
    const usedBy = detach ? [] : await findBlockers(tx, id)
    if (usedBy.length > 0)
      throw new InUseError('Cannot delete a holdout that experiments use. Send detach: true to take it out of them.', usedBy)
    return planHoldoutDeletion(tx, actor, holdout)
  },
  reload: async (_context, { id }) => ({ deletedId: encodeGlobalId('Holdout', id) }),
})

/** The experiments that use a holdout, without the deleted ones. */
async function findBlockers(tx: Transaction, holdoutId: number): Promise<Blocker[]> {
  const experiments = await tx.experiment.findMany({
    where: { holdoutId, deleted: false },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
    take: maxBlockers,
  })
  return experiments.map((experiment) => experimentBlocker(experiment, (called) => `${called} is in this holdout.`))
}
