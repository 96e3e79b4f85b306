import type { Transaction } from '../database/client.ts'

// How mutations, the import and the demo write evaluation contexts.

/** Trims the names and converts them to lower case. Returns them sorted, without blanks and duplicates. */
export function normalizeContextNames(names: readonly string[]): string[] {
  const normalized = names.map((name) => name.trim().toLowerCase())
  return [...new Set(normalized)].filter((name) => name !== '').sort()
}

/** Returns the ids of a project's contexts, by name. Missing contexts are created. */
export async function findOrCreateContexts(tx: Transaction, projectId: number, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map()
  // Sorted, so that two writers of the same new names do not deadlock.
  const uniqueNames = [...new Set(names)].sort()
  await tx.evaluationContext.createMany({ data: uniqueNames.map((name) => ({ projectId, name })), skipDuplicates: true })
  const contexts = await tx.evaluationContext.findMany({
    where: { projectId, name: { in: uniqueNames } },
    select: { id: true, name: true },
  })
  return new Map(contexts.map(({ id, name }) => [name, id]))
}
