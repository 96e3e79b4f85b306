import type { Transaction } from '../../../database/client.ts'
import { isObject } from '../../../platform/json.ts'
import type { KindName } from '../store/kinds.ts'
import { upstreamIdOf } from '../store/storeRows.ts'
import { policySchema } from '../store/upstreamApprovals.ts'

interface Place {
  tx: Transaction
  projectId: number
}

/**
 * Returns the ids in PostHog of rows that a write-through is just changing. The write stores them itself, with an entry of its mutation: followed
 * in between, the same change would have two entries. A write is entered before it is sent, so what was read after it is known here.
 *
 * @param since writes that were entered before have no server any more
 * @param values rows as PostHog answers them, or their ids alone
 */
export async function rowsUnderWay(
  { tx, projectId }: Place,
  since: Date,
  kind: KindName,
  values: readonly unknown[],
): Promise<ReadonlySet<string>> {
  const open = await tx.linkOperation.findMany({
    where: { projectId, state: 'sent', createdAt: { gte: since } },
    select: { resource: true },
  })
  if (open.length === 0) return new Set()
  const resources = new Set(open.map(({ resource }) => resource))
  const namesOf = await resourceNames({ tx, projectId }, kind, values)
  return new Set(values.filter((value) => namesOf(value).some((name) => resources.has(name))).map((value) => idOf(kind, value)))
}

const idOf = (kind: KindName, value: unknown) => (typeof value === 'string' ? value : upstreamIdOf(kind, value))

/** What the outbox calls the row (`resourceOf` of the writer). A row that is not here yet is called by its key or name. */
async function resourceNames({ tx, projectId }: Place, kind: KindName, values: readonly unknown[]): Promise<(value: unknown) => string[]> {
  const where = { projectId, importedId: { in: values.map((value) => Number(idOf(kind, value))).filter(Number.isSafeInteger) } }
  const select = { id: true, importedId: true } as const
  if (kind === 'feature_flags') {
    const stored = new Map((await tx.featureFlag.findMany({ where, select })).map(({ id, importedId }) => [String(importedId), id]))
    return (value) => [`feature_flags/${stored.get(idOf(kind, value))}`, ...(isObject(value) ? [`feature_flags/${String(value.key)}`] : [])]
  }
  if (kind === 'experiments') {
    const stored = await tx.experiment.findMany({ where, select: { ...select, featureFlagId: true } })
    const byId = new Map(stored.map(({ importedId, ...row }) => [String(importedId), row]))
    const flags = await tx.featureFlag.findMany({
      where: { projectId, importedId: { in: values.flatMap((value) => flagNumber(value) ?? []) } },
      select,
    })
    const flagIds = new Map(flags.map(({ id, importedId }) => [importedId, id]))
    return (value) => {
      const row = byId.get(idOf(kind, value))
      const key = isObject(value) ? value.feature_flag_key : null
      const flagId = row?.featureFlagId ?? flagIds.get(flagNumber(value))
      return [`EXPERIMENT/${row?.id}`, `feature_flags/${flagId}`, `feature_flags/${String(key)}`, ...named('EXPERIMENT', value)]
    }
  }
  if (kind === 'policies') {
    const stored = await tx.approvalPolicy.findMany({
      where: { projectId, importedId: { in: values.map((value) => idOf(kind, value)) } },
      select,
    })
    const byId = new Map(stored.map(({ importedId, id }) => [importedId, id]))
    const ofAction = (value: unknown) => {
      const action = isObject(value) ? policySchema.shape.action_key.safeParse(value.action_key).data : undefined
      return action === undefined ? [] : [`APPROVAL_POLICY/${JSON.stringify(action)}`]
    }
    return (value) => [`APPROVAL_POLICY/${byId.get(idOf(kind, value))}`, ...ofAction(value)]
  }
  if (kind !== 'holdouts' && kind !== 'saved_metrics') return () => []
  const type = kind === 'holdouts' ? 'HOLDOUT' : 'SAVED_METRIC'
  const rows = kind === 'holdouts' ? await tx.holdout.findMany({ where, select }) : await tx.savedMetric.findMany({ where, select })
  const stored = new Map(rows.map(({ id, importedId }) => [String(importedId), id]))
  return (value) => [`${type}/${stored.get(idOf(kind, value))}`, ...named(type, value)]
}

const named = (type: string, value: unknown) => (isObject(value) ? [`${type}/${JSON.stringify(value.name ?? '').slice(0, 450)}`] : [])

function flagNumber(value: unknown): number | null {
  const flag = isObject(value) ? value.feature_flag : null
  return isObject(flag) && typeof flag.id === 'number' ? flag.id : null
}
