import type { RowState } from '../../../../commands/command.ts'
import type { Transaction } from '../../../../database/client.ts'
import type { FeatureFlag } from '../../../../database/generated/client.ts'
import { InvalidStateError } from '../../../../platform/domainErrors.ts'
import { isInt4 } from '../../../../platform/globalId.ts'
import { asObject } from '../../../../platform/json.ts'
import { findReferencedFlag, getFlagReferences } from '../../rules/flagDependencies.ts'

/** A flag to copy, with the names of its evaluation contexts. */
export interface CopySource {
  flag: FeatureFlag
  contexts: string[]
}

/** How many flags one copy takes along at most. */
const maxDependencies = 50

/**
 * Returns a flag and all flags that it depends on, each before those that it depends on itself.
 *
 * @throws InvalidStateError when they depend on each other, or are too many
 */
export async function loadCopySources(tx: Transaction, flag: FeatureFlag): Promise<CopySource[]> {
  const found = new Map([[flag.id, flag]])
  for (let level = [flag]; level.length > 0; ) {
    const names = [...new Set(level.flatMap(({ filters }) => getFlagReferences(filters).map(({ reference }) => reference)))]
    const named =
      names.length === 0
        ? []
        : await tx.featureFlag.findMany({
            where: {
              projectId: flag.projectId,
              deleted: false,
              OR: [{ id: { in: names.map(Number).filter(isInt4) } }, { key: { in: names } }],
            },
            take: 2 * maxDependencies + 2,
          })
    level = names.flatMap((name) => findReferencedFlag(name, named) ?? []).filter(({ id }) => !found.has(id))
    for (const each of level) found.set(each.id, each)
    if (found.size > maxDependencies + 1) {
      throw new InvalidStateError(
        `The flag depends on more than ${maxDependencies} flags. Copy some of them first.`,
        'TOO_MANY_DEPENDENCIES',
      )
    }
  }
  const sorted = sortByDependency(flag, [...found.values()])
  const links = await tx.featureFlagEvaluationContext.findMany({
    where: { featureFlagId: { in: sorted.map(({ id }) => id) } },
    select: { featureFlagId: true, evaluationContext: { select: { name: true } } },
  })
  const contexts = Map.groupBy(links, ({ featureFlagId }) => featureFlagId)
  return sorted.map((each) => ({
    flag: each,
    contexts: (contexts.get(each.id) ?? []).map(({ evaluationContext }) => evaluationContext.name).sort(),
  }))
}

/** Sorts flags so that each comes before those that it depends on. */
function sortByDependency(first: FeatureFlag, flags: readonly FeatureFlag[]): FeatureFlag[] {
  const sorted: FeatureFlag[] = []
  const visit = (flag: FeatureFlag, path: readonly number[]) => {
    if (path.includes(flag.id)) throw new InvalidStateError('The flag depends on itself, by way of other flags.', 'CIRCULAR')
    if (sorted.includes(flag)) return
    for (const { reference } of getFlagReferences(flag.filters)) {
      const next = findReferencedFlag(reference, flags)
      if (next !== undefined) visit(next, [...path, flag.id])
    }
    sorted.push(flag)
  }
  visit(first, [])
  return sorted.reverse()
}

const copiedColumns = [
  'projectId',
  'key',
  'name',
  'active',
  'deleted',
  'evaluationRuntime',
  'bucketingIdentifier',
  'isRemoteConfiguration',
  'hasEncryptedPayloads',
  'ensureExperienceContinuity',
  'tags',
] as const satisfies readonly (keyof FeatureFlag)[]

/** The values of a flag that its copy gets, and where it is. A change request for the copy is stale when they change. */
export function copiedState({ flag, contexts }: CopySource): RowState {
  const columns = copiedColumns.map((column) => [column, { before: flag[column] }])
  const filters = Object.entries(asObject(flag.filters) ?? {}).flatMap(([key, before]) =>
    key === 'holdout' || (key === 'payloads' && flag.hasEncryptedPayloads) ? [] : [[`filters.${key}`, { before }]],
  )
  return {
    type: 'FEATURE_FLAG',
    id: flag.id,
    values: Object.fromEntries([...columns, ...filters, ['evaluationContexts', { before: contexts }]]),
  }
}
