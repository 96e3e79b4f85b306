import type { RowChange } from '../../import/writeRows.ts'
import type { Kind } from './kinds.ts'
import { recordUpstreamChanges } from './recordChanges.ts'
import { removePolicies } from './storeApprovals.ts'
import type { StoreContext } from './storeRows.ts'

/** Rows that are gone from PostHog: those that have a mark for it here are marked, the others are removed. Returns how many there were. */
export async function markDeleted(context: StoreContext, kind: Kind, upstreamIds: readonly string[]): Promise<number> {
  const { unit, project, now } = context
  const changes = await (removers[kind.name] ?? nothing)(context, upstreamIds)
  if (context.announces && changes.length > 0) {
    await recordUpstreamChanges({ unit, project, now, changedBy: context.changedBy ?? new Map() }, kind.name, changes)
  }
  return changes.length
}

type Remover = (context: StoreContext, upstreamIds: readonly string[]) => Promise<RowChange[]>

/** People stay: who may do what here is decided here. Change requests are never deleted in PostHog. */
const nothing: Remover = () => Promise.resolve([])

const removers: Readonly<Partial<Record<Kind['name'], Remover>>> = {
  feature_flags: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    const where = { projectId, deleted: false, importedId: { in: ids.map(Number) } }
    const rows = await tx.featureFlag.findMany({ where, select: { id: true, importedId: true, key: true, active: true } })
    await tx.featureFlag.updateMany({ where: { id: { in: rows.map(({ id }) => id) } }, data: { deleted: true, active: false } })
    return rows.map((row) => toDeletion(row, { deleted: true, active: false }))
  },
  experiments: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    const where = { projectId, deleted: false, importedId: { in: ids.map(Number) } }
    const rows = await tx.experiment.findMany({ where, select: { id: true, importedId: true, name: true } })
    await tx.experiment.updateMany({ where: { id: { in: rows.map(({ id }) => id) } }, data: { deleted: true } })
    return rows.map((row) => toDeletion(row, { deleted: true }))
  },
  holdouts: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    const rows = await tx.holdout.findMany({ where: { projectId, importedId: { in: ids.map(Number) } } })
    await tx.holdout.deleteMany({ where: { id: { in: rows.map(({ id }) => id) } } })
    return rows.map((row) => toDeletion(row, { deleted: true }))
  },
  saved_metrics: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    const rows = await tx.savedMetric.findMany({ where: { projectId, importedId: { in: ids.map(Number) } } })
    const removed = { in: rows.map(({ id }) => id) }
    await tx.experimentSavedMetric.deleteMany({ where: { savedMetricId: removed } })
    await tx.savedMetric.deleteMany({ where: { id: removed } })
    return rows.map((row) => toDeletion(row, { deleted: true }))
  },
  cohorts: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    await tx.cohort.updateMany({ where: { projectId, importedId: { in: ids.map(Number) } }, data: { deleted: true } })
    return []
  },
  actions: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    await tx.action.updateMany({ where: { projectId, importedId: { in: ids.map(Number) } }, data: { deleted: true } })
    return []
  },
  prompts: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    // The list has the latest version only. An older one leaves it when there is a newer one, and is still there.
    const where = { projectId, importedId: { in: [...ids] }, isLatest: true }
    await tx.prompt.updateMany({ where, data: { deleted: true, isLatest: false } })
    return []
  },
  surveys: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    await tx.survey.deleteMany({ where: { projectId, importedId: { in: [...ids] } } })
    return []
  },
  product_tours: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    await tx.productTour.deleteMany({ where: { projectId, importedId: { in: [...ids] } } })
    return []
  },
  group_types: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    await tx.groupType.deleteMany({ where: { projectId, index: { in: ids.map(Number) } } })
    return []
  },
  policies: async ({ unit: { tx }, project: { id: projectId } }, ids) => {
    return removePolicies(tx, await tx.approvalPolicy.findMany({ where: { projectId, importedId: { in: [...ids] } } }))
  },
}

function toDeletion(row: { id: number; importedId: number | null }, after: Record<string, unknown>): RowChange {
  return { id: row.id, importedId: row.importedId ?? 0, before: { deleted: false, ...row }, after }
}
