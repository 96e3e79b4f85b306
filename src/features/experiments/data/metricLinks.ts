import type { RowState } from '../../../commands/command.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Prisma, SavedMetric } from '../../../database/generated/client.ts'
import { asObject } from '../../../platform/json.ts'
import { type MetricRole, roleOf } from './savedMetricUses.ts'

/** A saved metric that an experiment uses, with its place. */
export interface MetricLink {
  savedMetric: Pick<SavedMetric, 'id' | 'query'>
  role: MetricRole
  /** What is stored of the link. Missing for a new one. */
  metadata?: Prisma.JsonValue
}

/** The saved metrics of an experiment, in the order of their numbers. */
export async function findLinks(tx: Transaction, experimentId: number): Promise<MetricLink[]> {
  const links = await tx.experimentSavedMetric.findMany({
    where: { experimentId },
    select: { metadata: true, savedMetric: { select: { id: true, query: true } } },
    orderBy: { savedMetricId: 'asc' },
  })
  return links.map(({ metadata, savedMetric }) => ({ savedMetric, role: roleOf(metadata), metadata }))
}

/** The values of links, as the audit trail shows them. */
export function shownLinks(links: readonly MetricLink[]): Prisma.InputJsonObject[] {
  return links.map(({ savedMetric: { id }, role }) => ({ savedMetricId: id, role })).sort((a, b) => a.savedMetricId - b.savedMetricId)
}

/**
 * The links as `writeLinks` stores them, in the order of their numbers. A change request is stale if they are others since.
 *
 * @param before the stored links
 */
export function storedLinks(links: readonly MetricLink[], before: readonly MetricLink[]): Prisma.InputJsonObject[] {
  return links
    .map((link) => {
      const stored = before.find(({ savedMetric }) => savedMetric.id === link.savedMetric.id)
      const metadata = stored?.role === link.role ? (stored.metadata ?? null) : linkMetadata({ ...link, ...pickMetadata(stored) })
      return { savedMetricId: link.savedMetric.id, metadata }
    })
    .sort((a, b) => a.savedMetricId - b.savedMetricId)
}

const pickMetadata = (stored: MetricLink | undefined) => (stored === undefined ? {} : { metadata: stored.metadata ?? null })

/** A saved metric as an experiment would measure it. It is not copied, but it is what the approvers agree to. */
export function savedMetricState({ id, query }: Pick<SavedMetric, 'id' | 'query'>): RowState {
  return { type: 'SAVED_METRIC', id, values: { query: { before: query } } }
}

/** The metadata of a link with a role. Other keys stay. */
export function linkMetadata({ role, metadata }: Pick<MetricLink, 'role' | 'metadata'>): Prisma.InputJsonObject {
  return { ...(asObject(metadata) ?? {}), type: role } as Prisma.InputJsonObject
}

/** Writes the difference between the links of an experiment and the new ones. */
export async function writeLinks(
  tx: Transaction,
  experimentId: number,
  before: readonly MetricLink[],
  after: readonly MetricLink[],
): Promise<void> {
  const isIn = (links: readonly MetricLink[], id: number) => links.some(({ savedMetric }) => savedMetric.id === id)
  const removed = before.map(({ savedMetric }) => savedMetric.id).filter((id) => !isIn(after, id))
  if (removed.length > 0) await tx.experimentSavedMetric.deleteMany({ where: { experimentId, savedMetricId: { in: removed } } })
  const added = after.filter(({ savedMetric }) => !isIn(before, savedMetric.id))
  if (added.length > 0) {
    await tx.experimentSavedMetric.createMany({
      data: added.map((link) => ({ experimentId, savedMetricId: link.savedMetric.id, metadata: linkMetadata(link) })),
    })
  }
  for (const { savedMetric, role } of after) {
    const stored = before.find((link) => link.savedMetric.id === savedMetric.id)
    if (stored === undefined || stored.role === role) continue
    await tx.experimentSavedMetric.update({
      where: { experimentId_savedMetricId: { experimentId, savedMetricId: savedMetric.id } },
      data: { metadata: linkMetadata({ role, metadata: stored.metadata ?? null }) },
      select: { experimentId: true },
    })
  }
}
