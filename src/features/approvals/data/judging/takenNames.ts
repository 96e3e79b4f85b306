import type { ReadClient } from '../../../../database/client.ts'
import type { ChangeRequest } from '../../../../database/generated/client.ts'
import type { Preconditions } from '../../rules/staleness.ts'

/**
 * Returns the requests whose plan made up a name, because it was free, that a live experiment has by now. One statement, however many
 * requests there are.
 */
export async function findTakenNames(
  db: ReadClient,
  requests: readonly { request: ChangeRequest; preconditions: Preconditions }[],
): Promise<Set<number>> {
  const chosen = requests.flatMap(({ request: { id, projectId }, preconditions: { chosenName: name } }) =>
    name === null ? [] : [{ id, projectId, name }],
  )
  if (chosen.length === 0) return new Set()
  const experiments = await db.experiment.findMany({
    where: { deleted: false, OR: chosen.map(({ projectId, name }) => ({ projectId, name })) },
    select: { projectId: true, name: true },
  })
  const taken = new Set(experiments.map(({ projectId, name }) => `${projectId} ${name}`))
  return new Set(chosen.filter(({ projectId, name }) => taken.has(`${projectId} ${name}`)).map(({ id }) => id))
}
