import type { z } from 'zod'
import type { Project } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { isObject } from '../../../platform/json.ts'
import type { Collection, CollectionRow } from '../../collections/collection.ts'
import { collections } from '../../collections/collections.ts'
import { groupTypeSchema } from '../../collections/groupTypes.ts'
import { importCollection } from '../../import/importCollection.ts'
import { importExperiments } from '../../import/importExperiments.ts'
import { importFlags } from '../../import/importFlags.ts'
import { importGroupTypes } from '../../import/importGroupTypes.ts'
import { noProgress } from '../../import/progress.ts'
import { type ValidRow, validateRow } from '../../import/validateRows.ts'
import type { RowChange, RowHooks } from '../../import/writeRows.ts'
import { experimentSchema } from '../../rows/experimentSchema.ts'
import { flagSchema } from '../../rows/flagSchema.ts'
import { hasSameValues } from '../../rows/hasSameValues.ts'
import type { Numbering } from '../../rows/references.ts'
import type { Kind, KindName } from './kinds.ts'
import { MirrorReport } from './mirrorReport.ts'
import { isStoredNewer } from './newer.ts'
import { prepareRow } from './prepareRow.ts'
import { recordUpstreamChanges } from './recordChanges.ts'
import { storeChangeRequest, storePolicy } from './storeApprovals.ts'
import { memberSchema, roleSchema, storeMembers, storeRole } from './storePeople.ts'
import { fieldsOf, type HiddenFields, toldValues, toldVersion } from './toldValues.ts'
import { changeRequestSchema, policySchema } from './upstreamApprovals.ts'

/** Where rows are stored, and what else is done with them. */
export interface StoreContext {
  unit: UnitOfWork
  project: Project
  numbering: Numbering
  now: Date
  /** Whether changes leave activity entries and events. The first copy leaves none, as an import does. */
  announces: boolean
  /** Who changed a row, as the activity log tells: our ids of people, by `kind:id`. */
  changedBy?: ReadonlyMap<string, number>
  /** What PostHog hides from the key of the link. Undefined for answers to writes. */
  hidden?: HiddenFields
  /** Rows that were just read one by one, to mend what is stored. They are written even if they look older. */
  mends?: boolean
}

export interface StoreResult {
  /** The ids in PostHog of the rows that were written. */
  changed: string[]
  /** Those of them that are new here. */
  created: string[]
  /** Those of them that differed in more than what moves by itself. */
  mended: string[]
  /** Those that looked older than what is stored, and were left out. */
  older: string[]
  /** Those that cannot be stored, with the reasons. */
  skipped: ReadonlyMap<string, string>
}

/**
 * Stores rows of one kind as PostHog answers them, by the code of the import. Equal rows are not written, and older ones not either. Rows that
 * cannot be stored are kept in the list of skipped rows.
 */
export async function storeRows(context: StoreContext, kind: Kind, values: readonly unknown[]): Promise<StoreResult> {
  const report = new MirrorReport()
  const changes: RowChange[] = []
  const older: string[] = []
  // A row can come twice, if it was changed while its list was read. The last is the newest.
  const rows = new Map(values.map((value) => [upstreamIdOf(kind.name, value), value]))
  await writers[kind.name](context, kind, [...rows].map(toSource), report, { changes, older })
  await keepSkipped(context, kind.name, [...rows.keys()], report.skipped)
  if (context.announces) {
    const { unit, project, now, changedBy = new Map() } = context
    await recordUpstreamChanges({ unit, project, now, changedBy }, kind.name, changes)
  }
  const ids = (list: readonly RowChange[]) => list.map(({ importedId }) => String(importedId))
  return {
    changed: ids(changes),
    created: ids(changes.filter(({ before }) => before === null)),
    mended: ids(changes.filter(isMended)),
    older,
    skipped: report.skipped,
  }
}

/** When a flag was last called moves without a change of the flag. */
function isMended({ before, after: { lastCalledAt: _, ...values } }: RowChange): boolean {
  return before === null || !hasSameValues(values, before)
}

/** What identifies a row of a list. */
export function upstreamIdOf(kind: KindName, value: unknown): string {
  const id = isObject(value) ? (kind === 'group_types' ? value.group_type_index : value.id) : null
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 100) : '?'
}

interface SourceRow {
  file: string
  /** The id in PostHog. */
  place: string
  value: unknown
}

function toSource([place, value]: [string, unknown]): SourceRow {
  return { file: 'PostHog', place, value }
}

/** What a writer did: the rows that it wrote, and those that it left because the stored ones are newer. */
interface Outcome {
  changes: RowChange[]
  older: string[]
}

type Writer = (context: StoreContext, kind: Kind, sources: readonly SourceRow[], report: MirrorReport, outcome: Outcome) => Promise<void>

/** Holdouts and shared metrics have lists of their own. A copy inside an experiment is only for those that are not here yet. */
const ownLists = { holdouts: { has: () => true }, saved_metrics: { has: () => true } }

const writeCollection: Writer = async (context, kind, sources, report, outcome) => {
  const { unit, project, numbering } = context
  if (kind.collection === null) return
  const collection = collections[kind.collection] as Collection
  const rows = validate<CollectionRow>(kind, collection.schema, sources, report)
  const hooks = toHooks<CollectionRow & { updated_at?: unknown }>(context, kind, collection.schema, rows, outcome, (row) => ({
    updatedAt: row.updated_at,
  }))
  const counts = report.counts[kind.collection]
  await importCollection(unit.tx, project, collection, rows, numbering, report, counts, noProgress, hooks)
}

const writers: Readonly<Record<KindName, Writer>> = {
  members: async ({ unit, project }, kind, sources, report) => {
    const rows = validate(kind, memberSchema, sources, report)
    await storeMembers(
      unit.tx,
      project,
      rows.map(({ row }) => row),
    )
  },
  roles: async ({ unit, project }, kind, sources, report) => {
    for (const { row } of validate(kind, roleSchema, sources, report)) await storeRole(unit.tx, project, row)
  },
  group_types: async ({ unit, project }, kind, sources, report) => {
    await importGroupTypes(unit.tx, project, validate(kind, groupTypeSchema, sources, report), report)
  },
  cohorts: writeCollection,
  actions: writeCollection,
  holdouts: writeCollection,
  saved_metrics: writeCollection,
  prompts: writeCollection,
  feature_flags: async (context, kind, sources, report, outcome) => {
    const { unit, project, numbering } = context
    const rows = validate(kind, flagSchema, sources, report)
    if (rows.length === 0) return
    const hooks = toHooks(context, kind, flagSchema, rows, outcome, ({ version, updated_at }, given) => ({
      version: toldVersion(given, version),
      updatedAt: updated_at,
    }))
    await importFlags(unit.tx, project, rows, numbering, report, noProgress, hooks)
  },
  surveys: writeCollection,
  product_tours: writeCollection,
  experiments: async (context, kind, sources, report, outcome) => {
    const { unit, project, numbering } = context
    const rows = validate(kind, experimentSchema, sources, report)
    if (rows.length === 0) return
    const hooks = toHooks(context, kind, experimentSchema, rows, outcome, ({ updated_at }) => ({ updatedAt: updated_at }))
    await importExperiments(unit.tx, project, rows, ownLists, numbering, report, noProgress, hooks)
  },
  policies: async ({ unit, project }, kind, sources, report, { changes }) => {
    for (const { row, source } of validate(kind, policySchema, sources, report)) {
      const stored = await storePolicy(unit.tx, project, row)
      if (typeof stored === 'string') report.skip('feature flags', source, stored)
      else changes.push(...stored)
    }
  },
  change_requests: async ({ unit, project }, kind, sources, report) => {
    for (const { row, source } of validate(kind, changeRequestSchema, sources, report)) {
      const stored = await storeChangeRequest(unit, project, row)
      if (typeof stored === 'string') report.skip('feature flags', source, stored)
    }
  },
}

function toHooks<Row extends { id: number | string }>(
  { mends, hidden }: StoreContext,
  { name: kind }: Kind,
  schema: z.ZodType<Row>,
  rows: readonly ValidRow<Row>[],
  { changes, older }: Outcome,
  timesOf: (row: Row, given: unknown) => { version?: unknown; updatedAt?: unknown },
): RowHooks<Row> {
  const fields = fieldsOf(schema)
  const givenById = new Map(rows.map(({ row, source }) => [row.id, source.value]))
  return {
    isNewer: (stored, row) => {
      // A copy inside an experiment has neither a creator nor a time: the time that is stored is our own.
      const isCopy = kind === 'saved_metrics' && stored.createdById === null
      const isOlder = mends !== true && !isCopy && isStoredNewer(stored, timesOf(row, givenById.get(row.id)))
      if (isOlder) older.push(String(stored.importedId))
      return isOlder
    },
    told: (stored, row, values) => {
      const given = givenById.get(row.id)
      return isObject(given) ? toldValues({ kind, fields, given, hidden }, stored, values) : values
    },
    onWritten: (written) => void changes.push(...written),
  }
}

function validate<Row>(kind: Kind, schema: z.ZodType<Row>, sources: readonly SourceRow[], report: MirrorReport): ValidRow<Row>[] {
  return sources.flatMap((source) => {
    const value = isObject(source.value) ? prepareRow(kind.name, source.value) : source.value
    const checked = validateRow(schema, value)
    if ('row' in checked) return [{ row: checked.row, source: { ...source, value } }]
    report.skip('feature flags', source, checked.reason)
    return []
  })
}

/** Rows that can be stored again leave the list. */
async function keepSkipped(
  { unit: { tx }, project: { id: projectId }, now }: StoreContext,
  kind: KindName,
  ids: readonly string[],
  skipped: ReadonlyMap<string, string>,
): Promise<void> {
  if (ids.length === 0) return
  await tx.linkSkippedRow.deleteMany({ where: { projectId, kind, upstreamId: { in: [...ids] } } })
  if (skipped.size === 0) return
  const data = [...skipped].map(([upstreamId, reason]) => ({ projectId, kind, upstreamId, reason, seenAt: now }))
  await tx.linkSkippedRow.createMany({ data, skipDuplicates: true })
}
