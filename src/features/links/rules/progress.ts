import { asObject } from '../../../platform/json.ts'

/** How far the first copy is. */
export interface CopyProgress {
  rows: number
  /** Null until PostHog says how many there are. */
  total: number | null
}

/** Reads the state of the first copy. Null if there is none under way. */
export function copyProgress(copy: unknown): CopyProgress | null {
  const state = asObject(copy)
  if (state === null) return null
  const count = (value: unknown) => (Number.isInteger(value) ? Math.max(0, value as number) : 0)
  const [rows, total] = [count(state.rows), count(state.total)]
  return { rows, total: total === 0 ? null : Math.max(rows, total) }
}

/** Whole seconds since PostHog was last asked for changes with success. Null before the first time. */
export function lagSeconds(lastSyncAt: Date | null, now: Date): number | null {
  return lastSyncAt === null ? null : Math.max(0, Math.round((now.getTime() - lastSyncAt.getTime()) / 1_000))
}
