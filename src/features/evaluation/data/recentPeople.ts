import type { RecentEvent } from '../../../database/events/eventStore.ts'
import type { Project } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { asObject, type JsonObject } from '../../../platform/json.ts'
import { eventStoreOf } from '../../events/eventStoreOf.ts'

/** Larger properties are not read. In bytes. */
export const maxEventBytes = 16_384

/** A person of a recent event, with what its properties tell. */
export interface RecentPerson {
  distinctId: string
  groups: JsonObject
  personProperties: JsonObject
}

function toPerson({ distinctId, properties }: RecentEvent): RecentPerson {
  const event = parseObject(properties)
  const ownOnly = Object.entries(event).filter(([key]) => key.startsWith('$') && key !== '$set' && key !== '$set_once')
  const personProperties = { ...Object.fromEntries(ownOnly), ...asObject(event.$set_once), ...asObject(event.$set) }
  return { distinctId, groups: asObject(event.$groups) ?? {}, personProperties }
}

function parseObject(text: string | null): JsonObject {
  try {
    return asObject(JSON.parse(text ?? 'null')) ?? {}
  } catch {
    return {}
  }
}

/** Loads the people of the newest events of a project: at most `size`. */
export async function loadRecentPeople(
  context: Context,
  project: Pick<Project, 'id' | 'eventSource'>,
  size: number,
): Promise<RecentPerson[]> {
  return (await eventStoreOf(context, project).recentPeople(size, maxEventBytes)).map(toPerson)
}
