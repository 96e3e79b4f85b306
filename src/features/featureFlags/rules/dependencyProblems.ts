/** A dependency of a flag, direct or through others: the flag whose conditions name another, and the one that is named. */
export interface DependencyEdge {
  flagId: number
  flagKey: string
  reference: string
  /** Null when no flag of the project has the number or key. */
  targetId: number | null
  targetKey: string | null
  targetDeleted: boolean
}

/** What a direct dependency of a flag is, and what is wrong with it. */
export interface DependencyState {
  /** Null when there is no such flag, or it is deleted. */
  flagId: number | null
  /** The number of the flag, also of a deleted one. Null when there is no such flag. */
  namedId: number | null
  /** Null when nothing is wrong. */
  problem: string | null
}

/**
 * Judges a direct dependency of a flag. A flag that is missing or deleted and a circle are wrong, also further down: they make the whole flag
 * return false (evaluation.md 10).
 *
 * @param edges everything that the flag depends on, also through others
 */
export function judgeDependency(edges: readonly DependencyEdge[], rootId: number, reference: string): DependencyState {
  const edgesOf = Map.groupBy(edges, ({ flagId }) => flagId)
  const edge = edgesOf.get(rootId)?.find((own) => own.reference === reference)
  const targetId = edge?.targetId ?? null
  const isUsable = targetId !== null && !edge?.targetDeleted
  const problem = edge === undefined ? null : findProblem(edge, edgesOf)
  return { flagId: isUsable ? targetId : null, namedId: targetId, problem }
}

function findProblem(start: DependencyEdge, edgesOf: ReadonlyMap<number, readonly DependencyEdge[]>): string | null {
  const checked = new Set<number>()
  // The flags from the start to the current one, to name a circle by.
  const path = [start.flagId]
  const keys = [start.flagKey]

  function visit(edge: DependencyEdge): string | null {
    const { targetId, targetKey } = edge
    if (targetId === null || targetKey === null) {
      const what = `no flag has the number or key '${edge.reference}'`
      return edge === start
        ? `${what[0]?.toUpperCase()}${what.slice(1)}.`
        : `The flag '${edge.flagKey}' depends on a missing flag: ${what}.`
    }
    if (edge.targetDeleted) {
      return edge === start
        ? `The flag '${targetKey}' is deleted.`
        : `The flag '${edge.flagKey}' depends on the deleted flag '${targetKey}'.`
    }
    const place = path.indexOf(targetId)
    if (place >= 0) return `The flags depend on each other: ${[...keys.slice(place), targetKey].map((key) => `'${key}'`).join(' → ')}.`
    if (checked.has(targetId)) return null
    checked.add(targetId)
    path.push(targetId)
    keys.push(targetKey)
    for (const next of edgesOf.get(targetId) ?? []) {
      const problem = visit(next)
      if (problem !== null) return problem
    }
    path.pop()
    keys.pop()
    return null
  }
  return visit(start)
}
