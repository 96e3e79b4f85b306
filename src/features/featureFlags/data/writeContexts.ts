import type { Transaction } from '../../../database/open.ts'

/** The names of the contexts that a flag may be evaluated in now, by code point. */
export async function getEvaluationContexts(tx: Transaction, featureFlagId: number): Promise<string[]> {
  const links = await tx.featureFlagEvaluationContext.findMany({
    where: { featureFlagId },
    select: { evaluationContext: { select: { name: true } } },
  })
  return links.map(({ evaluationContext }) => evaluationContext.name).sort()
}

/** Makes these the contexts of a flag; names that the project does not have yet are added to it. */
export async function setEvaluationContexts(
  tx: Transaction,
  projectId: number,
  featureFlagId: number,
  names: readonly string[],
): Promise<void> {
  await tx.evaluationContext.createMany({ data: names.map((name) => ({ projectId, name })), skipDuplicates: true })
  const contexts = await tx.evaluationContext.findMany({ where: { projectId, name: { in: [...names] } }, select: { id: true } })
  await tx.featureFlagEvaluationContext.deleteMany({
    where: { featureFlagId, evaluationContextId: { notIn: contexts.map(({ id }) => id) } },
  })
  await tx.featureFlagEvaluationContext.createMany({
    data: contexts.map(({ id }) => ({ featureFlagId, evaluationContextId: id })),
    skipDuplicates: true,
  })
}
