import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag } from '../../../database/generated/client.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'

/**
 * Returns the keys of other active flags with a condition on this flag: at most 10. A deleted flag does not count. If this flag goes off,
 * their values change.
 */
export async function findDependentFlags(tx: Transaction, flag: Pick<FeatureFlag, 'id' | 'projectId' | 'key'>): Promise<string[]> {
  // No index covers the content of conditions, so this reads the project's active flags.
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT f.key FROM feature_flags f
    WHERE f.project_id = ${flag.projectId}::int AND f.id <> ${flag.id}::int AND f.active AND NOT f.deleted
      AND jsonb_path_exists(
        f.filters, '$.groups[*].properties[*] ? (@.type == "flag" && (@.key == $id || @.key == $key))',
        jsonb_build_object('id', ${String(flag.id)}::text, 'key', ${flag.key}::text), true)
    ORDER BY f.id LIMIT 10`
  return rows.map(({ key }) => key)
}

/**
 * Checks that no active flag depends on a flag that is about to be switched off.
 *
 * @throws InvalidStateError when one does. The message names up to 10 of them.
 */
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
