import type { ReadClient } from '../../../../database/client.ts'
import type { ChangeRequest } from '../../../../database/generated/client.ts'
import type { Preconditions } from '../../rules/staleness.ts'

const createPrefix = 'create:'

interface NeededKey {
  projectId: number
  key: string
  /** The flag that gets the key. Null if it is created. */
  ownId: number | null
}

/**
 * Returns the requests that need a key that another live flag has by now: for a flag that they create, rename or restore. One statement,
 * however many requests there are.
 */
export async function findTakenKeys(
  db: ReadClient,
  requests: readonly { request: ChangeRequest; preconditions: Preconditions }[],
): Promise<Set<number>> {
  const needed = requests.map(({ request, preconditions }) => ({ id: request.id, keys: neededKeys(request, preconditions) }))
  const wanted = needed.flatMap(({ keys }) => keys)
  if (wanted.length === 0) return new Set()
  const holders = await db.featureFlag.findMany({
    where: { deleted: false, OR: wanted.map(({ projectId, key }) => ({ projectId, key })) },
    select: { id: true, projectId: true, key: true },
  })
  const isTaken = ({ projectId, key, ownId }: NeededKey) =>
    holders.some((holder) => holder.projectId === projectId && holder.key === key && holder.id !== ownId)
  return new Set(needed.filter(({ keys }) => keys.some(isTaken)).map(({ id }) => id))
}

function neededKeys({ projectId, featureFlagId, targetKey }: ChangeRequest, { rows, newKeys }: Preconditions): NeededKey[] {
  const created = featureFlagId === null && targetKey.startsWith(createPrefix) ? [targetKey.slice(createPrefix.length)] : []
  const kept = rows.flatMap(({ type, id, values: { key, deleted } }): NeededKey[] => {
    if (type !== 'FEATURE_FLAG' || id !== featureFlagId || typeof key?.after !== 'string' || deleted?.after === true) return []
    const isRestored = deleted?.before === true && deleted.after === false
    return isRestored || key.after !== key.before ? [{ projectId, key: key.after, ownId: featureFlagId }] : []
  })
  return [...[...created, ...newKeys].map((key) => ({ projectId, key, ownId: null })), ...kept]
}
