import { bypassEntries, commandEntries, plannedThing } from '../../../commands/activityEntries.ts'
import type { CommandPlan, CommandResult } from '../../../commands/command.ts'
import { upstreamIdOf } from '../../../commands/linkedProject.ts'
import { recordActivities } from '../../../commands/recordActivity.ts'
import type { PlannedCommand, UpstreamCommand } from '../../../commands/upstreamWriter.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { type JsonObject, toJsonValue } from '../../../platform/json.ts'
import type { Given } from '../operations/operation.ts'
import { loadUpstreamIds, namedRows } from './loadIds.ts'
import { sendWrite } from './sendWrite.ts'
import { keyNote, type Session, type WriterParts } from './session.ts'

/** Carries out the plan of a command in PostHog. */
export async function executeUpstream(parts: WriterParts, command: UpstreamCommand): Promise<CommandResult> {
  let planned: PlannedCommand = command
  const input = (toJsonValue(command.input) ?? {}) as JsonObject
  return sendWrite(parts, {
    ...command,
    thing: plannedThing(command.plan),
    resource: (session) => resourceOf(session, planned.plan, input),
    given: (session) => givenOf(session, command.name, input, planned.plan),
    replan: async () => {
      planned = await command.planAgain()
    },
    finish: async (unit, session, row) => {
      const result = await toResult(unit, session, planned.plan, row)
      const notes = { changeRequestId: command.changeRequestId, detail: keyNote(session) }
      await recordActivities(unit, commandEntries(command.actor, command.name, planned.plan, result, notes))
      await recordActivities(unit, bypassEntries(command.actor, planned.plan, result, planned.bypasses, null))
      return result
    },
    unchanged: async () => unchangedResult(planned.plan),
  })
}

/** What a write is about. Experiments write their flag, so they wait for its other writes. */
async function resourceOf({ database: { db } }: Session, plan: CommandPlan, input: JsonObject): Promise<string> {
  if (plan.flag !== null) return plan.flag.id === null ? `feature_flags/${plan.flag.key}` : `feature_flags/${plan.flag.id}`
  const { type, id } = plannedThing(plan)
  const experimentId = type === 'EXPERIMENT' ? (id ?? (typeof input.id === 'number' ? input.id : null)) : null
  const experiment =
    experimentId === null ? null : await db.experiment.findUnique({ where: { id: experimentId }, select: { featureFlagId: true } })
  if (experiment !== null) return `feature_flags/${experiment.featureFlagId}`
  return `${type}/${id ?? JSON.stringify(plan.after.name ?? '').slice(0, 450)}`
}

async function givenOf(session: Session, name: string, input: JsonObject, plan: CommandPlan): Promise<Given> {
  const { db } = session.database
  const thing = plannedThing(plan)
  // A copy is made from the experiment that the input names.
  const isCopy = name === 'duplicateExperiment' || name === 'copyExperimentToProject'
  const id = isCopy ? Number(input.id) : thing.id
  return {
    input,
    plan,
    planned: null,
    id: id === null ? null : await upstreamIdOf(db, isCopy ? 'EXPERIMENT' : thing.type, id),
    thing: null,
    flag: null,
    ids: await loadUpstreamIds(db, session.link, namedRows(plan.after as JsonObject, input)),
  }
}

/** What the mutation returns, from the stored rows. */
async function toResult({ tx }: UnitOfWork, { project }: Session, plan: CommandPlan, row: JsonObject | null): Promise<CommandResult> {
  const { type } = plan.resource
  const where = { projectId: project.id, importedId: Number(row?.id ?? 0) }
  const select = { id: true } as const
  if (type === 'EXPERIMENT_HOLDOUT') {
    const id = plan.resource.id ?? (await tx.holdout.findFirstOrThrow({ where, select })).id
    return { id, experimentId: null, featureFlagId: null, version: null }
  }
  if (type === 'FEATURE_FLAG') {
    const { id, version } = await tx.featureFlag.findFirstOrThrow({ where, select: { id: true, version: true } })
    return { id, experimentId: null, featureFlagId: id, version, created: plan.resource.id === null }
  }
  const experiment = await tx.experiment.findFirstOrThrow({
    where,
    select: { id: true, featureFlag: { select: { id: true, version: true } } },
  })
  const { id, featureFlag } = experiment
  const changesFlag = plan.flag !== null
  return { id, experimentId: id, featureFlagId: changesFlag ? featureFlag.id : null, version: changesFlag ? featureFlag.version : null }
}

function unchangedResult(plan: CommandPlan): CommandResult {
  const { type, id } = plan.resource
  if (id === null) throw new Error('A plan that creates something changes nothing.')
  return {
    id,
    experimentId: type === 'EXPERIMENT' ? id : null,
    featureFlagId: type === 'FEATURE_FLAG' ? id : null,
    version: null,
    created: false,
  }
}
