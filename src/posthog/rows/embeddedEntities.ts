import { z } from 'zod'
import type { Prisma, Project } from '../../database/generated/client.ts'
import type { Transaction } from '../../database/open.ts'
import { newRowIds } from '../import/allocateIds.ts'
import { sameColumns } from '../import/hasSameValues.ts'
import { isObject } from '../import/inputRow.ts'
import { findOrCreatePeople } from '../import/users.ts'
import { jsonList, jsonObject, moment, person, referenceId, text } from './fields.ts'

// Holdouts and shared metrics come inside the experiments that use them. They have no column for the number they had in the reference:
// a holdout is known again by its name and by the variant that its filters name, a metric by the UUID in its query.

const description = text(0, 400)
  .nullish()
  .transform((value) => value ?? null)

const holdoutRow = z.object({
  id: referenceId,
  name: text(1, 400),
  description,
  filters: jsonList,
  created_by: person,
  created_at: moment.nullish(),
  updated_at: moment.nullish(),
})

const savedMetricRow = z.object({
  /** The metric's own number; `id` is that of the link. */
  saved_metric: referenceId,
  name: text(1, 400),
  query: jsonObject,
  metadata: jsonObject.nullish().transform((metadata) => metadata ?? { type: 'primary' }),
})

/** The id of what an experiment links to, and whether the import made or changed it. */
export interface Linked {
  id: number
  changed: boolean
}

/** Finds or makes what experiments embed, each thing once in an import: the first row that has it counts. */
export class LinkedParts {
  readonly #tx: Transaction
  readonly #project: Project
  readonly #seen = new Map<string, number>()

  constructor(tx: Transaction, project: Project) {
    this.#tx = tx
    this.#project = project
  }

  /** Null when the object does not carry enough to make a holdout. */
  async holdout(given: unknown): Promise<Linked | null> {
    const result = holdoutRow.safeParse(given)
    if (!result.success) return null
    const { id, name, created_by, created_at, updated_at, ...rest } = result.data
    return this.#once(`holdout ${id}`, async () => {
      const inProject = { projectId: this.#project.id, name }
      const people = await findOrCreatePeople(this.#tx, this.#project.organizationId, [created_by])
      const columns = {
        ...rest,
        createdById: people.get(created_by?.email ?? '') ?? null,
        ...(created_at ? { createdAt: created_at } : {}),
        ...(updated_at ? { updatedAt: updated_at } : {}),
      }
      const stored = await this.#tx.holdout.findMany({ where: inProject, orderBy: { id: 'asc' } })
      const found = stored.find(({ filters }) => variantOf(filters) === variantOf(rest.filters))
      if (found !== undefined) {
        if (sameColumns(columns, found)) return { id: found.id, changed: false }
        await this.#tx.holdout.update({ where: { id: found.id }, data: columns })
        return { id: found.id, changed: true }
      }
      const newId = (await newRowIds(this.#tx, 'holdouts', [id])).get(id)
      const made = await this.#tx.holdout.create({ data: { ...inProject, ...columns, ...(newId === undefined ? {} : { id: newId }) } })
      return { id: made.id, changed: true }
    })
  }

  /** With the metadata of its link. Null when the entry does not carry enough to make a metric. */
  async savedMetric(given: unknown): Promise<(Linked & { metadata: Prisma.InputJsonObject }) | null> {
    const result = savedMetricRow.safeParse(given)
    if (!result.success) return null
    const { saved_metric: id, name, query, metadata } = result.data
    const linked = await this.#once(`saved metric ${id}`, async () => {
      const stored = await this.#tx.savedMetric.findMany({ where: { projectId: this.#project.id }, orderBy: { id: 'asc' } })
      const found = stored.find((metric) => (query.uuid ? uuidOf(metric.query) === query.uuid : sameColumns({ name, query }, metric)))
      if (found !== undefined) {
        if (sameColumns({ name, query }, found)) return { id: found.id, changed: false }
        await this.#tx.savedMetric.update({ where: { id: found.id }, data: { name, query } })
        return { id: found.id, changed: true }
      }
      const newId = (await newRowIds(this.#tx, 'saved_metrics', [id])).get(id)
      const data = { projectId: this.#project.id, name, query, ...(newId === undefined ? {} : { id: newId }) }
      return { id: (await this.#tx.savedMetric.create({ data })).id, changed: true }
    })
    return { ...linked, metadata }
  }

  async #once(what: string, link: () => Promise<Linked>): Promise<Linked> {
    const id = this.#seen.get(what)
    if (id !== undefined) return { id, changed: false }
    const linked = await link()
    this.#seen.set(what, linked.id)
    return linked
  }
}

/** `holdout-<its number in the reference>`, where the filters have their usual shape. */
function variantOf(filters: unknown): unknown {
  const [first] = Array.isArray(filters) ? filters : []
  return isObject(first) ? first.variant : undefined
}

function uuidOf(query: unknown): unknown {
  return isObject(query) ? query.uuid : undefined
}
