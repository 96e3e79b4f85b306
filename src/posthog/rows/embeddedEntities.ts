import { z } from 'zod'
import type { Transaction } from '../../database/client.ts'
import type { Prisma, Project } from '../../database/generated/client.ts'
import { asArray, asObject } from '../../platform/json.ts'
import { allocateIds } from './allocateIds.ts'
import { jsonList, jsonObject, personField, referenceId, textField, timestamp } from './fields.ts'
import { hasSameValues } from './hasSameValues.ts'
import { findOrCreateUsers } from './users.ts'

// Holdouts and shared metrics are embedded in the experiments that use them. Their tables have no column for the id in PostHog. So an existing
// holdout is found by its name and the variant in its filters, and a metric by the UUID in its query.

const descriptionField = textField(0, 400)
  .nullish()
  .transform((value) => value ?? null)

const holdoutSchema = z.object({
  id: referenceId,
  name: textField(1, 400),
  description: descriptionField,
  filters: jsonList,
  created_by: personField,
  created_at: timestamp.nullish(),
  updated_at: timestamp.nullish(),
})

const savedMetricSchema = z.object({
  /** The id of the metric. `id` is the id of the link. */
  saved_metric: referenceId,
  name: textField(1, 400),
  query: jsonObject,
  metadata: jsonObject.nullish().transform((metadata) => metadata ?? { type: 'primary' }),
})

/** The id of a linked holdout or metric, and whether this call created or changed it. */
export interface LinkedEntity {
  id: number
  changed: boolean
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
    const result = holdoutSchema.safeParse(value)
    if (!result.success) return null
    const { id, name, created_by, created_at, updated_at, ...rest } = result.data
    return this.#once(`holdout ${id}`, async () => {
      const inProject = { projectId: this.#project.id, name }
      const userIds = await findOrCreateUsers(this.#tx, this.#project.organizationId, [created_by])
      const columns = {
        ...rest,
        createdById: userIds.get(created_by?.email ?? '') ?? null,
        ...(created_at ? { createdAt: created_at } : {}),
        ...(updated_at ? { updatedAt: updated_at } : {}),
      }
      const stored = await this.#tx.holdout.findMany({ where: inProject, orderBy: { id: 'asc' } })
      const existing = stored.find(({ filters }) => getHoldoutVariant(filters) === getHoldoutVariant(rest.filters))
      if (existing !== undefined) {
        if (hasSameValues(columns, existing)) return { id: existing.id, changed: false }
        await this.#tx.holdout.update({ where: { id: existing.id }, data: columns })
        return { id: existing.id, changed: true }
      }
      const newId = (await allocateIds(this.#tx, 'holdouts', [id])).get(id)
      const created = await this.#tx.holdout.create({ data: { ...inProject, ...columns, ...(newId === undefined ? {} : { id: newId }) } })
      return { id: created.id, changed: true }
    })
  }

  /** Finds or creates a metric, and adds the metadata of its link. Null if required values are missing. */
  async savedMetric(value: unknown): Promise<(LinkedEntity & { metadata: Prisma.InputJsonObject }) | null> {
    const result = savedMetricSchema.safeParse(value)
    if (!result.success) return null
    const { saved_metric: id, name, query, metadata } = result.data
    const linked = await this.#once(`saved metric ${id}`, async () => {
      const stored = await this.#tx.savedMetric.findMany({ where: { projectId: this.#project.id }, orderBy: { id: 'asc' } })
      const existing = stored.find((metric) =>
        query.uuid ? getMetricUuid(metric.query) === query.uuid : hasSameValues({ name, query }, metric),
      )
      if (existing !== undefined) {
        if (hasSameValues({ name, query }, existing)) return { id: existing.id, changed: false }
        await this.#tx.savedMetric.update({ where: { id: existing.id }, data: { name, query } })
        return { id: existing.id, changed: true }
      }
      const newId = (await allocateIds(this.#tx, 'saved_metrics', [id])).get(id)
      const data = { projectId: this.#project.id, name, query, ...(newId === undefined ? {} : { id: newId }) }
      return { id: (await this.#tx.savedMetric.create({ data })).id, changed: true }
    })
    return { ...linked, metadata }
  }

  async #once(what: string, link: () => Promise<LinkedEntity>): Promise<LinkedEntity> {
    const id = this.#seen.get(what)
    if (id !== undefined) return { id, changed: false }
    const linked = await link()
    this.#seen.set(what, linked.id)
    return linked
  }
}

/** The variant in a holdout's filters, normally `holdout-<its id in PostHog>`. Undefined if the filters are malformed. */
function getHoldoutVariant(filters: unknown): unknown {
  const [first] = asArray(filters) ?? []
  return asObject(first)?.variant
}

function getMetricUuid(query: unknown): unknown {
  return asObject(query)?.uuid
}
