import type { JsonObject } from '../../../../src/platform/json.ts'
import { shortFlagView } from '../flags/view.ts'
import { notFound } from '../server/errors.ts'
import { page } from '../server/pages.ts'
import { ok, route } from '../server/router.ts'
import type { Survey } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { formatNullable, formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

const path = 'surveys/'

/** There is no `updated_at`. The flag that samples responses is named by its key only. */
function surveyView(state: State, row: Survey): JsonObject {
  const short = (id: number | null) => {
    const flag = state.flags.get(id)
    return flag === undefined ? null : shortFlagView(state, flag)
  }
  const keyOf = (id: number | null) => state.flags.get(id)?.key ?? null
  const { id, name, description, type, questions, archived, linked_flag_id } = row
  return {
    ...{ id, name, description, type, questions, archived, linked_flag_id },
    linked_flag: short(linked_flag_id),
    targeting_flag: short(row.targeting_flag),
    internal_targeting_flag: short(row.internal_targeting_flag),
    feature_flag_keys: [
      { key: 'linked_flag_key', value: keyOf(linked_flag_id) },
      { key: 'targeting_flag_key', value: keyOf(row.targeting_flag) },
      { key: 'internal_targeting_flag_key', value: keyOf(row.internal_targeting_flag) },
      { key: 'internal_response_sampling_flag_key', value: keyOf(row.internal_response_sampling_flag) },
    ],
    start_date: formatNullable(row.start_date),
    end_date: formatNullable(row.end_date),
    created_at: formatTime(row.created_at),
    created_by: userView(state, row.created_by),
  }
}

/** For good, and its own flags with it. The linked flag stays. */
export function removeSurvey(state: State, row: Survey): void {
  state.surveys.remove(row)
  for (const id of [row.targeting_flag, row.internal_targeting_flag, row.internal_response_sampling_flag]) {
    const flag = state.flags.get(id)
    if (flag !== undefined) state.flags.remove(flag)
  }
}

export const surveyRoutes = [
  route('GET', path, 'survey:read', (call) => {
    const rows = call.state.surveys.where((row) => row.team_id === call.project.id && !row.of_product_tour)
    return ok(page(call, rows, (row) => surveyView(call.state, row)))
  }),
  route('GET', `${path}:id/`, 'survey:read', ({ state, project, params }) => {
    const row = state.surveys.get(params.id ?? '')
    if (row?.team_id !== project.id) throw notFound()
    return ok(surveyView(state, row))
  }),
]
