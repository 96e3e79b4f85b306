import type { Transaction } from '../../../database/client.ts'
import { copyNameCandidate } from '../rules/copyNames.ts'
import { keyCandidate } from '../rules/prompts.ts'

/** Returns a copy's name that no live experiment of the project has. */
export async function findFreeName(tx: Transaction, projectId: number, source: string): Promise<string> {
  const findTaken = (names: string[]) =>
    tx.experiment.findMany({ where: { projectId, name: { in: names }, deleted: false }, select: { name: true } })
  await lockChoice(tx, projectId, `name ${source}`)
  return findFirstFree((attempt) => copyNameCandidate(source, attempt), findTaken)
}

/** Returns the first key candidate that no live flag of the project has. */
export async function findFreeKey(tx: Transaction, projectId: number, base: string): Promise<string> {
  const findTaken = (keys: string[]) =>
    tx.featureFlag.findMany({ where: { projectId, key: { in: keys }, deleted: false }, select: { key: true } })
  await lockChoice(tx, projectId, `key ${base}`)
  return findFirstFree((attempt) => keyCandidate(base, attempt + 1), findTaken)
}

/**
 * Waits for other transactions that choose from the same candidates, so that each sees the choices of those before it. Names are not unique
 * in the database, so nothing else would tell. A key of the same spelling from another base still meets the unique constraint, and a retry.
 */
async function lockChoice(tx: Transaction, projectId: number, candidates: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${projectId}::int, hashtext(${candidates}::text))`
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
