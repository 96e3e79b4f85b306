import type { Db } from '../../src/database/client.ts'
import type { Action, Prisma, SavedMetric } from '../../src/database/generated/client.ts'

/** An action of a project, with these steps. */
export function seedAction(
  db: Db,
  project: { id: number },
  steps: Prisma.InputJsonValue,
  data: Partial<Prisma.ActionUncheckedCreateInput> = {},
): Promise<Action> {
  return db.action.create({ data: { name: 'Action', projectId: project.id, steps, ...data } })
}

/** A metric that this experiment shares with others. */
export function seedSavedMetric(
  db: Db,
  experiment: { id: number; projectId: number },
  query: Prisma.InputJsonValue,
  type: 'primary' | 'secondary' = 'primary',
): Promise<SavedMetric> {
  const experiments = { create: { experimentId: experiment.id, metadata: { type } } }
  return db.savedMetric.create({ data: { name: 'Shared', projectId: experiment.projectId, query, experiments } })
}

/** Creates many events at once. `seedEvent` creates one. */
export async function seedEvents(
  db: Db,
  project: { id: number },
  events: readonly { event: string; timestamp: Date | string; properties?: string | object; id?: string }[],
): Promise<void> {
  await db.event.createMany({
    data: events.map(({ event, timestamp, properties = {}, id = crypto.randomUUID() }) => ({
      projectId: project.id,
      id,
      event,
      timestamp: new Date(timestamp),
      distinctId: 'somebody',
      properties: typeof properties === 'string' ? properties : JSON.stringify(properties),
    })),
  })
}
