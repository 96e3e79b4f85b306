import { allOf } from '../../../database/allOf.ts'
import type { ReadClient } from '../../../database/client.ts'
import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'

/** Returns the names and ids of a flag's experiments, at most 100, for the message of a refusal. Null when there are none. */
export async function nameExperiments(
  tx: ReadClient,
  flag: Pick<FeatureFlag, 'id'>,
  where: Prisma.ExperimentWhereInput,
): Promise<string | null> {
  const experiments = await tx.experiment.findMany({
    where: allOf<Prisma.ExperimentWhereInput>({ featureFlagId: flag.id, deleted: false }, where),
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
    take: 100,
  })
  return experiments.length === 0 ? null : experiments.map(({ id, name }) => `"${name}" (ID: ${id})`).join(', ')
}
