import { describe, expect, it } from 'vitest'
import { type DependencyEdge, judgeDependency } from '../../../../src/features/featureFlags/rules/dependencyProblems.ts'

// What is wrong with the flags that a flag depends on.

const keys: Record<number, string> = { 1: 'root', 2: 'two', 3: 'three', 4: 'four' }
/** The flag `from` names `to` by its number. */
const edge = (from: number, to: number | null, more: Partial<DependencyEdge> = {}): DependencyEdge => ({
  flagId: from,
  flagKey: keys[from] ?? '',
  reference: String(to ?? 99),
  targetId: to,
  targetKey: to === null ? null : (keys[to] ?? ''),
  targetDeleted: false,
  ...more,
})

describe('a dependency', () => {
  it.each<[string, DependencyEdge[], string, object]>([
    ['on a flag', [edge(1, 2)], '2', { flagId: 2, namedId: 2, problem: null }],
    ['on a flag by its key', [edge(1, 2, { reference: 'two' })], 'two', { flagId: 2, namedId: 2, problem: null }],
    ['that nothing is known of', [edge(1, 2)], '3', { flagId: null, namedId: null, problem: null }],
    ['of another flag', [edge(2, 3)], '3', { flagId: null, namedId: null, problem: null }],
    ['on a missing flag', [edge(1, null)], '99', { flagId: null, namedId: null, problem: "No flag has the number or key '99'." }],
    ['on a deleted flag', [edge(1, 2, { targetDeleted: true })], '2', { flagId: null, namedId: 2, problem: "The flag 'two' is deleted." }],
    [
      'on a flag that depends on a missing flag',
      [edge(1, 2), edge(2, 3), edge(3, null)],
      '2',
      { flagId: 2, namedId: 2, problem: "The flag 'three' depends on a missing flag: no flag has the number or key '99'." },
    ],
    [
      'on a flag that depends on a deleted flag',
      [edge(1, 2), edge(2, 3, { targetDeleted: true })],
      '2',
      { flagId: 2, namedId: 2, problem: "The flag 'two' depends on the deleted flag 'three'." },
    ],
    ['on the flag itself', [edge(1, 1)], '1', { flagId: 1, namedId: 1, problem: "The flags depend on each other: 'root' → 'root'." }],
    [
      'in a circle',
      [edge(1, 2), edge(2, 3), edge(3, 1)],
      '2',
      { flagId: 2, namedId: 2, problem: "The flags depend on each other: 'root' → 'two' → 'three' → 'root'." },
    ],
    [
      'on a circle further down',
      [edge(1, 2), edge(2, 3), edge(3, 4), edge(4, 3)],
      '2',
      { flagId: 2, namedId: 2, problem: "The flags depend on each other: 'three' → 'four' → 'three'." },
    ],
    // Two ways to one flag are no circle.
    ['on a flag by two ways', [edge(1, 2), edge(2, 3), edge(2, 4), edge(3, 4)], '2', { flagId: 2, namedId: 2, problem: null }],
    [
      'whose second way ends in a missing flag',
      [edge(1, 2), edge(2, 3), edge(2, 4), edge(4, null)],
      '2',
      { flagId: 2, namedId: 2, problem: "The flag 'four' depends on a missing flag: no flag has the number or key '99'." },
    ],
    ['beside one that is missing', [edge(1, 2), edge(1, null)], '2', { flagId: 2, namedId: 2, problem: null }],
    [
      'whose second way ends in a circle',
      [edge(1, 2), edge(2, 3), edge(2, 4), edge(4, 2)],
      '2',
      { flagId: 2, namedId: 2, problem: "The flags depend on each other: 'two' → 'four' → 'two'." },
    ],
  ])('%s', (_name, edges, reference, expected) => {
    expect(judgeDependency(edges, 1, reference)).toEqual(expected)
  })
})
