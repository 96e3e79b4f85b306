// Which replica a key reads from. A position is a place in the write-ahead log (LSN) in bytes.

/** That everything the primary had written by this time is before this position. Times are in milliseconds, on a clock that only goes forward. */
export interface PrimaryPosition {
  at: number
  position: bigint
}

/**
 * The time up to which a replica has replayed all that the primary wrote. It is exact without comparing clocks of two machines, and it does not
 * age while nothing is written. Null if the replica is behind all positions.
 *
 * @param positions of the primary, oldest first
 */
export function freshAsOf(positions: readonly PrimaryPosition[], replayed: bigint): number | null {
  return positions.findLast(({ position }) => position <= replayed)?.at ?? null
}

/** What is known about a replica. */
export interface ReplicaState {
  /** The time up to which it has replayed the primary's writes, at the last check that it answered; null if it never did. */
  freshAsOf: number | null
  /** Whether it is out of reach since then. */
  failed: boolean
}

export function mayRead({ freshAsOf, failed }: ReplicaState, now: number, maxLagMs: number): boolean {
  return !failed && freshAsOf !== null && now - freshAsOf <= maxLagMs
}

/**
 * Chooses a replica for a key. It is always the same one while it may be read from, so that time does not go back for the key from one request
 * to the next. The keys of a replica that is out are spread over all others.
 *
 * @param keyHash ends with a hexadecimal hash
 * @returns null if no replica may be read from
 */
export function chooseReplica<Replica>(
  replicas: readonly Replica[],
  keyHash: string,
  isUsable: (replica: Replica) => boolean,
): Replica | null {
  let hash = Number.parseInt(keyHash.slice(-12), 16)
  const left = [...replicas]
  while (left.length > 0) {
    const count = left.length
    const [replica] = left.splice(hash % count, 1)
    if (replica !== undefined && isUsable(replica)) return replica
    hash = Math.floor(hash / count)
  }
  return null
}
