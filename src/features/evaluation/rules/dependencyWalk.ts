// Things that depend on each other: flags on flags, cohorts on cohorts. Chains may be long, so nothing here calls itself.

/** Walks through what nodes depend on. Each node is met once, however many walks there are. */
export interface DependencyWalk<Node> {
  /** The nodes that are reachable from this one and were not met before, each after those that it depends on. */
  visit(start: Node): Node[]
  /** The nodes on a circle, and those with a way to one. */
  circular: ReadonlySet<Node>
}

/** @param dependenciesOf what a node depends on directly */
export function createDependencyWalk<Node>(dependenciesOf: (node: Node) => readonly Node[]): DependencyWalk<Node> {
  const circular = new Set<Node>()
  const seen = new Set<Node>()
  const finished = new Set<Node>()

  function visit(start: Node): Node[] {
    if (seen.has(start)) return []
    const order: Node[] = []
    seen.add(start)
    const path = [{ node: start, dependencies: dependenciesOf(start), next: 0 }]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependency = top.dependencies[top.next++]
      if (dependency === undefined) {
        // What is not finished yet is on the path to this node, so the two are on a circle.
        if (top.dependencies.some((one) => !finished.has(one) || circular.has(one))) circular.add(top.node)
        finished.add(top.node)
        order.push(top.node)
        path.pop()
      } else if (!seen.has(dependency)) {
        seen.add(dependency)
        path.push({ node: dependency, dependencies: dependenciesOf(dependency), next: 0 })
      }
    }
    return order
  }
  return { visit, circular }
}

/** Whether a node depends on itself, perhaps through others. */
export function dependsOnItself<Node>(node: Node, dependenciesOf: (node: Node) => readonly Node[]): boolean {
  const seen = new Set<Node>()
  const waiting = [...dependenciesOf(node)]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === node) return true
    if (seen.has(next)) continue
    seen.add(next)
    waiting.push(...dependenciesOf(next))
  }
  return false
}
