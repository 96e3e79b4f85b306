import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import type { Given, Operation } from './operation.ts'
import { given as defined, hasAll, isSame } from './values.ts'

/** The filters of a holdout with another percentage. What else they hold stays. */
function withPercentage(stored: unknown, percentage: unknown): JsonObject[] {
  const [first, ...others] = (asArray(stored) ?? []).map((entry) => asObject(entry) ?? {})
  return [{ properties: [], variant: 'holdout', ...first, rollout_percentage: percentage }, ...others]
}

function changes({ plan, thing }: Given): JsonObject {
  const { name, description, exclusionPercentage } = plan?.after ?? {}
  return defined({
    name,
    description,
    filters: exclusionPercentage === undefined ? undefined : withPercentage(thing?.filters, exclusionPercentage),
  })
}

/** Names are not unique. PostHog names the variant by the number of the holdout. */
function isNewHoldout(row: JsonObject, given: Given): boolean {
  const { filters, ...own } = changes(given)
  const share = (list: unknown) => asObject(asArray(list)?.[0])?.rollout_percentage
  return hasAll(row, own) && isSame(share(row.filters), share(filters))
}

export const createHoldout: Operation = {
  kind: 'holdouts',
  reads: [],
  toRequest: (given) => ({ method: 'POST', path: 'experiment_holdouts/', body: changes(given) }),
  settlement: { by: 'list', query: () => [{}], isOurs: isNewHoldout },
  repeatable: false,
  moves: [],
}

export const updateHoldout: Operation = {
  kind: 'holdouts',
  reads: ['thing'],
  toRequest: (given) => {
    const body = changes(given)
    return Object.keys(body).length === 0 ? null : { method: 'PATCH', path: `experiment_holdouts/${given.id}/`, body }
  },
  settlement: { by: 'row', isDone: (after, given) => Object.entries(changes(given)).every(([name, value]) => isSame(after[name], value)) },
  repeatable: true,
  moves: ['holdoutFlags'],
}

export const deleteHoldout: Operation = {
  kind: 'holdouts',
  reads: [],
  toRequest: ({ id }) => ({ method: 'DELETE', path: `experiment_holdouts/${id}/` }),
  settlement: { by: 'absence' },
  repeatable: true,
  moves: ['holdoutFlags'],
}
