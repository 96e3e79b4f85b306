import { z } from 'zod'
import type { Transaction } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import { asArray, asObject } from '../../platform/json.ts'
import { allocateIds } from './allocateIds.ts'
import * as field from './fields.ts'
import { hasSameValues } from './hasSameValues.ts'
import { toColumns } from './toColumns.ts'
import { findOrCreateUsers } from './users.ts'

// Holdouts and shared metrics are embedded in the experiments that use them. Their tables have no column for the id in PostHog. So an existing
// holdout is found by its name and the variant in its filters, and a metric by the UUID in its query.

const holdoutSchema = z.object({
  id: field.positiveInteger,
  name: field.boundedText(1, 400),
  description: field.withDefault(field.boundedText(0, 400), null),
  filters: field.jsonList,
  created_by: field.person,
  created_at: field.optionalTimestamp,
  updated_at: field.optionalTimestamp,
})

const savedMetricSchema = z.object({
  /** The id of the metric. `id` is the id of the link. */
  saved_metric: field.positiveInteger,
  name: field.boundedText(1, 400),
  query: field.jsonObject,
  metadata: field.withDefault(field.jsonObject, { type: 'primary' }),
})

export type EmbeddedEntities = ReturnType<typeof embeddedEntities>

/**
 * Finds or creates the holdouts and metrics that experiments embed, each once per import. The first row that has one decides its values.
 * `isChanged` says whether this call created or changed it.
 */
export function embeddedEntities(tx: Transaction, { id: projectId, organizationId }: Project) {
  const seenIds = new Map<string, number>()

  /** Writes an entity when it is first seen, unless its values are stored already. */
  async function writeOnce(
    table: 'holdouts' | 'saved_metrics',
    referenceId: number,
    prepare: () => Promise<{ columns: Record<string, unknown>; existing: { id: number } | undefined; save(id: number): Promise<unknown> }>,
  ) {
    const seenId = seenIds.get(`${table} ${referenceId}`)
    if (seenId !== undefined) return { id: seenId, isChanged: false }
    const { columns, existing, save } = await prepare()
    const id = existing?.id ?? (await allocateIds(tx, table, [referenceId])).get(referenceId) ?? 0
    const isChanged = existing === undefined || !hasSameValues(columns, existing)
    if (isChanged) await save(id)
    seenIds.set(`${table} ${referenceId}`, id)
    return { id, isChanged }
  }

  return {
    /** Null if required values are missing. */
    async holdout(value: unknown) {
      const { data } = holdoutSchema.safeParse(value)
      if (data === undefined) return null
      const { id, created_by, ...row } = data
      return writeOnce('holdouts', id, async () => {
        const userId = await findOrCreateUsers(tx, organizationId, [created_by])
        const columns = { ...toColumns(row), projectId, createdById: userId(created_by) }
        const sameName = await tx.holdout.findMany({ where: { projectId, name: row.name }, orderBy: { id: 'asc' } })
        return {
          columns,
          existing: sameName.find(({ filters }) => getHoldoutVariant(filters) === getHoldoutVariant(row.filters)),
          save: (id) => tx.holdout.upsert({ where: { id }, create: { ...columns, id }, update: columns }),
        }
      })
    },

    /** Null if required values are missing. The metadata belongs to the link. */
    async savedMetric(value: unknown) {
      const { data } = savedMetricSchema.safeParse(value)
      if (data === undefined) return null
      const { saved_metric, metadata, ...row } = data
      const linked = await writeOnce('saved_metrics', saved_metric, async () => {
        const columns = { ...row, projectId }
        const stored = await tx.savedMetric.findMany({ where: { projectId }, orderBy: { id: 'asc' } })
        const { uuid } = row.query
        return {
          columns,
          existing: stored.find((metric) => (uuid ? asObject(metric.query)?.uuid === uuid : hasSameValues(columns, metric))),
          save: (id) => tx.savedMetric.upsert({ where: { id }, create: { ...columns, id }, update: columns }),
        }
      })
      return { ...linked, metadata }
    },
  }
}

/** The variant in a holdout's filters, normally `holdout-<its id in PostHog>`. Undefined if the filters are malformed. */
function getHoldoutVariant(filters: unknown): unknown {
  const [first] = asArray(filters) ?? []
  return asObject(first)?.variant
}
