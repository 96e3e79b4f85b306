import type { Transaction } from '../../../database/open.ts'
import { copyNameCandidate } from '../rules/copyNames.ts'
import { keyCandidate } from '../rules/prompts.ts'

const batchSize = 50

/** A name that no live experiment of the project has. Copies of one source wait for each other at its lock. */
export function findFreeName(tx: Transaction, projectId: number, source: string): Promise<string> {
  return findFirstFree(
    (attempt) => copyNameCandidate(source, attempt),
    async (names) => {
      const taken = await tx.experiment.findMany({ where: { projectId, name: { in: names }, deleted: false }, select: { name: true } })
      return taken.map(({ name }) => name)
    },
  )
}

/** The best key that no live flag has. If somebody else takes it meanwhile, the write is tried again. */
export function findFreeKey(tx: Transaction, projectId: number, base: string): Promise<string> {
  return findFirstFree(
    (attempt) => keyCandidate(base, attempt + 1),
    async (keys) => {
      const taken = await tx.featureFlag.findMany({ where: { projectId, key: { in: keys }, deleted: false }, select: { key: true } })
      return taken.map(({ key }) => key)
    },
  )
}

async function findFirstFree(toCandidate: (attempt: number) => string, findTaken: (candidates: string[]) => Promise<string[]>) {
  for (let first = 0; ; first += batchSize) {
    const candidates = Array.from({ length: batchSize }, (_, index) => toCandidate(first + index))
    const taken = new Set(await findTaken(candidates))
    const free = candidates.find((candidate) => !taken.has(candidate))
    if (free !== undefined) return free
  }
}
