import type { Actor } from '../../../auth/actor.ts'
import type { ChangedObject, CommandPlan, HoldoutChange, RowState } from '../../../commands/command.ts'
import { diffValues } from '../../../commands/diff.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Holdout, Prisma, Project } from '../../../database/generated/client.ts'
import { asObject, type JsonObject } from '../../../platform/json.ts'
import { carriesSql } from '../../approvals/data/lists/coveringHoldouts.ts'
import { exclusionPercentage, withExclusionPercentage } from '../rules/holdoutFilters.ts'
import type { HoldoutValues } from '../rules/validateHoldout.ts'

type LockedHoldout = Holdout & { project: Project }

/** A locked flag that carries the holdout, or will. */
interface LinkedFlag {
  id: number
  key: string
  version: number
  /** What its filters say of the holdout. */
  holdout: unknown
}

/** Plans a new holdout. */
export function planNewHoldout(
  actor: Actor,
  project: Project,
  { exclusionPercentage: percentage, ...columns }: HoldoutValues,
): CommandPlan {
  return {
    project,
    resource: { type: 'EXPERIMENT_HOLDOUT', id: null },
    holdoutName: columns.name,
    experimentName: null,
    flag: null,
    rows: [],
    before: {},
    after: diffValues({}, { ...columns, exclusionPercentage: percentage }).after,
    apply: async (tx) => {
      const { id } = await tx.holdout.create({
        data: { ...columns, projectId: project.id, createdById: actor.user.id, createdAt: actor.now, updatedAt: actor.now },
        select: { id: true },
      })
      // The filters name the holdout by its number.
      await tx.holdout.update({ where: { id }, data: { filters: withExclusionPercentage([], id, percentage) }, select: { id: true } })
      return toResult(id)
    },
  }
}

/** Plans a change of a locked holdout. Another percentage goes into all flags that carry the holdout, and those of its experiments. */
export async function planHoldoutUpdate(
  tx: Transaction,
  actor: Actor,
  holdout: LockedHoldout,
  { exclusionPercentage: percentage, ...columns }: Partial<HoldoutValues>,
): Promise<CommandPlan> {
  const stored = exclusionPercentage(holdout.filters)
  const changesPercentage = percentage !== undefined && percentage !== stored
  const before = { name: holdout.name, description: holdout.description, exclusionPercentage: stored }
  const diff = diffValues(before, { ...before, ...columns, ...(changesPercentage ? { exclusionPercentage: percentage } : {}) })
  const columnStates = Object.entries(columns).map(([path, after]) => [path, { before: holdout[path as 'name' | 'description'], after }])
  const own = { ...Object.fromEntries(columnStates) } as RowState['values']
  const hasChanged = Object.keys(diff.after).length > 0
  if (!changesPercentage) {
    return {
      ...basePlan(holdout),
      rows: [holdoutState(holdout, own)],
      ...diff,
      apply: async (write) => {
        if (hasChanged) await updateHoldout(write, actor, holdout, columns)
        return toResult(holdout.id)
      },
    }
  }
  const filters = withExclusionPercentage(holdout.filters, holdout.id, percentage)
  const flags = await lockLinkedFlags(tx, holdout)
  const experimentIds = await findExperimentIds(tx, holdout)
  const rewritten = rewriteFlags(flags, (stored) => ({ id: holdout.id, ...stored, exclusion_percentage: percentage }))
  return {
    ...basePlan(holdout),
    holdout: toChange(holdout, percentage, experimentIds, rewritten),
    rows: [
      holdoutState(holdout, { ...own, filters: { before: holdout.filters, after: filters }, experiments: { before: experimentIds } }),
      ...rewritten.map((flag) => flagState(holdout, flag)),
    ],
    ...diff,
    apply: async (write) => {
      await updateHoldout(write, actor, holdout, { ...columns, filters })
      await writeFlags(write, actor, rewritten)
      return { ...toResult(holdout.id), changed: rewritten.map(toChangedFlag) }
    },
  }
}

/** Plans the deletion of a locked holdout. It is taken out of its experiments, and out of all flags that carry it. */
export async function planHoldoutDeletion(tx: Transaction, actor: Actor, holdout: LockedHoldout): Promise<CommandPlan> {
  const flags = await lockLinkedFlags(tx, holdout)
  const experimentIds = await findExperimentIds(tx, holdout)
  const carrying = flags.filter((flag) => asObject(flag.holdout) !== null)
  const rewritten = rewriteFlags(carrying, () => null)
  const { name, description, filters } = holdout
  const percentage = exclusionPercentage(filters)
  return {
    ...basePlan(holdout),
    holdout: toChange(holdout, null, experimentIds, rewritten),
    rows: [
      holdoutState(holdout, { filters: { before: filters }, experiments: { before: experimentIds } }),
      ...rewritten.map((flag) => flagState(holdout, flag)),
    ],
    before: diffValues({}, { name, description, exclusionPercentage: percentage, deleted: false }).after,
    after: { deleted: true },
    apply: async (write) => {
      await writeFlags(write, actor, rewritten)
      await write.experiment.updateMany({
        where: { id: { in: experimentIds }, holdoutId: holdout.id },
        data: { holdoutId: null, updatedAt: actor.now },
      })
      await write.holdout.delete({ where: { id: holdout.id }, select: { id: true } })
      const experiments = experimentIds.map(
        (experimentId): ChangedObject => ({ experimentId, before: { holdoutId: holdout.id }, after: { holdoutId: null } }),
      )
      return { ...toResult(holdout.id), changed: [...rewritten.map(toChangedFlag), ...experiments] }
    },
  }
}

const basePlan = ({ id, name, project }: LockedHoldout) =>
  ({ project, resource: { type: 'EXPERIMENT_HOLDOUT', id }, holdoutName: name, experimentName: null, flag: null }) as const

const toResult = (id: number) => ({ id, experimentId: null, featureFlagId: null, version: null })

function toChange(holdout: Holdout, after: number | null, experimentIds: readonly number[], flags: readonly object[]): HoldoutChange {
  const { id, name, filters } = holdout
  return {
    id,
    name,
    before: exclusionPercentage(filters) ?? 0,
    after,
    experiments: experimentIds.length,
    changesFlags: flags.length > 0,
  }
}

function holdoutState({ id, projectId }: Holdout, values: RowState['values']): RowState {
  return { type: 'HOLDOUT', id, values: { projectId: { before: projectId }, ...values } }
}

interface RewrittenFlag extends LinkedFlag {
  next: JsonObject | null
}

function rewriteFlags(flags: readonly LinkedFlag[], toNext: (stored: JsonObject) => JsonObject | null): RewrittenFlag[] {
  return flags.map((flag) => ({ ...flag, next: toNext(asObject(flag.holdout) ?? {}) }))
}

function flagState({ projectId }: Holdout, { id, holdout, next }: RewrittenFlag): RowState {
  return { type: 'FEATURE_FLAG', id, values: { projectId: { before: projectId }, 'filters.holdout': { before: holdout, after: next } } }
}

function toChangedFlag({ id, version, holdout, next }: RewrittenFlag): ChangedObject {
  return { featureFlagId: id, flagVersion: version + 1, ...diffValues({ 'filters.holdout': holdout }, { 'filters.holdout': next }) }
}

/**
 * Locks the flags that carry the holdout, and those of its experiments that carry none. Deleted flags are among them, because they can be
 * restored.
 */
function lockLinkedFlags(tx: Transaction, { id }: Holdout): Promise<LinkedFlag[]> {
  return tx.$queryRaw<LinkedFlag[]>`
    SELECT f.id, f.key, f.version, f.filters -> 'holdout' AS holdout
    FROM holdouts h JOIN feature_flags f ON f.project_id = h.project_id
    WHERE h.id = ${id}::int AND (
      (${carriesSql})
      OR (f.holdout_number IS NULL AND f.id IN (SELECT e.feature_flag_id FROM experiments e WHERE e.holdout_id = h.id AND NOT e.deleted))
    )
    ORDER BY f.id FOR NO KEY UPDATE OF f`
}

async function findExperimentIds(tx: Transaction, { id }: Holdout): Promise<number[]> {
  const experiments = await tx.experiment.findMany({
    where: { holdoutId: id, deleted: false },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  return experiments.map((experiment) => experiment.id)
}

async function updateHoldout(tx: Transaction, actor: Actor, { id }: Holdout, data: Prisma.HoldoutUpdateInput): Promise<void> {
  await tx.holdout.update({ where: { id }, data: { ...data, updatedAt: actor.now }, select: { id: true } })
}

/** Writes what the filters of flags say of the holdout. One statement, however many flags there are. */
async function writeFlags(tx: Transaction, actor: Actor, flags: readonly RewrittenFlag[]): Promise<void> {
  if (flags.length === 0) return
  const rows = JSON.stringify(flags.map(({ id, next }) => ({ id, next })))
  await tx.$executeRaw`
    UPDATE feature_flags f
    SET filters = jsonb_set(f.filters, '{holdout}', coalesce(n.next, 'null')), version = f.version + 1, last_modified_by_id = ${actor.user.id}::int,
      updated_at = ${actor.now}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS n (id int, next jsonb) WHERE f.id = n.id`
}
