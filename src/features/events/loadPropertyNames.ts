import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Project } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'
import { eventStoreOf } from './eventStoreOf.ts'

type Place = Pick<Project, 'id' | 'eventSource'>

const loaders = createContextCache((_context: Context) => new Map<number, DataLoader<string, readonly string[]>>())

/** The names of the properties of the newest events of a name. The names of a project share one question to its store. */
export function loadPropertyNames(context: Context, project: Place, name: string): Promise<readonly string[]> {
  const known = loaders(context)
  const loader =
    known.get(project.id) ??
    new DataLoader<string, readonly string[]>(async (names) => {
      const found = await eventStoreOf(context, project).propertyNames(names)
      return names.map((each) => found.get(each) ?? [])
    })
  known.set(project.id, loader)
  return loader.load(name)
}
