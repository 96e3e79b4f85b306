import type { JsonObject } from '../../../../src/platform/json.ts'
import type { State } from '../state/state.ts'
import { formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

export function holdoutView(state: State, id: number): JsonObject | null {
  const row = state.holdouts.get(id)
  if (row === undefined) return null
  const { name, description, filters } = row
  return {
    ...{ id, name, description, filters, created_by: userView(state, row.created_by) },
    ...{ created_at: formatTime(row.created_at), updated_at: formatTime(row.updated_at) },
  }
}
