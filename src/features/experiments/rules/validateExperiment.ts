import type { Transaction } from '../../../database/open.ts'
import { isStorableId } from '../../../graphql/nodeIds.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { requiredTextFaults, textFaults } from '../../../platform/textValidation.ts'
import { maxConclusionComment } from '../mutations/endExperiment.ts'
import { metricFaults, namesInMetrics } from './metrics.ts'
import { objectFaults } from './statsConfig.ts'

// What people may give an experiment (experiments.md 1.2 and 8): the rules that creating and updating share.

interface Given {
  name?: string | undefined
  description?: string | null | undefined
  rolloutPercentage?: number | undefined
  metrics?: readonly unknown[] | undefined
  metricsSecondary?: readonly unknown[] | undefined
  exposureCriteria?: unknown
  conclusionComment?: string | null | undefined
}

export const maxExperimentName = 400
export const maxDescription = 3_000

export function experimentFaults(given: Given): Fault[] {
  const { rolloutPercentage: rollout } = given
  return [
    ...(given.name === undefined ? [] : requiredTextFaults(['name'], given.name, maxExperimentName)),
    ...textFaults(['description'], given.description, maxDescription),
    ...(rollout === undefined || (rollout >= 0 && rollout <= 100) ? [] : [fault(['rolloutPercentage'], 'Must be a number from 0 to 100.')]),
    ...metricFaults(given.metrics ?? [], 'metrics'),
    ...metricFaults(given.metricsSecondary ?? [], 'metricsSecondary'),
    ...objectFaults(['exposureCriteria'], given.exposureCriteria),
    ...textFaults(['conclusionComment'], given.conclusionComment, maxConclusionComment),
  ]
}

export function dateFaults(start: Date | null, end: Date | null): Fault[] {
  if (start === null && end !== null) return [fault(['endDate'], 'An end date needs a start date.')]
  return start !== null && end !== null && start >= end ? [fault(['endDate'], 'End date must be after start date')] : []
}

/** The events and actions in faultless metrics that the project does not have. */
export async function unknownNameFaults(
  tx: Transaction,
  projectId: number,
  field: 'metrics' | 'metricsSecondary',
  metrics: readonly unknown[],
  { allowUnknownEvents }: { allowUnknownEvents: boolean },
): Promise<Fault[]> {
  const { events, actionIds } = namesInMetrics(metrics)
  const faults: Fault[] = []
  if (actionIds.length > 0) {
    const found = await tx.action.findMany({
      where: { id: { in: actionIds.filter(isStorableId) }, projectId, deleted: false },
      select: { id: true },
    })
    const unknown = actionIds.filter((id) => !found.some((action) => action.id === id))
    if (unknown.length > 0) {
      faults.push(
        fault([field], `Action(s) with ID ${unknown.join(', ')} not found or deleted. Use actions of this project.`, 'does_not_exist'),
      )
    }
  }
  if (events.length > 0 && !allowUnknownEvents) {
    const unknown = await tx.$queryRaw<{ event: string }[]>`
      SELECT n.event FROM unnest(${events}::text[]) AS n (event)
      WHERE NOT EXISTS (SELECT FROM events e WHERE e.project_id = ${projectId}::int AND e.event = n.event)`
    if (unknown.length > 0) {
      const names = unknown.map(({ event }) => `'${event}'`).join(', ')
      faults.push(
        fault([field], `Event(s) ${names} not found. Send allowUnknownEvents: true to use events that were never sent.`, 'does_not_exist'),
      )
    }
  }
  return faults
}
