import type { Actor } from '../../../../auth/actor.ts'
import type { CommandPlan } from '../../../../commands/command.ts'
import type { LockedExperiment } from '../../../../commands/rowLocks.ts'
import type { PlanningEventStore } from '../../../../database/events/eventStore.ts'
import { freezeFilters, unfreezeFilters } from '../../rules/exposure/frozenFilters.ts'
import { planUpdate } from '../planUpdate.ts'
import { createExposureCohort } from './exposedPeople.ts'

const flagOptions = { givenFilterKeys: ['groups'], guardsConditions: true }

/**
 * Plans to freeze the exposure of a locked experiment. The cohort is made when the plan is applied, so that it has everybody who was exposed
 * until then. Until then it has no number.
 *
 * @param max the size that the cohort may have
 * @param events those of the project
 */
export function planFreeze(actor: Actor, experiment: LockedExperiment, max: number, events: PlanningEventStore | null): CommandPlan {
  const { featureFlag } = experiment
  const plan = planUpdate(
    actor,
    experiment,
    { exposureFrozenAt: actor.now },
    { filters: freezeFilters(featureFlag.filters, null) },
    flagOptions,
  )
  return {
    ...plan,
    apply: async (tx) => {
      // Such a plan is refused: it has a blocker.
      if (events === null) throw new Error(`The events of experiment ${experiment.id} are in PostHog.`)
      const { id: cohortId } = await createExposureCohort(tx, events, experiment, { now: actor.now, max, createdById: actor.user.id })
      const patch = { exposureFrozenAt: actor.now, exposureCohortId: cohortId }
      const filters = freezeFilters(featureFlag.filters, cohortId)
      const made = planUpdate(actor, experiment, patch, { filters }, flagOptions)
      return { ...(await made.apply(tx)), after: made.after }
    },
  }
}

/** Plans to unfreeze the exposure of a locked experiment. */
export function planUnfreeze(actor: Actor, experiment: LockedExperiment): CommandPlan {
  const filters = unfreezeFilters(experiment.featureFlag.filters)
  return planUpdate(actor, experiment, { exposureFrozenAt: null, exposureCohortId: null }, { filters }, flagOptions)
}
