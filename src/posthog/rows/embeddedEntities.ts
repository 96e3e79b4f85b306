import { z } from 'zod'
import type { Transaction } from '../../database/client.ts'
import type { Prisma, Project } from '../../database/generated/client.ts'
import { asArray, asObject } from '../../platform/json.ts'
import { allocateIds } from './allocateIds.ts'
import { jsonList, jsonObject, optionalTimestamp, personField, positiveInteger, textField, toColumns, withDefault } from './fields.ts'
import { hasSameValues } from './hasSameValues.ts'
import { findOrCreateUsers } from './users.ts'

// Holdouts and shared metrics are embedded in the experiments that use them. Their tables have no column for the id in PostHog. So an existing
// holdout is found by its name and the variant in its filters, and a metric by the UUID in its query.

const holdoutSchema = z.object({
  id: positiveInteger,
  name: textField(1, 400),
  description: withDefault(textField(0, 400), null),
  filters: jsonList,
  created_by: personField,
  created_at: optionalTimestamp,
  updated_at: optionalTimestamp,
})

const savedMetricSchema = z.object({
  /** The id of the metric. `id` is the id of the link. */
  saved_metric: positiveInteger,
  name: textField(1, 400),
  query: jsonObject,
  metadata: withDefault(jsonObject, { type: 'primary' }),
})

/** The id of a linked holdout or metric, and whether this call created or changed it. */
interface LinkedEntity {
  id: number
  isChanged: boolean
}

/** Finds or creates the holdouts and metrics that experiments embed, each once per import. The first row that has one decides its values. */
export class EmbeddedEntities {
  readonly #tx: Transaction
  readonly #project: Project
  readonly #seen = new Map<string, number>()

  constructor(tx: Transaction, project: Project) {
    this.#tx = tx
    this.#project = project
  }

  /** Finds or creates a holdout. Null if required values are missing. */
  async holdout(value: unknown): Promise<LinkedEntity | null> {
    const { data } = holdoutSchema.safeParse(value)
    if (data === undefined) return null
    const { id, created_by, ...fields } = data
    return this.#once('holdouts', id, async () => {
      const userId = await findOrCreateUsers(this.#tx, this.#project.organizationId, [created_by])
      const columns = { ...toColumns(fields), projectId: this.#project.id, createdById: userId(created_by) }
      const sameName = await this.#tx.holdout.findMany({
        where: { projectId: this.#project.id, name: fields.name },
        orderBy: { id: 'asc' },
      })
      return {
        columns,
        existing: sameName.find(({ filters }) => getHoldoutVariant(filters) === getHoldoutVariant(fields.filters)),
        save: (id) => this.#tx.holdout.upsert({ where: { id }, create: { ...columns, id }, update: columns }),
      }
    })
  }

  /** Finds or creates a metric, and adds the metadata of its link. Null if required values are missing. */
  async savedMetric(value: unknown): Promise<(LinkedEntity & { metadata: Prisma.InputJsonObject }) | null> {
    const { data } = savedMetricSchema.safeParse(value)
    if (data === undefined) return null
    const { saved_metric, metadata, ...fields } = data
    const linked = await this.#once('saved_metrics', saved_metric, async () => {
      const columns = { ...fields, projectId: this.#project.id }
      const stored = await this.#tx.savedMetric.findMany({ where: { projectId: this.#project.id }, orderBy: { id: 'asc' } })
      return {
        columns,
        existing: stored.find((metric) =>
          fields.query.uuid ? asObject(metric.query)?.uuid === fields.query.uuid : hasSameValues(columns, metric),
        ),
        save: (id) => this.#tx.savedMetric.upsert({ where: { id }, create: { ...columns, id }, update: columns }),
      }
    })
    return { ...linked, metadata }
  }

  /** Writes an entity when it is first seen, if its values are not stored already. */
  async #once(
    table: 'holdouts' | 'saved_metrics',
    referenceId: number,
    prepare: () => Promise<{ columns: Record<string, unknown>; existing: { id: number } | undefined; save(id: number): Promise<unknown> }>,
  ): Promise<LinkedEntity> {
    const seenId = this.#seen.get(`${table} ${referenceId}`)
    if (seenId !== undefined) return { id: seenId, isChanged: false }
    const { columns, existing, save } = await prepare()
    const id = existing?.id ?? (await allocateIds(this.#tx, table, [referenceId])).get(referenceId) ?? 0
    const isChanged = existing === undefined || !hasSameValues(columns, existing)
    if (isChanged) await save(id)
    this.#seen.set(`${table} ${referenceId}`, id)
    return { id, isChanged }
  }
}

/** The variant in a holdout's filters, normally `holdout-<its id in PostHog>`. Undefined if the filters are malformed. */
function getHoldoutVariant(filters: unknown): unknown {
  const [first] = asArray(filters) ?? []
  return asObject(first)?.variant
}
