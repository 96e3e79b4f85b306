import { upstreamIdOf } from '../../../commands/linkedProject.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import type { UpstreamAction } from '../../../commands/upstreamWriter.ts'
import { type JsonObject, toJsonValue } from '../../../platform/json.ts'
import type { Given, Refusal, UpstreamRequest } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { loadUpstreamIds, namedRows } from './loadIds.ts'
import { sendWrite } from './sendWrite.ts'
import { keyNote, type WriterParts } from './session.ts'

/** The kinds that writes without a plan are about. */
const actionResources = { SAVED_METRIC: 'savedMetric', APPROVAL_POLICY: 'approvalPolicy', CHANGE_REQUEST: 'changeRequest' } as const

/** Makes a write in PostHog that has no plan here: of saved metrics, policies and votes. */
export async function actUpstream(parts: WriterParts, { planned, ...action }: UpstreamAction): Promise<number> {
  const { thing, link, name, actor } = action
  const input = (toJsonValue(action.input) ?? {}) as JsonObject
  const values = planned === null ? null : (toJsonValue(planned) as JsonObject)
  return sendWrite<number>(parts, {
    ...action,
    resource: () => Promise.resolve(`${thing.type}/${thing.id ?? JSON.stringify(values?.name ?? values?.actionKey ?? '').slice(0, 450)}`),
    given: async (session) => ({
      input,
      plan: null,
      planned: values,
      id: thing.id === null ? null : await upstreamIdOf(parts.database.db, thing.type, thing.id),
      thing: null,
      flag: null,
      ids: await loadUpstreamIds(parts.database.db, session.link, namedRows(values ?? {}, input)),
    }),
    replan: null,
    finish: async (unit, session, row, before) => {
      const table = actionResources[thing.type as keyof typeof actionResources]
      const where = {
        projectId: link.projectId,
        importedId: (thing.type === 'SAVED_METRIC' ? Number(row?.id ?? 0) : String(row?.id ?? '')) as never,
      }
      const find = unit.tx[table].findFirst as (args: object) => Promise<{ id: number } | null>
      const id = thing.id ?? (await find({ where, select: { id: true } }))?.id ?? 0
      const sent = operations[name]
      const request =
        sent !== undefined && 'toRequest' in sent ? shownRequest(sent.toRequest({ ...emptyGiven, input, planned: values })) : {}
      await recordActivity(unit, {
        activity: name,
        actor,
        organizationId: session.project.organizationId,
        projectId: link.projectId,
        resource: { type: thing.type, id, name: String(values?.name ?? values?.actionKey ?? row?.name ?? '') },
        detail: keyNote(session),
        before: pick(before ?? {}, Object.keys(request)) as never,
        after: request as never,
      })
      return id
    },
    unchanged: () => Promise.resolve(thing.id ?? 0),
  })
}

const emptyGiven: Given = {
  input: {},
  plan: null,
  planned: null,
  id: '0',
  thing: null,
  flag: null,
  ids: { of: () => 0, toUpstream: (value) => value },
}

/** What an activity entry shows of a request. */
function shownRequest(request: UpstreamRequest | Refusal | null): JsonObject {
  return request !== null && 'body' in request ? (request.body ?? {}) : {}
}

function pick(values: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])))
}
