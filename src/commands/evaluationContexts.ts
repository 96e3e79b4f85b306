import type { Transaction } from '../database/client.ts'

// Evaluation contexts as mutations, the import and the demo write them.

/** Names of contexts are equal however they are spaced and capitalised. Sorted, each once. */
export function normalizeContextNames(names: readonly string[]): string[] {
  const normalized = names.map((name) => name.trim().toLowerCase())
  return [...new Set(normalized)].filter((name) => name !== '').sort()
}

/** The ids of these contexts of a project by name. Missing ones are created. */
export async function findOrCreateContexts(tx: Transaction, projectId: number, names: readonly string[]): Promise<Map<string, string>> {
  const uniqueNames = [...new Set(names)]
  await tx.evaluationContext.createMany({ data: uniqueNames.map((name) => ({ projectId, name })), skipDuplicates: true })
  const contexts = await tx.evaluationContext.findMany({
    where: { projectId, name: { in: uniqueNames } },
    select: { id: true, name: true },
  })
  return new Map(contexts.map(({ id, name }) => [name, id]))
}
