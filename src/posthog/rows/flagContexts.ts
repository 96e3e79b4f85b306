import type { Transaction } from '../../database/open.ts'

/** The ids of a project's evaluation contexts by name; those that are missing are made. */
export async function findOrCreateContexts(tx: Transaction, projectId: number, names: readonly string[]): Promise<Map<string, string>> {
  await tx.evaluationContext.createMany({ data: [...new Set(names)].map((name) => ({ projectId, name })), skipDuplicates: true })
  const contexts = await tx.evaluationContext.findMany({ where: { projectId }, select: { id: true, name: true } })
  return new Map(contexts.map(({ id, name }) => [name, id]))
}
