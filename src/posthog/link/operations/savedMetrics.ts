import type { JsonObject } from '../../../platform/json.ts'
import type { Given, Operation } from './operation.ts'
import { given as defined, hasAll, isSame } from './values.ts'

function values({ planned, ids }: Given): JsonObject {
  const { name, description, query, tags } = planned ?? {}
  return ids.toUpstream({ name, description, query, tags }) as JsonObject
}

function changedValues(given: Given): JsonObject {
  return Object.fromEntries(Object.entries(values(given)).filter(([name, value]) => !isSame(given.thing?.[name], value)))
}

export const createSavedMetric: Operation = {
  kind: 'saved_metrics',
  reads: [],
  toRequest: (given) => ({ method: 'POST', path: 'experiment_saved_metrics/', body: values(given) }),
  settlement: { by: 'list', query: () => [{}], isOurs: (row, given) => hasAll(row, defined(values(given))) },
  // Names are unique, so that a second one is refused.
  repeatable: true,
  moves: [],
}

export const updateSavedMetric: Operation = {
  kind: 'saved_metrics',
  reads: ['thing'],
  toRequest: (given) => {
    const body = changedValues(given)
    return Object.keys(body).length === 0 ? null : { method: 'PATCH', path: `experiment_saved_metrics/${given.id}/`, body }
  },
  settlement: {
    by: 'row',
    isDone: (after, given) => Object.entries(changedValues(given)).every(([name, value]) => isSame(after[name], value)),
  },
  repeatable: true,
  moves: [],
}

export const deleteSavedMetric: Operation = {
  kind: 'saved_metrics',
  reads: [],
  toRequest: ({ id, input }) =>
    input.detach === true
      ? { refuse: 'PostHog does not keep a deleted metric in its experiments. Unlink it from them first, and leave out `detach`.' }
      : { method: 'DELETE', path: `experiment_saved_metrics/${id}/` },
  settlement: { by: 'absence' },
  repeatable: true,
  moves: [],
}
