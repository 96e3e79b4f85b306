import type { FlagChange } from '../../../commands/command.ts'
import type { ReadClient } from '../../../database/client.ts'
import type { FlagOwner } from '../rules/guardedChanges.ts'

/** Returns the owner of a flag: whether an experiment uses it (approvals.md 3.6). */
export async function loadFlagOwner(
  db: ReadClient,
  { id, createdForExperiment }: Pick<FlagChange, 'id' | 'createdForExperiment'>,
): Promise<FlagOwner> {
  if (id === null) return createdForExperiment ? 'createdForExperiment' : 'none'
  return (await loadFlagOwners(db, [id])).get(id) ?? 'none'
}

/** Returns the owners of flags, by id. A flag that no experiment uses is left out. */
export async function loadFlagOwners(db: ReadClient, ids: readonly number[]): Promise<Map<number, FlagOwner>> {
  if (ids.length === 0) return new Map()
  const uses = await db.experiment.groupBy({
    by: ['featureFlagId', 'deleted'],
    where: { featureFlagId: { in: [...new Set(ids)] } },
    // Experiments that are not deleted come last, so that they decide.
    orderBy: { deleted: 'desc' },
  })
  return new Map(uses.map(({ featureFlagId, deleted }) => [featureFlagId, deleted ? 'deletedExperiment' : 'experiment']))
}
