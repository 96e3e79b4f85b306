import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag } from '../../../database/generated/client.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'

/** The keys of other live flags, switched on, whose condition sets ask for this flag; ten at most. They would change their answers with it. */
export async function findDependentFlags(tx: Transaction, flag: Pick<FeatureFlag, 'id' | 'projectId' | 'key'>): Promise<string[]> {
  // Asked of the project's flags that are on: no index holds what is inside of conditions. "strict", as in usesEvent.ts.
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT f.key FROM feature_flags f
    WHERE f.project_id = ${flag.projectId}::int AND f.id <> ${flag.id}::int AND f.active AND NOT f.deleted
      AND jsonb_path_exists(
        f.filters, '$.groups[*].properties[*] ? (@.type == "flag" && (@.key == $id || @.key == $key))',
        jsonb_build_object('id', ${String(flag.id)}::text, 'key', ${flag.key}::text), true)
    ORDER BY f.id LIMIT 10`
  return rows.map(({ key }) => key)
}

/** @throws InvalidStateRefusal when other flags, switched on, depend on this one, which is about to go off. */
export async function assertNoDependentFlags(
  tx: Transaction,
  flag: Pick<FeatureFlag, 'id' | 'projectId' | 'key' | 'active'>,
): Promise<void> {
  const dependents = flag.active ? await findDependentFlags(tx, flag) : []
  if (dependents.length === 0) return
  throw new InvalidStateError(
    `Cannot disable this feature flag because other active flags depend on it: ${dependents.join(', ')}.`,
    'ACTIVE',
  )
}
