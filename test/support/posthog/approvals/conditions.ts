import { canonicalJson, type JsonObject, toNearestNumber } from '../../../../src/platform/json.ts'

/** The values of one field by path, before and after. */
export interface FieldChange {
  field: string
  before: ReadonlyMap<string, unknown>
  after: ReadonlyMap<string, unknown>
}

const compare: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

export function changedPaths({ before, after }: FieldChange): string[] {
  const same = (path: string) => canonicalJson(before.get(path) ?? null) === canonicalJson(after.get(path) ?? null)
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => !same(path))
}

/** Whether a policy with these conditions guards the change. Conditions that cannot be read guard everything. */
export function conditionsMatch(conditions: JsonObject, changes: readonly FieldChange[]): boolean {
  if (Object.keys(conditions).length === 0) return true
  const change = changes.find(({ field }) => field === conditions.field)
  if (conditions.type === 'any_change')
    return typeof conditions.field !== 'string' || (change !== undefined && changedPaths(change).length > 0)
  const test = compare[String(conditions.operator)]
  const value = toNearestNumber(conditions.value)
  if (test === undefined || value === undefined || typeof conditions.field !== 'string') return true
  if (conditions.type !== 'before_after' && conditions.type !== 'change_amount') return true
  if (change === undefined) return false
  return [...change.after].some(([path, after]) => {
    const [old, now] = [toNearestNumber(change.before.get(path)), toNearestNumber(after)]
    if (typeof now !== 'number' || typeof value !== 'number') return false
    if (conditions.type === 'before_after') return test(now, value)
    return typeof old === 'number' && test(now - old, value)
  })
}
