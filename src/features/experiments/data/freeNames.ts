import type { Transaction } from '../../../database/client.ts'
import { copyNameCandidate } from '../rules/copyNames.ts'
import { keyCandidate } from '../rules/prompts.ts'

/** Returns a copy's name that no live experiment of the project has. The lock on the source keeps concurrent copies apart. */
export function findFreeName(tx: Transaction, projectId: number, source: string): Promise<string> {
  const findTaken = (names: string[]) =>
    tx.experiment.findMany({ where: { projectId, name: { in: names }, deleted: false }, select: { name: true } })
  return findFirstFree((attempt) => copyNameCandidate(source, attempt), findTaken)
}

/** Returns the first key candidate that no live flag of the project has. If another transaction takes it first, the command is retried. */
export function findFreeKey(tx: Transaction, projectId: number, base: string): Promise<string> {
  const findTaken = (keys: string[]) =>
    tx.featureFlag.findMany({ where: { projectId, key: { in: keys }, deleted: false }, select: { key: true } })
  return findFirstFree((attempt) => keyCandidate(base, attempt + 1), findTaken)
}

const batchSize = 50

async function findFirstFree(toCandidate: (attempt: number) => string, findTaken: (candidates: string[]) => Promise<object[]>) {
  for (let first = 0; ; first += batchSize) {
    const candidates = Array.from({ length: batchSize }, (_, index) => toCandidate(first + index))
    const taken = new Set((await findTaken(candidates)).flatMap((row) => Object.values(row)))
    const free = candidates.find((candidate) => !taken.has(candidate))
    if (free !== undefined) return free
  }
}
