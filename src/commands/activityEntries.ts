import type { Actor } from '../auth/actor.ts'
import type { Bypass } from './approvalGate.ts'
import type { CommandPlan, CommandResult } from './command.ts'
import type { LinkedThing } from './linkedProject.ts'
import type { ActivityRecord, ActivityResource } from './recordActivity.ts'

// What the audit trail says of plans.

/** What stands in each entry of one write beside its values. */
interface EntryNotes {
  changeRequestId: number | null
  detail?: string
}

/**
 * The entries of a plan that was carried out, here or in PostHog: one for the object that the mutation is about, one for each other flag that
 * was created, and one for each object that was changed along with it. None if the plan changes no value.
 */
export function commandEntries(
  actor: Actor,
  activity: string,
  plan: CommandPlan,
  result: CommandResult,
  notes: EntryNotes,
): ActivityRecord[] {
  if (Object.keys(plan.after).length === 0) return []
  const flagVersion = result.featureFlagId === null ? null : result.version
  const entry = { activity, ...notes, flagVersion, ...aboutPlan(actor, { ...plan, after: result.after ?? plan.after }, result) }
  const copies = (result.newFlagIds ?? []).map((featureFlagId, index) => {
    const copy = plan.newFlags?.[index]
    const resource = { type: 'FEATURE_FLAG', id: featureFlagId, name: copy?.change.key ?? '' } as const
    return { ...entry, resource, flagVersion: 1, before: {}, after: copy?.after ?? {} }
  })
  const changed = (result.changed ?? []).map((object) => ({ ...entry, ...object }))
  return [entry, ...copies, ...changed]
}

/** The objects of a plan, as far as they are stored. */
type ChangedObjects = Pick<CommandResult, 'experimentId' | 'featureFlagId'> & { id: number | null }

/** Each bypassed policy leaves an entry of its own, also if another policy stops the change (approvals.md 22.21). */
export function bypassEntries(
  actor: Actor,
  plan: CommandPlan,
  objects: ChangedObjects,
  bypasses: readonly Bypass[],
  changeRequestId: number | null,
): ActivityRecord[] {
  return bypasses.map(({ policyId, action, reason, skipped }) => ({
    ...{ activity: 'bypassPolicy', policyId, changeRequestId, detail: `Bypassed the policy for ${action} by ${reason}. ${skipped}` },
    ...aboutPlan(actor, plan, objects),
  }))
}

/** The objects of a plan that was not carried out. */
export function requestedObjects({ resource, flag }: CommandPlan): ChangedObjects {
  return { id: resource.id, experimentId: resource.type === 'EXPERIMENT' ? resource.id : null, featureFlagId: flag?.id ?? null }
}

function aboutPlan(actor: Actor, plan: CommandPlan, { id, experimentId, featureFlagId }: ChangedObjects) {
  const { project, before, after } = plan
  const { id: projectId, organizationId } = project
  const ids = { EXPERIMENT: experimentId, FEATURE_FLAG: featureFlagId, EXPERIMENT_HOLDOUT: id }
  const resource = changedResource(plan, ids[plan.resource.type])
  return { actor, organizationId, projectId, resource, experimentId, featureFlagId, before, after }
}

/** The object that a plan is about, as its entries name it. Its name is that before the change. */
export function changedResource(
  { resource, experimentName, flag, holdout, holdoutName }: CommandPlan,
  id: number | null,
): ActivityResource {
  if (resource.type === 'EXPERIMENT_HOLDOUT') return { type: 'HOLDOUT', id, name: holdout?.name ?? holdoutName ?? '' }
  return { type: resource.type, id, name: experimentName ?? flag?.key ?? '' }
}

/** The thing that a plan is about. */
export function plannedThing({ resource: { type, id } }: CommandPlan): LinkedThing {
  return { type: type === 'EXPERIMENT_HOLDOUT' ? 'HOLDOUT' : type, id }
}
