import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Transaction } from '../../database/client.ts'
import type { Prisma, Project } from '../../database/generated/client.ts'
import { asArray, asObject } from '../../platform/json.ts'
import { allocateIds } from './allocateIds.ts'
import * as field from './fields.ts'
import { hasSameValues } from './hasSameValues.ts'
import { holdoutSchema } from './holdoutSchema.ts'
import type { Numbering } from './references.ts'
import { toColumns } from './toColumns.ts'
import { findOrCreateUsers } from './users.ts'

// Holdouts and shared metrics are embedded in the experiments that use them. Their project and their id in PostHog identify them: names and
// UUIDs are not unique there.

const savedMetricSchema = z.object({
  /** The id of the metric. `id` is the id of the link. */
  saved_metric: field.positiveInteger,
  name: field.boundedText(1, 400),
  query: field.jsonObject,
  metadata: field.withDefault(field.jsonObject, { type: 'primary' }),
})

export type EmbeddedEntities = ReturnType<typeof embeddedEntities>

/** Which entities have rows of their own. */
export type ImportedEntities = Readonly<Record<'holdouts' | 'saved_metrics', Pick<ReadonlySet<number | string>, 'has'>>>

/** An entity of a row. */
interface Embedded {
  id: number
  /** Whether this row created or changed it. */
  isChanged: boolean
  /** Whether an earlier row of this import has other values for it. */
  isContradicted: boolean
}

/** The entity as the database has it, and how to write it. */
interface Store {
  columns: Record<string, unknown>
  findStored(importedId: number): Promise<{ id: number } | null>
  /** What an import wrote before the id in PostHog was stored. It got the same id here, and has this mark of its own. */
  findUnmarked(id: number): Promise<({ id: number } & Record<string, unknown>) | null>
  markOf(values: Readonly<Record<string, unknown>>): unknown
  save(id: number, columns: Record<string, unknown>): Promise<unknown>
}

/**
 * Finds or creates the holdouts and metrics that experiments embed, each once per import. The first row that has one decides its values.
 *
 * @param imported the ids in PostHog of those that the import has rows of their own for. Such a row decides, not a copy of it.
 */
export function embeddedEntities(
  tx: Transaction,
  { id: projectId, organizationId }: Project,
  numbering: Numbering,
  imported: ImportedEntities,
) {
  const seen = new Map<string, { id: number; values: Record<string, unknown> }>()

  async function allocate(table: 'holdouts' | 'saved_metrics', importedId: number): Promise<number> {
    const ids = await (table === 'holdouts' ? numbering.allocate(table, [importedId]) : allocateIds(tx, table, [importedId]))
    return ids.get(importedId) ?? importedId
  }

  /** Writes an entity when it is first seen, unless its values are stored already. */
  async function writeOnce(table: 'holdouts' | 'saved_metrics', importedId: number, store: Store): Promise<Embedded> {
    const columns = { ...numbering.toStored(store.columns), projectId, importedId }
    if (imported[table].has(importedId)) {
      const own = await store.findStored(importedId)
      if (own !== null) return { id: own.id, isChanged: false, isContradicted: false }
    }
    const before = seen.get(`${table} ${importedId}`)
    if (before !== undefined) return { id: before.id, isChanged: false, isContradicted: !hasSameValues(columns, before.values) }
    const unmarked = await store.findUnmarked(importedId)
    const isSame = unmarked !== null && isDeepStrictEqual(store.markOf(unmarked), store.markOf(columns))
    const existing = (await store.findStored(importedId)) ?? (isSame ? unmarked : null)
    const id = existing?.id ?? (await allocate(table, importedId))
    const isChanged = existing === null || !hasSameValues(columns, { ...existing })
    if (isChanged) await store.save(id, columns)
    seen.set(`${table} ${importedId}`, { id, values: columns })
    return { id, isChanged, isContradicted: false }
  }

  return {
    /** Null if required values are missing. */
    async holdout(value: unknown): Promise<Embedded | null> {
      const { data } = holdoutSchema.safeParse(value)
      if (data === undefined) return null
      const { id: importedId, created_by, ...row } = data
      const userId = await findOrCreateUsers(tx, organizationId, [created_by])
      return writeOnce('holdouts', importedId, {
        columns: { ...toColumns(row), createdById: userId(created_by) },
        findStored: (importedId) => tx.holdout.findFirst({ where: { projectId, importedId } }),
        findUnmarked: (id) => tx.holdout.findFirst({ where: { projectId, id, importedId: null } }),
        // Normally `holdout-<its id in PostHog>`.
        markOf: ({ filters }) => asObject(asArray(filters)?.[0])?.variant,
        save: (id, columns) => tx.holdout.upsert({ where: { id }, create: { ...columns, id } as never, update: columns }),
      })
    },

    /** The holdout with this number, if an import wrote it. */
    async knownHoldout(importedId: unknown): Promise<Embedded | null> {
      const number = field.positiveInteger.safeParse(importedId)
      const stored = number.success ? await tx.holdout.findFirst({ where: { projectId, importedId: number.data } }) : null
      return stored === null ? null : { id: stored.id, isChanged: false, isContradicted: false }
    },

    /** Null if required values are missing. The metadata belongs to the link. */
    async savedMetric(value: unknown): Promise<(Embedded & { metadata: Prisma.InputJsonObject }) | null> {
      const { data } = savedMetricSchema.safeParse(value)
      if (data === undefined) return null
      const { saved_metric: importedId, metadata, ...row } = data
      const linked = await writeOnce('saved_metrics', importedId, {
        columns: row,
        findStored: (importedId) => tx.savedMetric.findFirst({ where: { projectId, importedId } }),
        findUnmarked: (id) => tx.savedMetric.findFirst({ where: { projectId, id, importedId: null } }),
        markOf: ({ query }) => asObject(query)?.uuid ?? query,
        save: (id, columns) => tx.savedMetric.upsert({ where: { id }, create: { ...columns, id } as never, update: columns }),
      })
      return { ...linked, metadata }
    },
  }
}
